// News of the dev server, for all of its pages and the app's: `hear(now, name)` is called when `name` is new in what is
// known now, and with "lost" when the dev server does not answer.
//
// One stream is for all tabs of a browser: the tab that has the lock connects, and tells the others. A page without
// locks, of a host that is not this machine's, connects while it is seen: what it missed is told when it is seen again.
const listen = (hear) => {
  let now = {};

  const take = (name, data, isRepeated) => {
    // What another run has told is over, and what was told before the dev server was lost may be.
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
    const tell = (name, data) => {
      tabs.postMessage([name, data]);
      take(name, data);
    };
    const connect = () => {
      clearTimeout(timer);
      stream = new EventSource(location.origin + "/__gin/events");
      for (const name of ["run", "actions", "css", "reload", "phase", "progress", "requests"])
        stream.addEventListener(name, ({ data }) => {
          delay = 250;
          // Progress is what a phase has come to.
          tell(name === "progress" ? "phase" : name, JSON.parse(data));
        });
      stream.onerror = () => {
        stream.close();
        tell("lost");
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
      if (data) return take(...data);
      // A page that has just come asks: if it could be loaded, the dev server is back.
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
