// The dashboard and the page of a request: keeps them up to date without moving what the user reads, and replays requests.
const section = find("#requests");
const newer = find("#newer");

// Times of day are local.
const localize = (root) => {
  for (const time of all("time[data-at]", root)) {
    const at = new Date(+time.dataset.at);
    time.textContent = at.toLocaleTimeString([], { hourCycle: "h23" });
    time.title = at.toLocaleString();
  }
};

const filter = () => {
  if (!find("#find")) return;
  for (const row of all("#log > li, #routes :is(li, section)")) row.hidden = !fits(row.textContent);
};

// While the user reads the list, newer requests wait: nothing is inserted above.

let isWanted = false;
const number = (row) => +row.id.slice(1);
const isRead = (list) =>
  section.matches(":hover, :focus-within") || list.getBoundingClientRect().top < find(".top").offsetHeight;

const prepare = (fresh) => {
  localize(fresh);
  const [list, now] = [find("#log"), find("#log", fresh)];
  const newest = list?.firstElementChild;
  let waiting = [];
  if (newest && now && !isWanted && isRead(list)) {
    waiting = [...now.children].filter((row) => number(row) > number(newest));
    for (const row of waiting) row.remove();
    // Requests that the server has dropped may still be read.
    for (const row of list.children) if (!find("#" + row.id, now)) now.append(row.cloneNode(true));
  }
  isWanted = false;
  if (newer) {
    newer.hidden = !waiting.length;
    newer.textContent = `${waiting.length} newer`;
  }
  return true;
};

const update = renewal(location.pathname, prepare, filter);
const showNewer = () => {
  isWanted = true;
  update();
};
const onLeave = ({ relatedTarget }) => {
  if (!newer.hidden && !section.contains(relatedTarget)) update();
};

const go = (step) => {
  const beside = find(step > 0 ? "a[rel=prev]" : "a[rel=next]");
  if (!section) return beside?.click();
  const links = all("#log > li:not([hidden]) > a");
  const at = links.indexOf(document.activeElement);
  links[at < 0 ? 0 : at + step]?.focus();
};

const showAnswer = ({ id, answer }) => {
  const field = ([name, value]) =>
    element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, value));
  const { text, bytes, complete } = answer.body;
  const shown = text ?? `${bytes.toLocaleString("en")} bytes, not text`;
  const box = find("#replayed");
  box.replaceChildren(
    element("h2", { tabIndex: -1 }, `New response: ${answer.status}`),
    element("table", { className: "fields" }, element("tbody", {}, ...answer.headers.map(field))),
    element("pre", { className: "out", tabIndex: 0, role: "group", ariaLabel: "New response body" }, shown),
    element("p", { className: "quiet" }, complete ? "" : "(truncated)"),
    element("p", {}, element("a", { href: "/__gin/requests/" + id }, "Show the record")),
  );
  box.hidden = false;
  find("h2", box).focus();
};

const replay = async (confirm) => {
  const id = +find("#replay").dataset.id;
  const result = await order("replay", { id, confirm }, "Sending again…");
  if (!result) return;
  showAnswer(result);
  report("Sent again.");
};

const askReplay = () => (find("#sure") ? find("#sure").showModal() : replay(false));

// Sends the requests of earlier builds again, and shows the differences.
const compare = async () => {
  if (await order("compare", {}, "Sending again…")) location.href = "/__gin/comparison";
};

const clear = async () => {
  if (await order("clear", {}, "Clearing…")) report("Cleared."), showNewer();
};

// Sends a request for a route, which the list shows then.
const send = async (event) => {
  event.preventDefault();
  const { method, pattern } = event.target.dataset;
  const fields = new FormData(event.target);
  const encode = encodeURIComponent;
  const path = pattern.replace(/\\(.)|:([^/]+)|\*([^/]+)/g, (_, plain, name, rest) =>
    plain ?? (name ? encode(fields.get(name)) : fields.get(rest).split("/").map(encode).join("/")));
  const body = fields.get("/") || undefined;
  const type = /^\s*[[{]/.test(body) ? "application/json" : "application/x-www-form-urlencoded";
  report("Sending…");
  const response = await fetch(path, { method, body, headers: body && { "Content-Type": type } }).catch(() => {});
  report(response ? `${method} ${path}: ${response.status}` : "No response.");
};

// A service worker may show pages of older builds.
const workers = navigator.serviceWorker;
const worker = find("#worker");
if (worker) worker.hidden = !workers?.controller;
const unregister = async () => {
  for (const registration of await workers.getRegistrations()) await registration.unregister();
  worker.hidden = true;
  report("Unregistered. Reload the pages of the app.");
};

const buttons = {
  unregister,
  compare,
  clear,
  newer: showNewer,
  replay: askReplay,
  yes: () => (find("#sure").close(), replay(true)),
  no: () => find("#sure").close(),
};

const keys = {
  j: () => go(1),
  k: () => go(-1),
  n: () => newer && showNewer(),
  s: () => find("#replay") && askReplay(),
  r: () => order("rebuild", {}, "Building again…"),
  "/": () => find("#find")?.focus(),
};

// The filter is part of the URL, so that going back restores it.
const input = find("#find");
const filtered = () => {
  const { value } = input;
  history.replaceState(null, "", value ? "?q=" + encodeURIComponent(value) : location.pathname);
  filter();
};
if (input) {
  input.value = new URLSearchParams(location.search).get("q") ?? "";
  input.addEventListener("input", filtered);
}

section?.addEventListener("pointerleave", onLeave);
section?.addEventListener("focusout", onLeave);
addEventListener("submit", send);
bind(keys, buttons, filtered);
localize(document);
filter();

let isStale = false;
const onNews = () => {
  isStale = document.hidden;
  if (!isStale) update();
};
addEventListener("visibilitychange", () => isStale && onNews());
listen((now, name) => {
  if (name === "lost") onLoss();
  if (name === "phase" || name === "requests") onNews();
});
