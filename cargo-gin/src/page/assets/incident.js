// The page of an incident: copies the Markdown that it contains, and sends the request again. It reloads as the app's pages do.
const copy = () => put(find("#copy"), find("#md").value);
const buttons = {
  copy,
  // The browser confirms that a form is sent again. The page below /__gin is only about the request, which its record can send.
  again: () => (location.pathname.startsWith("/__gin/") ? find("#record").click() : location.reload()),
};
bind({ Enter: () => find("[data-open]")?.click(), c: copy }, buttons);
