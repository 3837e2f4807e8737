// Keys, copying, and the filter of long lists. Every page works without this file.
"use strict";

(() => {
  document.documentElement.classList.add("scripted");

  const box = document.getElementById("q");
  const help = document.getElementById("help");

  // Move the focus to the element after (or before) the one that has it, and show it.
  const step = (elements, by) => {
    if (!elements.length) return;
    const now = elements.indexOf(document.activeElement);
    const next = now < 0 ? (by > 0 ? 0 : elements.length - 1) : now + by;
    const target = elements[Math.min(Math.max(next, 0), elements.length - 1)];
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest" });
  };

  const hits = () => [...document.querySelectorAll(".hit a.to")];
  const found = () => [...document.querySelectorAll(".official .found")];

  // In a document the current hit is the one of the address, else the last one stepped to.
  let current = -1;
  const jump = (by) => {
    const all = found();
    if (!all.length) return;
    if (current < 0) current = all.findIndex((p) => "#" + p.id === location.hash);
    current = current < 0 ? (by > 0 ? 0 : all.length - 1) : (current + by + all.length) % all.length;
    location.replace("#" + all[current].id);
  };

  const keys = {
    "/": () => { if (box) { box.focus(); box.select(); } },
    j: () => step(hits(), 1),
    k: () => step(hits(), -1),
    n: () => jump(1),
    p: () => jump(-1),
    "？": () => keys["?"](),
    "?": () => { if (help) help.click(); },
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && typing) { typing.blur(); return; }
    if (typing || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  // A passage with its source goes to the clipboard; where that is refused, the page that
  // the link leads to has it as text to be selected.
  const copied = (text) =>
    window.ClipboardItem
      ? navigator.clipboard.write([new ClipboardItem({
          "text/plain": text.then((words) => new Blob([words], { type: "text/plain" })),
        })])
      : text.then((words) => navigator.clipboard.writeText(words));

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a.copy");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      await copied(fetch(link.href + "&plain=1").then((answer) => {
        if (!answer.ok) throw new Error(answer.statusText);
        return answer.text();
      }));
    } catch {
      location.href = link.href;
      return;
    }
    link.classList.add("done");
    document.getElementById("said").textContent = link.dataset.done;
  });

  for (const input of document.querySelectorAll("[data-filter]")) {
    const items = [...document.querySelectorAll(input.dataset.filter + " li")];
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      for (const item of items) {
        item.hidden = !item.querySelector(".label").textContent.toLowerCase().includes(wanted);
      }
    });
  }
})();
