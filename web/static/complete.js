// Completion of the search box: a list below it, as a combobox has it. Without this file
// the box is an ordinary field.
"use strict";

(() => {
  const box = document.querySelector("input[data-complete]");
  if (!box) return;

  // Asked when typing pauses: between two keys of a fast typist lie about 100 ms.
  const PAUSE = 150;
  const list = document.createElement("ul");
  list.id = "completions";
  list.className = "completions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.completeLabel);
  list.hidden = true;
  box.parentElement.append(list);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");

  const kinds = JSON.parse(box.dataset.completeKinds);
  let typed = box.value;
  let chosen = -1;
  let timer = 0;
  let asking = null;

  const options = () => [...list.children];

  const close = () => {
    list.hidden = true;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };

  // Marks one option and puts it into the box; -1 puts back what was typed.
  const choose = (at) => {
    chosen = at;
    options().forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    if (at < 0) {
      box.value = typed;
      box.removeAttribute("aria-activedescendant");
      return;
    }
    const option = options()[at];
    box.value = option.dataset.query;
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  const part = (name, words, language) => {
    const span = document.createElement("span");
    span.className = name;
    span.textContent = words;
    if (language) span.lang = language;
    return span;
  };

  const show = (completions) => {
    list.replaceChildren(...completions.map((one, i) => {
      const option = document.createElement("li");
      option.id = "completion" + i;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.query = one.query;
      option.append(
        part("words", one.text, "zh-CN"),
        part("kind", kinds[one.kind] || ""),
        part("count", one.count.toLocaleString()),
      );
      return option;
    }));
    chosen = -1;
    list.hidden = !completions.length || document.activeElement !== box;
    box.setAttribute("aria-expanded", String(!list.hidden));
  };

  const ask = async () => {
    typed = box.value;
    if (asking) asking.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(
        box.dataset.complete + "?q=" + encodeURIComponent(typed), { signal: asking.signal });
      if (answer.ok) show((await answer.json()).completions);
    } catch {
      // An answer that comes too late, or not at all, is no loss: the box works without it.
    }
  };

  const later = () => {
    clearTimeout(timer);
    if (!box.value.trim()) { close(); return; }
    timer = setTimeout(ask, PAUSE);
  };

  // What an input method is still composing is not typed yet.
  box.addEventListener("input", (event) => { if (!event.isComposing) later(); });
  box.addEventListener("compositionend", later);
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    const count = list.children.length;
    if (event.key === "ArrowDown") choose(chosen + 1 >= count ? -1 : chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? count - 1 : chosen - 1);
    else if (event.key === "Escape") { choose(-1); close(); event.stopPropagation(); }
    else return;
    event.preventDefault();
  });
  // Before the box loses the focus, which closes the list.
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    event.preventDefault();
    box.value = option.dataset.query;
    close();
    box.form.requestSubmit();
  });
})();
