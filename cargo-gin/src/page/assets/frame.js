// Shared by our pages: adopting a newer version of the page, actions, and keys.
const body = document.body;
const find = (selector, root = document) => root.querySelector(selector);

// A report replaces the server's line until that changes.
const report = (text) => (find("#live").textContent = text);
let line = find("#live").textContent;
const onLoss = () => {
  report("The dev server does not respond. Retrying…");
  line = "";
};

// Adopting changes. What is the same stays the same element, with its scroll, focus and selection.

const keyOf = (node) => (node.nodeType === 1 ? node.id || node.dataset.fold || "" : "");
const isAlike = (old, fresh) => old.nodeName === fresh.nodeName && keyOf(old) === keyOf(fresh);

// The user's folds and filter are kept.
const isKept = (element, name) => name === "hidden" || (name === "open" && element.nodeName === "DETAILS");

const adopt = (old, fresh) => {
  if (old.nodeType !== 1) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  // Its content belongs to a script.
  if ("own" in old.dataset) return;
  for (const { name, value } of [...fresh.attributes])
    if (!isKept(old, name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes])
    if (!isKept(old, name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
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
    // A moved element loses its focus, so those before it are removed instead.
    while (same && next && next !== same && !wanted.has(next.id)) drop();
    const match = same ?? (next && !next.id && isAlike(next, child) ? next : null);
    if (match && match === next) next = next.nextSibling;
    else old.insertBefore(match ?? document.importNode(child, true), next);
    if (match) adopt(match, child);
  }
  while (next) drop();
};

// Keeps visible elements in place while others come and go above them: first of all the one with the focus.
const inPlace = (change) => {
  const edge = find(".top").offsetHeight;
  const topOf = (item) => item.getBoundingClientRect().top;
  const isSeen = (item) => item?.getBoundingClientRect().bottom > edge && topOf(item) < innerHeight;
  const focused = document.activeElement.closest("main [id]");
  const seen = scrollY ? [focused, ...all("main :is(article, li)[id]")].filter(isSeen) : [];
  const tops = seen.map(topOf);
  change();
  const at = seen.findIndex((item) => item.isConnected);
  if (at >= 0) scrollBy({ top: topOf(seen[at]) - tops[at], behavior: "instant" });
};

// Scrolls each excerpt sideways to its mark, once, and as little as shows it. The beginnings of lines stay if that of the mark
// is in sight.
const revealed = new WeakSet();
const reveal = () => {
  for (const pre of all(".x pre")) {
    const mark = find("mark.p", pre);
    if (!mark || !pre.clientWidth || revealed.has(pre)) continue;
    revealed.add(pre);
    const [place, edge] = [mark.getBoundingClientRect(), pre.getBoundingClientRect()];
    const [from, rest, width] = [place.left - edge.left, place.right - edge.right, pre.clientWidth];
    if (rest > 0 && from > width * 0.6) pre.scrollLeft += Math.min(rest + 24, from - width / 3);
  }
};

// Returns a function that updates the page: `prepare` may change the new version, or refuse it by returning false; `done` is
// called after. Updates run one at a time; calls meanwhile cause one more.
const renewal = (path, prepare, done) => {
  let isShowing = false;
  let again = false;
  const show = async () => {
    const response = await fetch(path, { headers: { Accept: "text/html" } });
    if (!response.ok) return;
    // The page has this style already, and the nonce is another.
    const html = (await response.text()).replace(/<style[^]*?<\/style>/g, "");
    const fresh = new DOMParser().parseFromString(html, "text/html");
    if (!prepare(fresh)) return;
    enliven(fresh);
    document.title = fresh.title;
    find("link[rel=icon]").href = find("link[rel=icon]", fresh).href;
    body.className = fresh.body.className;
    const { phase, build } = fresh.body.dataset;
    Object.assign(body.dataset, { phase, build });
    inPlace(() => {
      for (const part of [".sign", "#name", "main", "footer"]) adopt(find(part), find(part, fresh));
      const now = find("#live", fresh).textContent;
      if (now !== line) report((line = now));
      done();
    });
    reveal();
  };
  return async () => {
    again = true;
    if (isShowing) return;
    isShowing = true;
    while (again) {
      again = false;
      await show().catch(() => {});
    }
    isShowing = false;
  };
};

// A warning stays until the next action, or until it is dismissed.
const warn = (text) => {
  find("#notice p").textContent = text;
  find("#notice").hidden = !text;
};

// Performs an action. Returns the result, or warns with the reason.
const order = async (path, what, doing) => {
  report(doing);
  warn("");
  try {
    const response = await post(path, what);
    const result = await response.json().catch(() => ({}));
    if (response.ok) return result;
    warn(result.detail ?? result.title);
  } catch {
    warn("The dev server does not respond.");
  }
  report(line);
};

// Ids refer to the build that is shown.
const ofBuild = (id) => ({ build: Number(body.dataset.build), id });

// Without an editor, the place is copied.
const open = async ({ dataset, textContent: place }) => {
  const result = await order("open", ofBuild(dataset.open), "Opening the editor…");
  if (result) report(`Opened ${result.opened} in the editor`);
  else await navigator.clipboard?.writeText(place).then(() => report("Copied " + place), () => {});
};

// Without a script, places are text.
const enliven = (root) => {
  for (const place of all("a[data-open]", root)) Object.assign(place, { role: "button", tabIndex: 0 });
};

const help = () => find("#help").showModal();
const everywhere = { d: () => find("footer a").click(), "?": help };

document.documentElement.classList.add("live");
enliven(document);
reveal();
addEventListener("toggle", reveal, true);
find("#notice button").addEventListener("click", () => warn(""));

// Binds keys, except where the user types, and buttons by their ids. Esc leaves and clears the filter.
const bind = (keys, buttons, filter) => {
  addEventListener("click", ({ target }) => {
    const place = target.closest?.("[data-open]");
    if (place) open(place);
    else if (target.id === "keys") help();
    else if (target.id === "as-curl") put(target, find("#curl").value);
    else buttons[target.id]?.();
  });
  addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (key === "Escape") warn("");
    if (key === "Escape" && target.id === "find") {
      target.value = "";
      filter();
      target.blur();
    }
    const isTyping = target.matches?.("input, textarea, select, [contenteditable]");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || find("dialog[open]")) return;
    const action = keys[key] ?? everywhere[key];
    // Buttons, links and folds handle Enter themselves.
    const isNative = key === "Enter" && target.matches?.("button, summary, [href], [role=button]");
    if (target.matches?.("[data-open]") && [" ", "Enter"].includes(key)) target.click();
    else if (!action || isNative) return;
    else action();
    event.preventDefault();
  });
};

// Copies text, and says so on the button.
const put = async (button, text, done = "Copied") => {
  const label = (button.dataset.label ??= button.textContent);
  try {
    await navigator.clipboard.writeText(await text);
    button.textContent = done;
  } catch {
    button.textContent = "Copying is not allowed here";
  }
  setTimeout(() => (button.textContent = label), 1500);
};

// Durations that keep counting, as the server formats them.
const took = (ms) => {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return `${Math.floor(ms)} ms`;
  if (seconds < 60) return `${(ms / 1000).toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
};
const clocks = new WeakMap();
const tick = () => {
  for (const element of all("[data-ticks]")) {
    const { ticks } = element.dataset;
    if (clocks.get(element)?.ticks !== ticks) clocks.set(element, { ticks, at: performance.now() });
    const ms = Number(ticks) + performance.now() - clocks.get(element).at;
    if (element.max) element.value = Math.min(ms, element.max);
    else element.textContent = took(ms);
  }
};
setInterval(tick, 100);

// Returns true if a text has all words of the filter.
const fits = (text) => {
  const words = find("#find").value.toLowerCase().split(/\s+/);
  return words.every((word) => text.toLowerCase().includes(word));
};
