// What our pages share: taking over a newer version of themselves, having things done, and keys.
const body = document.body;
const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const tell = (text) => (find("#live").textContent = text);

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
  // What a script fills is the script's.
  if ("own" in old.dataset) return;
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

// What is in sight stays where it is, whatever comes or goes above it.
const inPlace = (change) => {
  const edge = find(".top").offsetHeight;
  const topOf = (item) => item.getBoundingClientRect().top;
  const isBelow = (item) => item.getBoundingClientRect().bottom > edge;
  const seen = scrollY ? all("main :is(article, li)[id]").filter(isBelow) : [];
  const tops = seen.map(topOf);
  change();
  const at = seen.findIndex((item) => item.isConnected);
  if (at >= 0) scrollBy({ top: topOf(seen[at]) - tops[at], behavior: "instant" });
};

// Shows the page as it is by now: `prepare` may change it before, or not want it, which it answers; `done` is called after.
// One at a time; what happens meanwhile is shown right after.
const renewal = (path, prepare, done) => {
  let isShowing = false;
  let again = false;
  const show = async () => {
    const answer = await fetch(path, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    // The style is not wanted twice, and its nonce is not this page's.
    const html = (await answer.text()).replace(/<style[^]*?<\/style>/g, "");
    const fresh = new DOMParser().parseFromString(html, "text/html");
    if (!prepare(fresh)) return;
    enliven(fresh);
    document.title = fresh.title;
    find("link[rel=icon]").href = find("link[rel=icon]", fresh).href;
    body.className = fresh.body.className;
    const { phase, build } = fresh.body.dataset;
    Object.assign(body.dataset, { phase, build });
    inPlace(() => {
      for (const part of [".sign", "#name", "#live", "main", "footer"]) adopt(find(part), find(part, fresh));
      done();
    });
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

// What went wrong stays in sight until something else is asked for, or it is put away.
const warn = (text) => {
  find("#notice p").textContent = text;
  find("#notice").hidden = !text;
};

// Has something done: by id, with the token that only a page of this origin can read. Answers what was done; what was
// not done is told with its reason.
const order = async (path, what, doing) => {
  tell(doing);
  warn("");
  try {
    const token = (await fetch("/__gin/status", { method: "HEAD" })).headers.get("x-gin-token");
    const answer = await fetch("/__gin/" + path, {
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

// What is asked for by id is of the build that is shown.
const ofBuild = (id) => ({ build: Number(body.dataset.build), id });

const open = async (id) => {
  const told = await order("open", ofBuild(id), "Opening the editor…");
  if (told) tell(`${told.opened} is open in the editor`);
};

// A place is a word until it can be opened.
const enliven = (root) => {
  for (const place of all("a[data-open]", root)) Object.assign(place, { role: "button", tabIndex: 0 });
};

const help = () => find("#help").showModal();
const everywhere = { d: () => find("footer a").click(), "?": help };

document.documentElement.classList.add("live");
enliven(document);
find("#keys").addEventListener("click", help);
find("#notice button").addEventListener("click", () => warn(""));
addEventListener("click", ({ target }) => {
  const place = target.closest?.("[data-open]");
  if (place) open(place.dataset.open);
});

// Keys do what `keys` says, but where the person writes. Esc leaves and empties the filter.
const take = (keys, filter) =>
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
    // On a button, a link or a fold, Enter is theirs.
    const isTheirs = key === "Enter" && target.matches?.("button, summary, [href], [role=button]");
    if (target.matches?.("[data-open]") && [" ", "Enter"].includes(key)) target.click();
    else if (!action || isTheirs) return;
    else action();
    event.preventDefault();
  });

// Durations that go on while they are looked at, as the server writes them.
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

// Whether a text has all words of the filter.
const fits = (text) => {
  const words = find("#find").value.toLowerCase().split(/\s+/);
  return words.every((word) => text.toLowerCase().includes(word));
};
