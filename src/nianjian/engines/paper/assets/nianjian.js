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

// ---- day: the browser's calendar writes into the box that it stands in
document.addEventListener("change", (event) => {
  const box = event.target.closest(".day-box");
  if (!box || event.target.type !== "date") return;
  box.firstElementChild.value = event.target.value;
  box.firstElementChild.dispatchEvent(new Event("input", { bubbles: true }));
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
    const letter = event.key?.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
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

// ---- files that are sent as soon as they are chosen
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-sends]");
  if (form && event.target.type === "file" && event.target.files.length) form.requestSubmit();
});

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

// ---- the drawer: what htmx puts into it stands at the right of the page; a changed form asks once before it closes
const panel = document.getElementById("panel");
{
  const ask = panel.querySelector(".ask");
  let changed = false;
  let outside = false; // a press began beside the drawer
  const shut = () => {
    if (changed && ask.hidden) {
      ask.hidden = false;
      ask.querySelector("button").focus();
    } else panel.close();
  };
  panel.addEventListener("htmx:afterSwap", (event) => {
    changed = false;
    ask.hidden = true;
    panel.dataset.page = new URL(event.detail.pathInfo.requestPath, location.href).pathname;
    for (const form of panel.querySelectorAll("form:not([action])")) form.action = event.detail.pathInfo.requestPath;
    if (!panel.open) panel.showModal();
    panel.scrollTop = 0;
  });
  panel.addEventListener("input", (event) => { changed ||= event.target.form?.method === "post"; });
  panel.addEventListener("submit", () => { changed = false; });
  panel.addEventListener("cancel", (event) => {
    event.preventDefault();
    shut();
  });
  panel.addEventListener("pointerdown", (event) => { outside = event.target === panel; });
  panel.addEventListener("click", (event) => {
    if (event.target.closest("[data-stay]")) ask.hidden = true;
    else if (event.target.closest("a")?.href === location.href.replace(/[?#].*/, "")) {
      event.preventDefault(); // a way back to the page that it stands over
      shut();
    }
    else if (event.target.closest("[data-shut]") || (outside && event.target === panel)) shut();
  });
  panel.addEventListener("close", () => {
    changed = false;
    document.getElementById("panel-content").replaceChildren();
  });
}

// ---- tables: J and K go from row to row, Enter opens, X ticks; a row may show itself beside the table
const ROWS = "tr[data-row]";
const rowNow = () => document.activeElement.closest(ROWS) ?? document.querySelector(`${ROWS}.here`);
const viewRow = (row) => {
  if (!row.hasAttribute("hx-get") || row.classList.contains("here")) return;
  for (const one of row.closest("tbody").querySelectorAll("tr.here")) one.classList.remove("here");
  row.classList.add("here");
  document.getElementById("peek").inert = true; // what is typed now would go with the row before
  htmx.trigger(row, "view");
};
for (const failed of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failed, () => document.getElementById("peek")?.removeAttribute("inert"));
}
const moves = {
  j: (rows, place) => rows[place + 1],
  k: (rows, place) => rows[place < 0 ? 0 : place - 1],
};
document.addEventListener("keydown", (event) => {
  const key = event.key?.toLowerCase();
  const elsewhere = event.target.closest("textarea, select, [contenteditable], input:not([type=checkbox]), summary");
  if (elsewhere || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  const row = rowNow();
  if (moves[key]) {
    const rows = [...(row?.closest("table") ?? document).querySelectorAll(ROWS)];
    const next = row && !row.contains(document.activeElement) && key === "j" ? row : moves[key](rows, rows.indexOf(row));
    if (!next) return;
    next.querySelector("a[href]").focus();
    viewRow(next);
  } else if (key === "x" && row) {
    row.querySelector(".tick input")?.click();
  } else if (key === "enter" && row && event.target === document.body) {
    location.assign(row.dataset.row);
  }
});
document.addEventListener("click", (event) => {
  const row = event.target.closest(ROWS);
  if (!row || event.target.closest("a, input, button, label, summary") || String(getSelection())) return;
  if (row.hasAttribute("hx-get") && matchMedia("(min-width: 1081px)").matches) viewRow(row);
  else location.assign(row.dataset.row);
});
for (const box of document.querySelectorAll("[data-tick-all]")) box.hidden = false;
document.addEventListener("change", (event) => {
  const box = event.target.closest(".tick input");
  if (!box) return;
  const table = box.closest("table");
  const all = [...table.querySelectorAll("tbody .tick input[type=checkbox]")];
  if ("tickAll" in box.dataset) for (const one of all) one.checked = box.checked;
  const ticked = all.filter((one) => one.checked).length;
  const head = table.querySelector("[data-tick-all]");
  head.checked = ticked === all.length;
  head.indeterminate = ticked > 0 && ticked < all.length;
  for (const count of document.querySelectorAll("[data-ticked]")) count.textContent = String(ticked);
});

// ---- charts: one stop of the Tab key each, arrows between the points, a first tap shows the figures, Escape hides them
const POINTS = ".chart a";
const pointsOf = (point) => [...point.closest(".chart").querySelectorAll(POINTS)];
const stand = (point) => {
  for (const one of pointsOf(point)) one.setAttribute("tabindex", one === point ? "0" : "-1");
};
const arrange = (root) => {
  for (const chart of root.querySelectorAll(".chart")) {
    const last = [...chart.querySelectorAll(POINTS)].at(-1);
    if (last) stand(last);
  }
};
document.addEventListener("DOMContentLoaded", () => arrange(document));
document.addEventListener("htmx:load", (event) => arrange(event.detail.elt));
document.addEventListener("keydown", (event) => {
  const point = event.target.closest?.(POINTS);
  if (event.key === "Escape") {
    for (const chart of document.querySelectorAll(".chart")) chart.dataset.quiet = "";
  } else if (point && /^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) {
    event.preventDefault();
    const points = pointsOf(point);
    const here = points.indexOf(point);
    const next = { Home: 0, End: points.length - 1, ArrowLeft: here - 1, ArrowUp: here - 1 }[event.key] ?? here + 1;
    const wanted = points[Math.max(0, Math.min(points.length - 1, next))];
    stand(wanted);
    wanted.focus();
  }
});
for (const name of ["focusin", "pointerover", "pointerdown"]) {
  document.addEventListener(name, (event) => event.target.closest?.(".chart")?.removeAttribute("data-quiet"));
}
let tapped = null;
document.addEventListener("click", (event) => {
  const point = event.target.closest?.(POINTS);
  if (point && event.pointerType === "touch" && point !== tapped) {
    if (point.querySelector("g")) event.preventDefault(); // where figures are to be shown first
    stand(point);
    point.focus();
  }
  tapped = point ?? null;
  const address = point?.getAttribute("href") ?? "";
  if (address.startsWith("#")) document.querySelector(address)?.closest("details")?.setAttribute("open", "");
});

// ---- drafts: what is typed stays in this tab at once, on the server after three seconds, until the form was taken
{
  const DRAFT = "draft:";
  const SENT = "draft-sent";
  const { writer, draftSaved, draftBack, draftDrop } = document.body.dataset;
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const secret = (field) =>
    /^(password|file|hidden|submit|button|reset|image|fieldset)$/.test(field.type) || field.closest("[data-secret]") ||
    /password|one-time-code/.test(field.autocomplete);
  const fieldsOf = (form) => {
    const counts = {};
    return [...form.elements].filter((field) => field.name && "form" in field && !secret(field)).map((field) => {
      counts[field.name] = (counts[field.name] ?? -1) + 1;
      return [`${field.name}#${counts[field.name]}`, field];
    });
  };
  const ticked = (field) => /^(checkbox|radio)$/.test(field.type);
  const chosen = (field, by) => JSON.stringify([...field.options].filter((option) => option[by]).map((option) => option.value));
  const valueOf = (field) => {
    if (ticked(field)) return String(field.checked);
    return field.options ? chosen(field, "selected") : field.value;
  };
  const baseOf = (field) => {
    if (ticked(field)) return String(field.defaultChecked);
    return field.options ? chosen(field, "defaultSelected") : field.defaultValue;
  };
  const fill = (field, value) => {
    if (ticked(field)) field.checked = value === "true";
    else if (field.options) for (const option of field.options) option.selected = JSON.parse(value).includes(option.value);
    else field.value = value;
  };
  const isLong = (form) =>
    form.method === "post" && !form.matches("[data-resend], [data-passkey]") && form.closest("main, #panel") &&
    (form.querySelector("textarea") || fieldsOf(form).filter(([, field]) => !ticked(field)).length > 2);
  const nameOf = (form) => {
    const page = form.closest("#panel")?.dataset.page ?? location.pathname;
    const action = form.getAttribute("action") ?? "";
    const same = [...form.closest("main, #panel").querySelectorAll("form")].filter((other) => other.getAttribute("action") === form.getAttribute("action"));
    return `${page}|${action === page ? "" : action}|${same.indexOf(form)}`;
  };
  const place = (name) => `${DRAFT}${writer}|${name}`;
  const typed = (form) => {
    const changed = fieldsOf(form).filter(([, field]) => valueOf(field) !== baseOf(field));
    return Object.fromEntries(changed.map(([name, field]) => [name, [baseOf(field), valueOf(field)]]));
  };
  const store = (name, fields) => {
    const body = new FormData();
    body.set("form", name);
    body.set("fields", fields);
    const headers = { "X-CSRFToken": token() };
    return fetch("/account/draft/", { method: "POST", body, headers, keepalive: true }).catch(() => null);
  };
  const discard = (name) => {
    sessionStorage.removeItem(place(name));
    if (document.cookie.includes("DRAFTS=")) store(name, "");
  };
  const say = (form, text) => {
    let line = form.querySelector(":scope > .drafted");
    if (!line) {
      line = document.createElement("p");
      line.className = "soft small drafted";
      line.setAttribute("role", "status");
      line.setAttribute("aria-live", "polite");
      form.append(line);
    }
    line.textContent = text;
    return line;
  };
  const timers = new Map();
  const forget = (form) => { clearTimeout(timers.get(form)); timers.delete(form); };
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!writer || !form || !isLong(form) || secret(event.target)) return;
    const name = nameOf(form);
    const fields = typed(form);
    const text = Object.keys(fields).length ? JSON.stringify(fields) : "";
    const at = new Date().toTimeString().slice(0, 5);
    if (text) sessionStorage.setItem(place(name), JSON.stringify({ at, fields }));
    else sessionStorage.removeItem(place(name));
    forget(form);
    timers.set(form, setTimeout(async () => {
      const answer = await store(name, text);
      if (text && (answer?.ok || sessionStorage.getItem(place(name)))) say(form, `${draftSaved} ${at}`);
    }, 3000));
  });
  const restore = async (form) => {
    const name = nameOf(form);
    const local = sessionStorage.getItem(place(name));
    let draft = local && JSON.parse(local);
    if (!draft && document.cookie.includes("DRAFTS=")) {
      const answer = await fetch(`/account/draft/?${new URLSearchParams({ form: name })}`).catch(() => null);
      draft = answer?.status === 200 ? await answer.json() : null;
    }
    let back = false;
    for (const [id, field] of draft ? fieldsOf(form) : []) {
      const [base, value] = draft.fields[id] ?? [];
      // what others have changed since stays as they left it
      if (value === undefined || (base !== baseOf(field) && baseOf(field)) || valueOf(field) === value) continue;
      fill(field, value);
      field.closest("details")?.setAttribute("open", "");
      back = true;
    }
    if (!back) return;
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "quiet";
    drop.textContent = draftDrop;
    drop.addEventListener("click", () => {
      forget(form);
      form.reset();
      discard(name);
      drop.parentElement.remove();
    });
    say(form, `${draftBack} ${draft.at} `).append(drop);
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("action")?.startsWith("/account/logout")) {
      for (const key of Object.keys(sessionStorage)) if (key.startsWith(DRAFT)) sessionStorage.removeItem(key);
    }
    if (!writer || !isLong(form)) return;
    forget(form);
    sessionStorage.setItem(SENT, nameOf(form));
  });
  const isRefused = (root) => root.querySelector(".errorlist, .notice.error, .refused, [data-resend]");
  const settle = () => {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(DRAFT) && !key.startsWith(DRAFT + writer)) sessionStorage.removeItem(key);
    }
    const sent = sessionStorage.getItem(SENT);
    const waits = document.querySelector("[data-resend]");
    if (sent && !waits) {
      sessionStorage.removeItem(SENT);
      if (!isRefused(document)) discard(sent);
    }
  };
  if (writer) {
    settle();
    if (!("answer" in document.body.dataset)) [...document.forms].filter(isLong).forEach(restore);
    document.addEventListener("htmx:load", (event) => {
      if (event.detail.elt !== document.body) [...event.detail.elt.querySelectorAll("form")].filter(isLong).forEach(restore);
    });
    document.addEventListener("htmx:afterRequest", (event) => {
      const form = event.detail.elt;
      if (!(form instanceof HTMLFormElement) || !isLong(form) || !event.detail.successful) return;
      sessionStorage.removeItem(SENT);
      const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
      if (!isRefused(answer)) discard(nameOf(form));
    });
  }
  // signing in over the page: a form that stood a while is sent only once the session is known to hold
  const signIn = document.getElementById("sign-in");
  let waiting = null; // the form that waits, and its button
  const resume = () => {
    if (!waiting) return;
    const { form, button } = waiting;
    waiting = null;
    signIn.close();
    form.dataset.sure = "";
    form.requestSubmit(button);
    delete form.dataset.sure;
  };
  const show = async (answer) => {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const asked = page.querySelector("main form.form:not([data-passkey])");
    if (page.body.dataset.writer === writer) {
      const value = JSON.parse(page.body.getAttribute("hx-headers"))["X-CSRFToken"];
      document.dispatchEvent(new CustomEvent("nianjian:token", { detail: { value } }));
    }
    if (page.body.dataset.writer || !asked) return resume(); // the server says what becomes of another person's form
    signIn.querySelector("[data-form]").replaceChildren(document.adoptNode(asked));
    if (!signIn.open) signIn.showModal();
    asked.querySelector("input:not([type=hidden])").focus();
  };
  const ask = (address, wanted) => fetch(address, wanted).then(show).catch(resume);
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const fresh = "sure" in form.dataset || performance.now() < 60_000;
    if (!writer || fresh || event.defaultPrevented || !isLong(form) || form.hasAttribute("hx-post")) return;
    event.preventDefault();
    if (waiting) return;
    waiting = { form, button: event.submitter };
    const found = await fetch("/account/draft/", { redirect: "manual" }).catch(() => null);
    if (found?.type === "opaqueredirect") ask(signIn.dataset.address);
    else resume();
  });
  if (signIn) {
    signIn.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(event.target.action, { method: "POST", body: new URLSearchParams(new FormData(event.target)) });
    });
    signIn.addEventListener("close", () => { waiting = null; });
    signIn.querySelector("[data-elsewhere]").addEventListener("click", resume);
  }
  document.addEventListener("nianjian:token", (event) => {
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": event.detail.value }));
    for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = event.detail.value;
  });
}
