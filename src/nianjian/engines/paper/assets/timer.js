// Shows the seconds since a call was begun; what counts is the server's time when the button is pressed.
"use strict";
for (const shown of document.querySelectorAll("[data-gone]")) {
  const begun = performance.now() - Number(shown.dataset.gone);
  const tell = () => {
    shown.textContent = `${((performance.now() - begun) / 1000).toFixed(1)} s / ${shown.dataset.limit} s`;
  };
  tell();
  setInterval(tell, 100);
}
