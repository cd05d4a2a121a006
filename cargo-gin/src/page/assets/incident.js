// The page of an incident: opens places, and copies the Markdown that it contains. It reloads as the app's pages do.
const copy = async () => {
  try {
    await navigator.clipboard.writeText(find("#md").value);
    report("Copied");
  } catch {
    warn("Copying is not allowed here.");
  }
};

find("#copy").addEventListener("click", copy);
bind({ Enter: () => find("[data-open]")?.click(), c: copy });
