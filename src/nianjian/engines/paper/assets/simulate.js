// Sliders move the number beside them, and the number the slider; without script the number alone is there.
"use strict";
for (const slider of document.querySelectorAll("input[type=range][data-mirror]")) {
  const number = document.getElementById(slider.dataset.mirror);
  slider.addEventListener("input", () => { number.value = slider.value; });
  number.addEventListener("input", () => { slider.value = number.value || 0; });
}
