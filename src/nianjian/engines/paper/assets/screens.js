// The live screens: says when the server has stopped answering, and loads the page anew when its link has ended.
"use strict";
const fresh = Number(document.body.dataset.fresh);
const lost = document.getElementById("lost");
const age = document.getElementById("age");
let answered = performance.now();
const tell = () => {
  const seconds = (performance.now() - answered) / 1000;
  const old = seconds > fresh;
  age.textContent = seconds.toFixed(0);
  lost.hidden = !old;
  document.body.classList.toggle("old", old);
};
document.addEventListener("htmx:afterSwap", () => {
  answered = performance.now();
  tell();
});
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status >= 400 && status < 500) location.reload();
});
setInterval(tell, 500);
