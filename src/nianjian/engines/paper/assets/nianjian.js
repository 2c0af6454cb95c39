// Comfort only: every page works without it. No eval, no markup from strings.
"use strict";

// ---- theme: shown at once, kept by the form that the button belongs to
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-theme-choice]");
  if (!button) return;
  event.preventDefault();
  const root = document.documentElement;
  const theme = button.value;
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  for (const one of button.form.querySelectorAll("button[data-theme-choice]")) {
    one.setAttribute("aria-pressed", String(one === button));
  }
  const form = new FormData(button.form, button);
  fetch(button.form.action, { method: "POST", body: form, redirect: "manual" });
  document.dispatchEvent(new CustomEvent("nianjian:theme"));
});

// ---- copy: a value into the clipboard; where the browser refuses, it is selected for the hand
for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false;
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    const said = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = said; }, 1500);
  } catch {
    getSelection().selectAllChildren(button.previousElementSibling);
  }
});

// ---- search: opened by its link, by / and by Ctrl K; arrows go through the hits, Enter follows
const palette = document.getElementById("search");
if (palette) {
  const field = palette.querySelector("input");
  const list = () => [...palette.querySelectorAll(".hits a")];
  let entered = false; // Enter was pressed before the answer to what is typed had come
  const open = () => {
    if (document.querySelector("dialog[open]")) return;
    palette.showModal();
    field.select();
    htmx.trigger(field, "search-open");
  };
  const follow = () => {
    if (palette.querySelector(".hits")?.dataset.search !== field.value) return false;
    const [first] = list();
    if (first) location.assign(first.href);
    else field.form.submit();
    return true;
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-open-search]")) {
      event.preventDefault();
      open();
    }
    if (event.target === palette || event.target.closest("[data-close-search]")) palette.close();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
    const letter = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    if (typing || event.isComposing || !(slash || letter)) return;
    event.preventDefault();
    open();
  });
  palette.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.isComposing) return;
    event.preventDefault();
    const stops = [field, ...list()];
    stops[Math.min(Math.max(stops.indexOf(document.activeElement) + step, 0), stops.length - 1)].focus();
  });
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    entered = !follow();
  });
  field.addEventListener("input", () => { entered = false; });
  palette.addEventListener("htmx:afterSwap", () => { if (entered) follow(); });
  palette.addEventListener("close", () => { entered = false; });
}

// ---- menus of the top bar: one at a time, closed by Escape and by a click elsewhere
const closeMenus = (kept) => {
  for (const menu of document.querySelectorAll("details.pop[open]")) {
    if (menu !== kept) menu.open = false;
  }
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.pop")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.pop[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// ---- the panel: what htmx puts into it is shown over the page
document.addEventListener("htmx:afterSwap", (event) => {
  const panel = event.detail.target.closest("dialog.panel");
  if (panel && !panel.open) panel.showModal();
});

// ---- charts: the server's picture is there from the start; the interactive one takes its place
let library;
const charts = () => {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "/static/charts.js";
    script.onload = () => resolve(window.vegaEmbed);
    script.onerror = reject;
    document.head.append(script);
  });
  return library;
};

// Colours come from the page's custom properties, so that both themes reach into the picture.
const coloured = (value, style) => {
  if (typeof value === "string") {
    return value.replace(/var\((--[a-z0-9-]+)(?:,\s*([^)]*))?\)/g, (_all, name, other) =>
      style.getPropertyValue(name).trim() || other);
  }
  if (Array.isArray(value)) return value.map((one) => coloured(one, style));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, coloured(one, style)]));
  }
  return value;
};

const draw = async (figure) => {
  const place = figure.querySelector(".plot");
  if (!place) return;
  try {
    figure.specification ??= await fetch(figure.dataset.chart, { credentials: "same-origin" }).then((answer) => {
      if (!answer.ok) throw new Error(answer.statusText);
      return answer.json();
    });
    const embed = await charts();
    const fresh = document.createElement("div");
    fresh.className = "plot";
    const specification = coloured(figure.specification, getComputedStyle(document.documentElement));
    const drawn = await embed(fresh, specification, {
      ast: true, actions: false, defaultStyle: false, renderer: "svg", tooltip: { disableDefaultStyle: true },
    });
    figure.view?.finalize();
    figure.view = drawn;
    place.replaceWith(fresh);
  } catch {
    figure.dataset.still = ""; // the server's picture stays
  }
};

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    seen.unobserve(entry.target);
    draw(entry.target);
  }
}, { rootMargin: "200px" });

const upgrade = (root) => {
  for (const figure of root.querySelectorAll("figure[data-chart]")) seen.observe(figure);
};
document.addEventListener("DOMContentLoaded", () => upgrade(document));
document.addEventListener("htmx:load", (event) => upgrade(event.detail.elt));
const redraw = () => {
  for (const figure of document.querySelectorAll("figure[data-chart]")) if (figure.view) draw(figure);
};
document.addEventListener("nianjian:theme", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
