// Sending files with progress, and watching a job. The form and the page work without it.
"use strict";

(() => {
  const form = document.querySelector("form.drop");
  const state = document.querySelector("[data-job]");

  const refuse = (words) => {
    const box = document.createElement("div");
    box.className = "refused";
    box.setAttribute("role", "alert");
    box.textContent = words;
    document.getElementById("refused").replaceChildren(box);
  };

  if (form) {
    const field = form.querySelector("[type=file]");
    const sending = form.querySelector(".sending");
    const bar = form.querySelector("progress");
    const button = form.querySelector("button");

    const busy = (on) => {
      sending.hidden = !on;
      button.disabled = on;
    };

    // The server answers with the job's page, or with this page and its reasons.
    const answered = (request) => {
      busy(false);
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const said = page.getElementById("refused");
      if (request.status === 200 && !said) location.href = request.responseURL;
      else if (said) document.getElementById("refused").replaceChildren(...said.childNodes);
      else if (request.status === 413) refuse(form.dataset.tooLarge);
      else if (request.status === 200 || request.status === 401) location.reload();
      else refuse(page.querySelector("main")?.textContent.trim() || form.dataset.broken);
    };

    const send = () => {
      const size = [...field.files].reduce((sum, file) => sum + file.size, 0);
      if (size > Number(form.dataset.largest)) {
        refuse(form.dataset.tooLarge);
        return;
      }
      document.getElementById("refused").replaceChildren();
      const request = new XMLHttpRequest();
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
      });
      request.addEventListener("load", () => answered(request));
      request.addEventListener("error", () => { busy(false); refuse(form.dataset.broken); });
      request.open("POST", form.action);
      request.send(new FormData(form));
      busy(true);
    };

    form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
    for (const name of ["dragenter", "dragover"]) {
      document.addEventListener(name, (event) => {
        event.preventDefault();
        form.classList.add("over");
      });
    }
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) form.classList.remove("over");
    });
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      form.classList.remove("over");
      const folder = [...event.dataTransfer.items].some(
        (item) => item.kind === "file" && item.webkitGetAsEntry?.()?.isDirectory);
      if (folder) { refuse(form.dataset.folder); return; }
      if (!event.dataTransfer.files.length) return;
      field.files = event.dataTransfer.files;
      send();
    });
  }

  if (state) {
    const bar = document.getElementById("read");
    const look = async () => {
      try {
        const answer = await fetch(state.dataset.job, { cache: "no-store" });
        if (!answer.ok) { location.reload(); return; }
        const job = await answer.json();
        if (job.over) { location.reload(); return; }
        if (state.textContent !== job.said) state.textContent = job.said;
        bar.max = job.total || 1;
        bar.value = job.done;
      } catch { /* The server may be starting anew: ask again. */ }
      setTimeout(look, 1000);
    };
    setTimeout(look, 500);
  }
})();
