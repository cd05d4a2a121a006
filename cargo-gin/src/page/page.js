// Keeps the page true: listens to the dev server, shows what changed, and reloads once the app answers again.
(() => {
  "use strict";
  const main = document.querySelector("main");
  let delay = 250;

  const isOwn = location.pathname.startsWith("/__gin/");

  const show = async () => {
    const answer = await fetch("/__gin/", { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.title = fresh.title;
    const next = document.importNode(fresh.querySelector("main"), true);
    main.replaceChildren(...next.childNodes);
    main.dataset.phase = next.dataset.phase;
  };

  const heard = (message) => {
    delay = 250;
    const event = JSON.parse(message.data);
    if (event.phase === "ready" && !isOwn && !("asks" in main.dataset)) location.reload();
    else show().catch(() => {});
  };

  const listen = () => {
    const events = new EventSource("/__gin/events");
    events.addEventListener("phase", heard);
    events.addEventListener("progress", heard);
    events.onerror = () => {
      events.close();
      setTimeout(listen, delay);
      delay = Math.min(delay * 2, 5000);
    };
  };
  listen();
})();
