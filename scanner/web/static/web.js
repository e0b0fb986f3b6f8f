// Newest numbers while a check runs, and dropping a file; every page works without it.
"use strict";

function watch(box) {
  const source = new EventSource("/progress/events");
  const said = box.querySelector("[data-said]");
  let last = 0;
  source.onmessage = (event) => {
    const news = JSON.parse(event.data);
    if (news.state !== "running") {
      source.close();
      location.replace("/progress");
      return;
    }
    const sum = { pages: 0, pictures: 0, detectors: 0 };
    news.steps.forEach((counts, at) => {
      for (const stage of Object.keys(sum)) {
        sum[stage] += counts[stage];
        const shown = box.querySelector(`[data-count="${at}-${stage}"]`);
        if (shown) shown.textContent = String(counts[stage]);
      }
      const bar = box.querySelector(`[data-bar="${at}"]`);
      if (bar) {
        bar.max = counts.pictures || 1;
        bar.value = counts.detectors;
      }
      const waiting = box.querySelector(`[data-waiting="${at}"]`);
      if (waiting) waiting.hidden = counts.pages > 0;
    });
    if (Date.now() - last > 8000) {
      last = Date.now();
      said.textContent = said.dataset.said.replace(/\{(\w+)\}/g, (_, stage) => String(sum[stage]));
    }
  };
  // no more numbers came: the page itself knows
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 3000);
  };
}

function droppable(form) {
  const input = form.querySelector("input[type=file]");
  form.querySelector("[data-drop-says]").hidden = false;
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
}

// a stay that nobody used is locked by the server; this takes what is on the screen away as well
function lockAfter(seconds) {
  setTimeout(() => location.replace("/away"), (seconds + 5) * 1000);
}

const lock = document.querySelector("meta[name=lock]");
if (lock) lockAfter(Number(lock.content));
document.querySelectorAll("[data-progress]").forEach(watch);
document.querySelectorAll("[data-drop]").forEach(droppable);
