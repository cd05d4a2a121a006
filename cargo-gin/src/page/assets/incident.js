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

find("#copy").addEventListener("click", copy);
take({ Enter: () => find("[data-open]")?.click(), c: copy });
