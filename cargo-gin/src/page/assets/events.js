// Reloading. It would abort a navigation that the user has begun: this either replaces the page soon, or it was a download.
let left = -Infinity;
addEventListener("beforeunload", () => (left = performance.now()));
const reloadPage = () => {
  const rest = left + 1e4 - performance.now();
  if (rest > 0) setTimeout(reloadPage, rest);
  else location.reload();
};

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const element = (name, props, ...children) => {
  const made = Object.assign(document.createElement(name), props);
  made.append(...children);
  return made;
};

// A page may have another base.
const call = (path, init) => fetch(location.origin + "/__gin/" + path, init);

// Sends an order with the token that only pages of this origin can read.
const post = async (path, what) => {
  const token = (await call("status", { method: "HEAD" })).headers.get("x-gin-token");
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-Gin-Token": token };
  return call(path, { method: "POST", headers, body: JSON.stringify(what) });
};

// Events of the dev server, for its own pages and the app's: `hear(now, name)` is called when `name` changes in the known
// state `now`, and with "lost" when the dev server does not respond.
//
// All tabs of a browser share one stream: the tab that has the lock connects, and informs the others. A page without locks
// (its host is not this machine) connects while it is visible, and then learns what it missed.
const listen = (hear) => {
  let now = {};

  const update = (name, data, isRepeated) => {
    // State of another run is obsolete; state from before a lost connection may be.
    const isOver = name === "lost" || (name === "run" && data.run !== now.run?.run);
    if (isOver) now = {};
    else if (isRepeated && JSON.stringify(now[name]) === JSON.stringify(data)) return;
    if (data) now[name] = data;
    hear(now, name);
  };

  let stop;
  const start = () => {
    const tabs = new BroadcastChannel("__gin");
    const end = new AbortController();
    let stream, timer, leave;
    let delay = 250;
    const publish = (name, data) => {
      tabs.postMessage([name, data]);
      update(name, data);
    };
    const connect = () => {
      clearTimeout(timer);
      stream = new EventSource(location.origin + "/__gin/events");
      for (const name of ["run", "actions", "css", "reload", "phase", "progress", "requests"])
        stream.addEventListener(name, ({ data }) => {
          delay = 250;
          // Progress replaces the phase.
          publish(name === "progress" ? "phase" : name, JSON.parse(data));
        });
      stream.onerror = () => {
        stream.close();
        publish("lost");
        timer = setTimeout(connect, delay * (0.5 + Math.random() / 2));
        delay = Math.min(delay * 2, 5000);
      };
    };
    const quiet = () => {
      clearTimeout(timer);
      stream?.close();
      stream = null;
    };
    tabs.onmessage = ({ data }) => {
      if (data) return update(...data);
      // A new page requests the state. It could be loaded, so the dev server is back.
      if (stream?.readyState === EventSource.CLOSED) connect();
      else if (stream) Object.entries(now).forEach((news) => tabs.postMessage([...news, true]));
    };
    tabs.postMessage(null);
    const lead = () => new Promise((done) => ((leave = done), connect()));
    const follow = () => (quiet(), document.hidden || connect());
    const { signal } = end;
    if (navigator.locks) navigator.locks.request("__gin", { signal }, lead).catch(() => {});
    else {
      addEventListener("visibilitychange", follow, { signal });
      follow();
    }
    stop = () => {
      end.abort();
      leave?.();
      quiet();
      tabs.close();
    };
  };
  addEventListener("pagehide", () => stop());
  addEventListener("pageshow", ({ persisted }) => persisted && start());
  start();
};
