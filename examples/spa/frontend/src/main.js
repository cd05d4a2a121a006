document.querySelector("#title").textContent = `The page ${location.pathname}`;
const response = await fetch("/api/time");
document.querySelector("#time").textContent = await response.json();
