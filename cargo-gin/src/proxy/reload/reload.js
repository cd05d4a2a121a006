// Keeps a page of the app up to date: reloads it when a newer app is ready, and swaps style sheets when they are saved.
const script = document.currentScript;
const mine = { ...script.dataset };
script.remove();

let now = {};
const recall = (key) => {
  try {
    return JSON.parse(sessionStorage["gin:" + key]);
  } catch {}
};
const keep = (key, value) => {
  try {
    sessionStorage["gin:" + key] = JSON.stringify(value);
  } catch {}
};

// Reloading. A hidden tab waits until it is visible. It stops where every visit changes a file.

const place = () => "scroll:" + location.href;
let last = "";

const reload = () => {
  const { run, phase, reload } = now;
  const state = [run.run, phase.build, phase.phase, reload?.revision].join();
  if (document.hidden || state === last) return;
  last = state;
  if (mine.revisit === "asks") return show("Send the form again to see the change.");
  const recent = (recall("reloads") || []).filter((time) => Date.now() - time < 1e4);
  if (recent.length > 9) return show("Reloading paused: visits change a watched file, or get old pages (of a service worker?).");
  const renew = () => {
    keep("reloads", [...recent, Date.now()]);
    keep(place(), [scrollX, scrollY, typed()]);
    reloadPage();
  };
  if (isSpoiled()) show("Reload to see the change. It empties a field (password, file?).", "", renew);
  else renew();
};

// Fields that the user has changed, which a reload would empty. Passwords and files are not stored, and fields inside of
// components are not found: then the user decides.

let isUsed = mine.revisit === "asks";
// With the types that they had, since a password may be shown.
const edited = new Map();
const controls = () => all("input, textarea, select, [contenteditable]");
const isKept = (c) => edited.has(c) && !/password|file|multiple/.test(edited.get(c) + c.type + c.autocomplete);
const isSpoiled = () => {
  const kept = controls().filter(isKept);
  return [...edited.keys()].some((c) => c.isConnected && c.value !== "" && !kept.includes(c));
};
const isRich = (c) => c.isContentEditable;
const typed = () =>
  controls().flatMap((c, at) =>
    isKept(c) ? [[at, c.name + c.id, ...(isRich(c) ? [c.innerHTML, c.innerText] : [c.value, c.checked])]] : [],
  );
const retype = (fields = []) => {
  for (const [at, name, value, rest] of fields) {
    const c = controls()[at];
    if (c?.name + c?.id !== name) continue;
    // Trusted types forbid markup.
    if (isRich(c)) try { c.innerHTML = value; } catch { c.innerText = rest; }
    else Object.assign(c, { value, checked: rest });
    edited.set(c, "");
    isUsed = true;
    c.dispatchEvent(new Event("input", { bubbles: true }));
  }
};
const use = ({ isTrusted, type, target }) => {
  isUsed ||= isTrusted;
  if (isTrusted && type === "input") edited.set(target, target.type);
};
for (const kind of ["input", "click"]) addEventListener(kind, use, true);

const saved = recall(place());
if (saved) {
  const [left, top, fields] = saved;
  keep(place(), null);
  // After the load event, since the browser itself then restores a position, possibly that of the dev server's page in between.
  addEventListener("load", () => setTimeout(() => (retype(fields), scrollTo({ left, top, behavior: "instant" }))));
}

// Style sheets: the new one loads before the old one is removed.

const leaving = new WeakSet();
const nameOf = (url) => url.split(/[?#]/)[0].split("/").pop();

const swap = (link, revision) => {
  const fresh = link.cloneNode();
  const url = new URL(link.href);
  url.searchParams.set("gin", revision);
  fresh.href = url;
  fresh.nonce = link.nonce;
  leaving.add(link);
  fresh.onload = () => link.remove();
  fresh.onerror = () => {
    leaving.delete(link);
    fresh.remove();
  };
  link.after(fresh);
};

const restyle = (styles) => {
  const links = all("link[rel~=stylesheet][href]").filter(
    (link) => !leaving.has(link) && link.href.startsWith(location.origin + "/"),
  );
  const newer = Object.entries(styles).filter(([, revision]) => revision > mine.revision);
  for (const [path, revision] of newer) {
    const name = encodeURI(nameOf(path));
    const used = links.filter((link) => nameOf(link.href) === name);
    // A file that no link names may be imported or inlined, and a link with a hash does not match the new file.
    if (!used.length || used.some((link) => link.integrity)) return reload();
    used.forEach((link) => swap(link, revision));
  }
  mine.revision = Math.max(mine.revision, ...newer.map(([, revision]) => revision));
};

// While the code is broken, a page that was used stays, under an overlay.

// It would cover the dev server's own pages, which show the errors themselves.
const isOurs = () => document.querySelector("body[data-build] #live");
const stays = () => !isOurs() && (mine.overlay === "always" || (mine.overlay === "used" && isUsed));

let covered;
const cover = ({ build, phase, headline }) => {
  if (covered === build + phase) return;
  covered = build + phase;
  show(headline, "over");
};

// The known state alone determines the action, however often and in whatever order its parts arrive.

const decide = () => {
  const { run, phase, css, reload: other } = now;
  if (!run || !phase) return;
  if (/failed|crashed/.test(phase.phase)) return stays() ? cover(phase) : reload();
  if (!/ready|idle/.test(phase.phase)) return;
  if (covered) badge?.remove();
  covered = null;
  if (run.run !== mine.run || phase.build != mine.build || other?.revision > mine.revision) return reload();
  if (css) restyle(css.styles);
  if (phase.warnings) warn(phase.warnings);
};

addEventListener("visibilitychange", decide);

// Notes in a corner, and the overlay.

const order = (path, id) => async () => {
  const { detail } = await (await post(path, { build: now.phase.build, id })).json();
  if (detail) label.lastChild.prepend(detail);
};

let badge, label;
// Only those of a kind have a panel: "over" for the overlay, "count" for warnings.
const show = (text, kind, action) => {
  if (window !== top) return;
  badge?.remove();
  // Above the dialogs of the app.
  badge = element("gin-badge", { popover: "manual" });
  const root = badge.attachShadow({ mode: "closed" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; position: fixed; right: 12px; bottom: 12px; max-width: 95vw;
      font: 13px/1.5 system-ui; color-scheme: light dark }
    section { display: flex; align-items: start; border: 1px solid; border-radius: 8px; background: Canvas }
    span, summary, button { all: unset; display: block; padding: 4px 10px }
    :focus-visible { outline: 2px solid Highlight }
    div { max-height: 60vh; overflow: auto; padding: 0 12px }
    .over:has([open]) { position: fixed; inset: 6vh 5vw auto; max-height: 88vh; overflow: auto; box-shadow: 0 0 0 100vmax #0008 }
    details { flex: 1; min-width: 0 }
    .over div { max-height: none }
    .over summary, .over > button { position: sticky; top: 0; right: 0; background: Canvas }
    .over summary { border-left: 4px solid #d33 }
    @media print { :host { display: none } }
  `);
  root.adoptedStyleSheets = [sheet];
  const panel = element("div", { tabIndex: 0 });
  const link = element("a", { href: "/__gin/phase", target: "_blank" }, "Source and actions");
  const fill = async () => {
    const pieces = await (await call("panel")).json();
    const { fixes } = now.phase;
    const apply = fixes ? element("button", { onclick: order("fix", "all") }, `Apply sure fixes (${fixes})`) : "";
    const made = pieces.map(([text, style, id]) =>
      element(id ? "button" : "code", { style, onclick: id && order("open", id) }, text),
    );
    panel.replaceChildren(link, apply, element("pre", {}, ...made));
  };
  label = kind
    ? element("details", { ontoggle: fill, open: kind === "over" }, element("summary", {}, text), panel)
    : element(action ? "button" : "span", { onclick: action }, text);
  const onclick = () => {
    keep("dismissed", mine.run + mine.build);
    badge.remove();
  };
  const close = element("button", { ariaLabel: "Dismiss", onclick }, "×");
  root.append(element("section", { role: "status", className: kind }, label, close));
  document.documentElement.append(badge);
  badge.showPopover?.();
};
const onKey = (event) => {
  if (event.key !== "Escape" || !label?.open || !badge.isConnected) return;
  label.open = false;
  event.preventDefault();
  event.stopImmediatePropagation();
};
addEventListener("keydown", onKey, true);

// A hook may find more of them later.
let warned = 0;
const warn = (count) => {
  if (isOurs() || count === warned || (badge && !warned) || recall("dismissed") === mine.run + mine.build) return;
  warned = count;
  show(count + (count === 1 ? " warning" : " warnings"), "count");
};

// A sandboxed page has no origin and cannot use the endpoints.
if (origin !== "null") listen((known) => ((now = known), decide()));
