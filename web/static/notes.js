// Clipping and arranging without leaving the page. Every button works without this file too.
"use strict";

(() => {
  const tell = (words) => { document.getElementById("said").textContent = words; };

  // What a button would send, sent in the background; the page that it leads to where that
  // is refused, for that page says why.
  const send = (form, button, extra = {}) => {
    const body = new URLSearchParams(new FormData(form));
    if (button) body.set(button.name, button.value);
    for (const [name, value] of Object.entries(extra)) body.set(name, value);
    const address = button?.getAttribute("formaction") || form.getAttribute("action");
    // One after another: an answer that is overtaken would tell of the past.
    const answer = before.then(() => ask(address, body));
    before = answer.catch(() => {});
    return answer;
  };

  let before = Promise.resolve();
  const ask = async (address, body) => {
    // Kept alive: a note must arrive even where its writer has gone on to another page.
    const answer = await fetch(address, {
      method: "POST", headers: { Accept: "application/json" }, body, keepalive: true,
    });
    if (!answer.ok) throw new Error(answer.statusText);
    const told = await answer.json();
    tell(told.said);
    document.getElementById("clip-count").textContent = told.count;
    return told;
  };

  const plainly = (form, button) => {
    form.dataset.plain = "1";
    form.requestSubmit(button);
  };

  const clip = async (button) => {
    const form = document.getElementById("clip");
    const same = document.querySelectorAll(
      `button.clip[value="${CSS.escape(button.value)}"][formaction="${CSS.escape(button.getAttribute("formaction"))}"]`,
    );
    try {
      const told = await send(form, button);
      for (const one of same) one.setAttribute("aria-pressed", told.inside);
    } catch {
      plainly(form, button);
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.clip");
    if (!button || document.getElementById("clip").dataset.plain) return;
    event.preventDefault();
    clip(button);
  });

  // The passage that a key means: the one with the focus, else the one of the address, else
  // the one under the mouse.
  const meant = () => {
    const holder = document.activeElement.closest(".hit, .kwic li, .official [id^=p]");
    const target = document.querySelector(".official :target");
    const under = document.querySelector(".official [id^=p]:hover, .hit:hover, .kwic li:hover");
    for (const place of [holder, target, under]) {
      const button = place?.querySelector("button.clip");
      if (button) return button;
    }
    return null;
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key !== "z") return;
    const button = meant();
    if (button) { event.preventDefault(); clip(button); }
  });

  const list = document.querySelector(".clips ol.hits");
  if (!list) return;

  const settle = () => {
    const rows = [...list.children].filter((li) => li.querySelector(".gone").hidden);
    rows.forEach((li, at) => {
      li.querySelector("[value=up]").disabled = at === 0;
      li.querySelector("[value=down]").disabled = at === rows.length - 1;
    });
  };

  // A clip moves past its neighbour; the pressed button stays under the finger.
  const move = (li, up) => {
    const button = document.activeElement;
    const before = li.getBoundingClientRect().top;
    let other = up ? li.previousElementSibling : li.nextElementSibling;
    while (other && !other.querySelector(".gone").hidden) {
      other = up ? other.previousElementSibling : other.nextElementSibling;
    }
    if (!other) return;
    if (up) other.before(li); else other.after(li);
    window.scrollBy(0, li.getBoundingClientRect().top - before);
    settle();
    if (!button.disabled) button.focus({ preventScroll: true });
    else li.querySelector(up ? "[value=down]" : "[value=up]").focus({ preventScroll: true });
  };

  const gone = (li, away) => {
    li.querySelector(".gone").hidden = !away;
    li.querySelector(".kept").hidden = away;
    settle();
    li.querySelector(away ? ".gone button" : "[value=remove]").focus({ preventScroll: true });
  };

  const act = async (form, button) => {
    const li = form.closest("li.hit");
    try {
      await send(form, button);
    } catch {
      plainly(form, button);
      return;
    }
    const note = form.querySelector("textarea");
    if (note) note.dataset.saved = note.value;
    if (button.value === "up" || button.value === "down") move(li, button.value === "up");
    if (button.value === "remove" || button.value === "restore") gone(li, button.value === "remove");
  };

  list.addEventListener("submit", (event) => {
    const form = event.target;
    // To another collection: the page is made anew.
    if (form.dataset.plain || event.submitter?.value === "transfer") return;
    event.preventDefault();
    act(form, event.submitter);
  });

  for (const note of list.querySelectorAll("textarea")) {
    note.dataset.saved = note.value;
    note.addEventListener("change", () => {
      if (note.value !== note.dataset.saved) {
        act(note.form, note.form.querySelector("[value=note]"));
      }
    });
  }
})();
