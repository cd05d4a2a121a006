// Keeps the page true without losing the reader's place: it listens to the dev server, takes over what changed, and
// reloads once the app answers again.
(() => {
  "use strict";
  const body = document.body;
  const isDashboard = location.pathname.startsWith("/__gin/");
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const live = find("#live");

  // Taking over what changed. What is the same stays the same element, with its scroll, focus and selection.

  const keyOf = (node) => (node.nodeType === 1 ? node.id || node.dataset.fold || "" : "");
  const isAlike = (old, fresh) => old.nodeName === fresh.nodeName && keyOf(old) === keyOf(fresh);

  // What the reader opened or filtered is theirs, not the server's.
  const isTheirs = (element, name) => name === "hidden" || (name === "open" && element.nodeName === "DETAILS");

  const adopt = (old, fresh) => {
    if (old.nodeType !== 1) {
      if (old.data !== fresh.data) old.data = fresh.data;
      return;
    }
    for (const { name, value } of [...fresh.attributes])
      if (!isTheirs(old, name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    for (const { name } of [...old.attributes])
      if (!isTheirs(old, name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
    adoptChildren(old, fresh);
  };

  const adoptChildren = (old, fresh) => {
    const known = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
    const wanted = new Set([...fresh.children].map((child) => child.id).filter(Boolean));
    let next = old.firstChild;
    const drop = () => {
      const gone = next;
      next = next.nextSibling;
      gone.remove();
    };
    for (const child of [...fresh.childNodes]) {
      const same = known.get(child.id);
      // An element that is moved loses its focus, so what stands before it goes instead.
      while (same && next && next !== same && !wanted.has(next.id)) drop();
      const match = same ?? (next && !next.id && isAlike(next, child) ? next : null);
      if (match && match === next) next = next.nextSibling;
      else old.insertBefore(match ?? document.importNode(child, true), next);
      if (match) adopt(match, child);
    }
    while (next) drop();
  };

  const show = async () => {
    const answer = await fetch("/__gin/", { headers: { Accept: "text/html" } });
    // The style is not wanted twice, and its nonce is not this page's.
    const html = (await answer.text()).replace(/<style[^]*?<\/style>/, "");
    const fresh = new DOMParser().parseFromString(html, "text/html");
    enliven(fresh);
    document.title = fresh.title;
    find("link[rel=icon]").href = find("link[rel=icon]", fresh).href;
    body.className = fresh.body.className;
    Object.assign(body.dataset, { phase: fresh.body.dataset.phase, build: fresh.body.dataset.build });
    for (const part of [".sign", "#name", "#live", "main", "footer"]) adopt(find(part), find(part, fresh));
    filter();
  };

  // One at a time; what happens meanwhile is shown right after.
  let showing = false;
  let again = false;
  const update = async () => {
    again = true;
    if (showing) return;
    showing = true;
    while (again) {
      again = false;
      await show().catch(() => {});
    }
    showing = false;
  };

  const arrived = () => {
    if (isDashboard) return update();
    if (body.dataset.revisit === "freely") return location.reload();
    live.textContent = "The app answers again. Go back and send the form once more.";
  };

  const heard = (event) => {
    if (event.phase === "ready") return arrived();
    const isReading = body.dataset.phase === "failed" || body.dataset.phase === "crashed";
    const isQuiet = event.phase === "building" && event.errors === 0;
    // The last errors stay in sight until there is something newer to read.
    if (isReading && isQuiet) live.textContent = [event.headline, event.remark].filter(Boolean).join(" · ");
    else update();
  };

  // Getting about.

  const items = () => all(".dg").filter((item) => !item.hidden);
  const current = () => document.activeElement.closest?.(".dg");

  const go = (step) => {
    const list = items();
    const at = list.indexOf(current());
    const item = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + step, 0), list.length - 1)];
    if (!item) return;
    const fold = item.closest("details");
    if (fold) fold.open = true;
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "start" });
  };

  const toggle = (fold) => {
    if (fold) fold.open = !fold.open;
  };

  const filter = () => {
    const words = find("#find").value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of all(".dg")) {
      const text = item.textContent.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
      const entry = find(`nav a[href="#${item.id}"]`);
      if (entry) entry.parentNode.hidden = item.hidden;
    }
  };

  const say = (button, text) => {
    const before = button.dataset.label ?? (button.dataset.label = button.textContent);
    button.textContent = text;
    setTimeout(() => (button.textContent = before), 1500);
  };

  const wholePage = async () => (await fetch("/__gin/", { headers: { Accept: "text/markdown" } })).text();

  const markdownOf = async (item) => {
    const { build, diagnostics } = await (await fetch("/__gin/status")).json();
    const one = diagnostics[item.dataset.id];
    if (!one || String(build) !== body.dataset.build) return wholePage();
    const code = one.code ? `[${one.code.code}]` : "";
    return `## ${one.level}${code}: ${one.message}\n\n~~~text\n${(one.rendered ?? "").trimEnd()}\n~~~\n`;
  };

  const copy = async () => {
    const button = find("#copy");
    const item = current();
    try {
      await navigator.clipboard.writeText(await (item ? markdownOf(item) : wholePage()));
      say(button, item ? "Copied this one" : "Copied");
    } catch {
      say(button, "Copying is not allowed here");
    }
  };

  // Doing things: by id, with the token that only a page of this origin can read.

  const tell = (text) => (live.textContent = text);

  // What went wrong stays in sight until something else is asked for, or it is put away.
  const warn = (text) => {
    find("#notice p").textContent = text;
    find("#notice").hidden = !text;
  };

  // Answers what was done. What was not done is told with its reason.
  const order = async (path, what, doing) => {
    tell(doing);
    warn("");
    try {
      const token = (await fetch("/__gin/status", { method: "HEAD" })).headers.get("x-gin-token");
      const answer = await fetch(`/__gin/${path}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-Gin-Token": token },
        body: JSON.stringify(what),
      });
      const told = await answer.json().catch(() => ({}));
      if (answer.ok) return told;
      warn(told.detail ?? told.title);
    } catch {
      warn("The dev server does not answer.");
    }
    tell("");
  };

  const ofBuild = (id) => ({ build: Number(body.dataset.build), id });

  const fix = (id) => order("fix", ofBuild(id), "Applying…");
  const undo = () => order("undo", {}, "Undoing…");
  const rebuild = () => order("rebuild", {}, "Building again…");

  const open = async (id) => {
    const told = await order("open", ofBuild(id), "Opening the editor…");
    if (told) tell(`${told.opened} is open in the editor`);
  };

  // A place is a word until it can be opened.
  const enliven = (root) => {
    for (const place of all("a[data-open]", root)) {
      place.role = "button";
      place.tabIndex = 0;
    }
  };

  // What the pages of this origin can have done, in whatever tab it was asked for.
  const permit = ({ forbidden, undoable }) => {
    find("#undo").hidden = !undoable;
    find("#barred").textContent = forbidden ?? "";
    document.documentElement.classList.toggle("barred", Boolean(forbidden));
  };

  const first = (selector) => find(selector, current() ?? find("#list") ?? find("main"));

  const clicked = (event) => {
    const { fix: id, open: place, do: what } = event.target.closest?.("[data-fix], [data-open], [data-do]")?.dataset ?? {};
    if (id) fix(id);
    if (place) open(place);
    if (what) rebuild();
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
    "/": () => find("#find").focus(),
    "?": () => find("#help").showModal(),
  };

  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.id === "find") {
      event.target.value = "";
      filter();
      event.target.blur();
    }
    const isTyping = event.target.matches?.("input, textarea, select, [contenteditable]");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || find("dialog[open]")) return;
    const action = keys[event.key];
    // On a button, a link or a fold, Enter is theirs.
    const isTheirs = event.key === "Enter" && event.target.matches?.("button, summary, [href], [role=button]");
    if (event.target.matches?.("[data-open]") && "Enter ".includes(event.key)) event.target.click();
    else if (!action || isTheirs) return;
    else action();
    event.preventDefault();
  });

  // A link to what a fold hides opens the fold.
  const unfold = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    target.scrollIntoView();
  };

  if (find(".tools")) {
    document.documentElement.classList.add("live");
    enliven(document);
    find("#find").addEventListener("input", filter);
    find("#copy").addEventListener("click", copy);
    find("#undo").addEventListener("click", undo);
    find("#notice button").addEventListener("click", () => warn(""));
    addEventListener("click", clicked);
    find("#keys").addEventListener("click", keys["?"]);
  }
  addEventListener("hashchange", unfold);
  addEventListener("beforeprint", () => all("details.more").forEach((fold) => (fold.open = true)));
  unfold();
  listen((now, name) => {
    if (name === "lost") tell("The dev server does not answer. Trying again…");
    if (name === "actions") permit(now.actions);
    if (name === "phase") heard(now.phase);
  });
})();
