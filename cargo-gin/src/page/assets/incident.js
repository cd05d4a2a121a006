// The page of an incident: opens places, copies the Markdown that it contains, and sends the request again. It reloads as the
// app's pages do.
const copy = () => take("#md");

find("#copy").addEventListener("click", copy);
// The browser confirms that a form is sent again. The page below /__gin is only about the request, which its record can send.
find("#again")?.addEventListener("click", () => location.pathname.startsWith("/__gin/") ? find("#record").click() : location.reload());
bind({ Enter: () => find("[data-open]")?.click(), c: copy });
