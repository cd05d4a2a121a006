// The page of what went wrong with one request: it opens the places that it shows, and copies itself as Markdown, which it
// brings with it. It is of the app's pages, and reloads as they do.
const copy = async () => {
  try {
    await navigator.clipboard.writeText(find("#md").value);
    tell("Copied");
  } catch {
    warn("Copying is not allowed here.");
  }
};

const help = () => find("#help").showModal();

enliven(document);
addEventListener("click", ({ target }) => {
  const place = target.closest?.("[data-open]");
  if (place) open(place.dataset.open);
});
find("#copy").addEventListener("click", copy);
find("#keys").addEventListener("click", help);
find("#notice button").addEventListener("click", () => warn(""));
take({ Enter: () => find("[data-open]")?.click(), c: copy, d: () => find("footer a").click(), "?": help });
document.documentElement.className = "live";
