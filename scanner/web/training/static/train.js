// The clock, the count of votes, and moving on when the session does; every page works without it.
"use strict";

const live = document.querySelector("[data-live]");
const clock = document.querySelector("[data-left]");
const votes = document.querySelector("[data-votes]");
let left = clock ? Number(clock.dataset.left) : 0;
let busy = live ? live.dataset.busy : "";

function show() {
  clock.textContent = left > 0 ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : clock.dataset.over;
  clock.classList.toggle("over", left <= 0);
}

function changed(news) {
  const seen = live.dataset;
  return (
    String(news.stage) !== seen.stage ||
    (seen.looked && String(news.looked) !== seen.looked) ||
    (seen.teams && String(news.teams) !== seen.teams) ||
    (busy && !news.busy)
  );
}

async function ask() {
  try {
    const answer = await fetch("/state.json", { cache: "no-store" });
    if (!answer.ok) return;
    const news = await answer.json();
    if (changed(news)) {
      location.reload();
      return;
    }
    left = news.left;
    if (votes) {
      const text = votes.dataset.votes.replace("{n}", news.votes).replace("{all}", news.teams);
      if (votes.textContent !== text) votes.textContent = text;
    }
  } catch {
    // the session is over, or the network is away for a moment
  }
}

if (clock) {
  show();
  setInterval(() => {
    left = Math.max(0, left - 1);
    show();
  }, 1000);
}
if (live) setInterval(ask, 3000);
