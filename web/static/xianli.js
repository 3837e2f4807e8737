// Keys, copying, the handles under the years, the filters of lists. Every page works without.
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

  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const hits = () => all(".hit a.to, .kwic a.match");
  const say = (words) => { document.getElementById("said").textContent = words; };

  // Open what a link leads to, if there is such a link here.
  const open = (selector, within = document) => {
    const link = within && within.querySelector(selector);
    if (link) link.click();
  };
  const current_hit = () => document.activeElement.closest(".hit, .kwic li");
  const focus = (selector) => {
    const target = all(selector).find((element) => element.checkVisibility());
    if (target) target.focus();
  };

  // Another page's document, for the parts of it that are shown here.
  const load = async (href) => {
    const answer = await fetch(href);
    if (!answer.ok) throw new Error(answer.statusText);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  // The list of keys stands in the help; without it the help itself is opened.
  const show_keys = async () => {
    let dialog = document.getElementById("keys");
    if (!dialog) {
      try {
        const page = await load(help.href);
        const list = page.querySelector("#key-list");
        dialog = document.createElement("dialog");
        dialog.id = "keys";
        dialog.setAttribute("aria-labelledby", "keys-title");
        list.querySelector("h2").id = "keys-title";
        const close = document.createElement("form");
        close.method = "dialog";
        const button = close.appendChild(document.createElement("button"));
        button.textContent = list.dataset.close;
        dialog.append(...list.childNodes, close);
        document.body.append(dialog);
      } catch {
        help.click();
        return;
      }
    }
    if (!dialog.open) dialog.showModal();
  };
  const found = () => all(".official .found");

  // In a document the current hit is the one of the address, else the last one stepped to.
  let current = -1;
  const jump = (by) => {
    const places = found();
    const many = places.length;
    if (!many) return;
    if (current < 0) current = places.findIndex((p) => "#" + p.id === location.hash);
    current = current < 0 ? (by > 0 ? 0 : many - 1) : (current + by + many) % many;
    location.replace("#" + places[current].id);
  };

  const keys = {
    "/": () => { if (box) { box.focus(); box.select(); } },
    j: () => step(hits(), 1),
    k: () => step(hits(), -1),
    n: () => jump(1),
    p: () => jump(-1),
    o: () => open("a.variants", current_hit()),
    c: () => open("a.copy", current_hit()),
    s: () => open("a.alike", current_hit()),
    w: () => focus(".within input[type=search], input.long"),
    f: () => focus(".facets summary, .facets .fold"),
    y: () => focus(".slider input, .range input[name=from]"),
    v: () => open(".views a"),
    b: () => open("#back"),
    "[": () => open("a[rel~=prev]"),
    "]": () => open("a[rel~=next]"),
    "？": show_keys,
    "?": show_keys,
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && menu?.checked) { menu.checked = false; menu.focus(); return; }
    if (event.key === "Escape" && typing) { typing.blur(); return; }
    if (typing || document.querySelector("dialog[open]") || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  // The menu of a phone closes as lists do; without this its own button closes it.
  const menu = document.getElementById("show-places");
  document.addEventListener("click", (event) => {
    if (menu?.checked && !event.target.closest(".frame")) menu.checked = false;
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
    say(link.dataset.done);
  });

  // Back from a text to the results: to the very passage that was opened.
  const back = document.getElementById("back");
  const opened = location.hash.match(/^#p([0-9]+)$/);
  if (back && opened) {
    const id = document.querySelector(".official").dataset.id;
    back.hash = "at-" + encodeURIComponent(id + ":" + opened[1]);
  }

  // The list of all values narrows while one types.
  const filter = (items, wanted) => {
    const plain = wanted.trim().toLowerCase();
    for (const item of items) {
      item.hidden = !item.querySelector(".label").textContent.toLowerCase().includes(plain);
    }
  };
  for (const input of all("[data-filter]")) {
    const items = all(input.dataset.filter + " li");
    input.addEventListener("input", () => filter(items, input.value));
  }

  // Beside the results a facet shows its first values; its filter asks for all of them.
  for (const input of all("input.find")) {
    const facet = input.closest(".facet");
    const list = facet.querySelector(".values");
    const href = facet.querySelector(".more a").href;
    const first = [...list.children];
    let timer = 0;
    const ask = async () => {
      const wanted = input.value.trim();
      if (!wanted) { list.replaceChildren(...first); return; }
      const page = await load(href + "&find=" + encodeURIComponent(wanted));
      if (input.value.trim() !== wanted) return;
      const values = all("#values li", page).slice(0, 20);
      list.replaceChildren(...values);
      say(String(values.length));
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => ask().catch(() => {}), 150);
    });
    input.addEventListener("keydown", (event) => {
      // Enter would press the first button of the form around the values.
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      location.href = href + "&find=" + encodeURIComponent(input.value.trim());
    });
  }

  // Two handles move the fields of the form; a pointer let go, or Enter, sends it.
  for (const slider of all(".slider")) {
    const [low, high] = all("input", slider);
    const { from, to } = low.form.elements;
    const bars = all("a[aria-label]", slider.closest("figure"));
    const last = Number(slider.dataset.last);
    let pointed = false;
    const show = (moved) => {
      if (Number(low.value) > Number(high.value)) {
        if (moved === low) low.value = high.value; else high.value = low.value;
      }
      // At its end a handle leaves the range open.
      from.value = low.value === low.min ? "" : low.value;
      to.value = Number(high.value) >= last ? "" : high.value;
      for (const bar of bars) {
        const year = bar.getAttribute("aria-label").match(/[0-9]{4}/)[0];
        bar.classList.toggle("within", year >= low.value && year <= high.value);
      }
    };
    for (const handle of [low, high]) {
      handle.addEventListener("pointerdown", () => { pointed = true; });
      handle.addEventListener("input", () => show(handle));
      handle.addEventListener("change", () => { if (pointed) low.form.requestSubmit(); });
      handle.addEventListener("keydown", (event) => {
        pointed = false;
        if (event.key !== "Enter") return;
        event.preventDefault();
        low.form.requestSubmit();
      });
    }
  }
})();
