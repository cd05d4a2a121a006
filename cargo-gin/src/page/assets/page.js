// Keeps the page up to date without losing the user's place: it listens to the dev server, adopts changes, and reloads once
// the app is ready.
(() => {
  "use strict";
  const isOurs = location.pathname.startsWith("/__gin/");
  const live = find("#live");

  // The user reads the last errors until the next build has ended.
  const isRead = () => /failed|crashed/.test(body.dataset.phase) || (body.dataset.phase === "building" && find(".dg"));
  const isNews = ({ phase, build }) => phase !== "building" || String(build) === body.dataset.build || !isRead();

  // The app has not received the form that led to this page, or has exited over its request. The browser confirms that a form is
  // sent again.
  const offerForm = (fresh) => {
    const again = body.dataset.revisit === "asks" ? "Send the form again" : "Load this page again";
    const button = element("button", { type: "button", className: "do" }, again);
    button.dataset.again = "";
    find(".hero", fresh).append(element("p", { className: "act" }, button));
    find("main > .card", fresh).remove();
  };

  const prepare = (fresh) => {
    const { phase, build } = fresh.body.dataset;
    if (phase === "ready" && !isOurs) offerForm(fresh);
    return isNews({ phase, build });
  };
  const update = renewal("/__gin/phase", prepare, () => {
    filter();
    locate();
    remedies();
  });

  // Other code may not exit over the request.
  const mayReload = (edition) => {
    const { revisit } = body.dataset;
    return revisit !== "asks" && revisit !== `unless-${edition}`;
  };

  const onReady = ({ edition }) => {
    if (!isOurs && mayReload(edition)) reloadPage();
    else update();
  };

  // Screen readers hear the headline only: progress changes several times a second.
  const announce = ({ headline, remark }) => {
    if (live.firstChild?.data !== headline) live.textContent = headline;
    const come = find("span", live) ?? live.appendChild(element("span"));
    come.ariaHidden = true;
    come.textContent = remark ? ` · ${remark}` : "";
  };

  const onPhase = (event) => {
    if (event.phase === "ready") return onReady(event);
    if (isNews(event)) update();
    else announce(event);
  };

  // Navigation.

  const items = () => all(".dg").filter((item) => !item.hidden);

  // Shows the number of the diagnostic that is read: the one with the focus, or the first below the bar at the top.
  const locate = () => {
    const list = items();
    const edge = find(".top").offsetHeight + 8;
    const seen = (item) => item.getBoundingClientRect().bottom > edge && item.checkVisibility();
    const item = current() ?? list.find((item) => item === here) ?? list.find(seen);
    for (const entry of all("nav a")) {
      if (item && entry.hash === "#" + item.id) entry.ariaCurrent = "true";
      else entry.removeAttribute("aria-current");
    }
    find("#pager").hidden = list.length < 2;
    find("#at").textContent = `${list.indexOf(item) + 1 || "–"} of ${list.length}`;
  };
  const current = () => document.activeElement.closest?.(".dg");
  // The pager's buttons take the focus from the diagnostic that they left.
  let here;

  const go = (step) => {
    const list = items();
    const at = list.indexOf(current() ?? here);
    const item = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + step, 0), list.length - 1)];
    if (!item) return;
    const fold = item.closest("details");
    if (fold) fold.open = true;
    here = item;
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "start" });
  };

  const toggle = (fold) => {
    if (fold) fold.open = !fold.open;
  };

  // Counts those of a kind that the filter leaves.
  const shownOf = (total, kind) => {
    const shown = items().filter((item) => item.matches("." + kind)).length;
    return shown < all(".dg." + kind).length ? `${shown} of ${total}` : total;
  };

  const filter = () => {
    for (const item of all(".dg")) {
      item.hidden = !fits(item.textContent);
      const entry = find(`nav a[href="#${item.id}"]`);
      if (entry) entry.parentNode.hidden = item.hidden;
    }
    const none = find("#none");
    if (none) none.hidden = items().length > 0;
    const count = find("[data-total]");
    if (count) count.textContent = count.dataset.total.replace(/\d+ (error|warning)/g, shownOf);
  };

  const wholePage = async () => (await fetch("/__gin/", { headers: { Accept: "text/markdown" } })).text();

  const markdownOf = async (item) => {
    const { build, diagnostics } = await (await fetch("/__gin/status")).json();
    const one = diagnostics[item.dataset.id];
    if (!one || String(build) !== body.dataset.build) return wholePage();
    const code = one.code ? `[${one.code.code}]` : "";
    return `## ${one.level}${code}: ${one.message}\n\n~~~text\n${(one.rendered ?? "").trimEnd()}\n~~~\n`;
  };

  const copy = () => {
    const item = current();
    if (item) put(find("#copy"), markdownOf(item), "Copied this one");
    else put(find("#copy"), wholePage());
  };

  // Actions, by id.

  const fix = (id) => order("fix", ofBuild(id), "Applying…");
  const undo = () => order("undo", {}, "Undoing…");
  const rebuild = () => order("rebuild", {}, "Building again…");

  // Remedies are commands. The page shows one before it runs.
  const remedies = async () => {
    const place = find("#remedies");
    const response = place && (await fetch("/__gin/remedies"));
    if (!response?.ok) return;
    const { build, remedies } = await response.json();
    const offered = String(build) === body.dataset.build ? remedies : [];
    // The same buttons keep their focus.
    const known = JSON.stringify(offered);
    if (place.dataset.own === known) return;
    place.dataset.own = known;
    const buttons = offered.map(({ id, label, command }) => {
      const button = element("button", { type: "button", className: "fix" }, label);
      Object.assign(button.dataset, { remedy: id, command });
      return button;
    });
    place.replaceChildren(...buttons);
  };
  const dialog = find("#run");
  const confirm = ({ remedy, command }) => {
    find("code", dialog).textContent = command;
    dialog.dataset.id = remedy;
    dialog.showModal();
  };
  const remedy = async () => {
    dialog.close();
    const result = await order("remedy", ofBuild(dialog.dataset.id), "Running…");
    if (result) report(`Done: ${result.done}`);
  };

  // The actions that are available, whichever tab they were done in.
  const permit = ({ forbidden, undoable }) => {
    find("#undo").hidden = !undoable;
    find("#barred").textContent = forbidden ?? "";
    document.documentElement.classList.toggle("barred", Boolean(forbidden));
  };

  const first = (selector) => find(selector, current() ?? find("#list") ?? find("main"));

  const onClick = (event) => {
    const button = event.target.closest?.("[data-fix], [data-do], [data-copy], [data-again], [data-remedy]");
    const { fix: id, do: what, copy: text, again } = button?.dataset ?? {};
    if (id) fix(id);
    if (button?.dataset.remedy) confirm(button.dataset);
    if (what) rebuild();
    if (again === "") location.reload();
    if (text) put(button, text);
  };

  const buttons = {
    copy,
    undo,
    prev: () => go(-1),
    next: () => go(1),
    yes: remedy,
    no: () => dialog.close(),
  };

  const keys = {
    Enter: () => first("[data-open]")?.click(),
    a: () => first("button.fix")?.click(),
    A: () => fix("all"),
    u: undo,
    r: rebuild,
    j: () => go(1),
    k: () => go(-1),
    e: () => toggle(find(".explain", current() ?? document)),
    c: copy,
    w: () => toggle(find("#warnings")),
    t: () => {
      const folds = all("[data-fold=raw]");
      const isOpen = folds.some((fold) => fold.open);
      for (const fold of folds) fold.open = !isOpen;
    },
    "/": () => find("#find").focus(),
  };

  // A link into a fold opens it.
  const unfold = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    target.scrollIntoView();
  };

  const onFilter = () => {
    filter();
    locate();
  };

  find("#find").addEventListener("input", onFilter);
  addEventListener("focusin", locate);
  addEventListener("wheel", () => (here = null), { passive: true });
  addEventListener("scroll", () => requestAnimationFrame(locate), { passive: true });
  locate();
  addEventListener("click", onClick);
  bind(keys, buttons, onFilter);
  addEventListener("hashchange", unfold);
  addEventListener("beforeprint", () => all("details.more").forEach((fold) => (fold.open = true)));
  unfold();
  remedies();
  listen((now, name) => {
    if (name === "lost") onLoss();
    if (name === "actions") permit(now.actions);
    if (name === "phase") onPhase(now.phase);
  });
})();
