// Shows the progress of a mailing as the server tells it. Without this script the page is reloaded by its link.
"use strict";
(() => {
  const figures = () => document.getElementById("figures");
  if (!figures()?.dataset.events || !("EventSource" in window)) return;
  const source = new EventSource(figures().dataset.events);
  const say = (name) => {
    const note = document.querySelector("[data-live]");
    if (note) note.textContent = name ? note.dataset[name] : "";
  };
  let phase;
  // In another phase other buttons can be pressed. The page takes them over without being loaded anew: that would undo
  // what the reader has just pressed or typed.
  const renew = async () => {
    const answer = await fetch(location.pathname);
    const main = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    if (!answer.ok || !main?.querySelector("#figures")) return;
    const focus = document.activeElement;
    const is_held = focus?.closest("main");
    document.querySelector("main").replaceWith(main);
    if (is_held) (main.querySelector(`[id="${focus.id}"]:enabled`) ?? main).focus();
    if (source.readyState === EventSource.OPEN) say("live");
  };
  source.addEventListener("open", () => say("live"));
  source.addEventListener("error", () => say("broken"));
  source.addEventListener("phase", (event) => {
    const is_other = event.data !== phase;
    phase = event.data;
    if (is_other && phase !== figures().dataset.phase) renew().catch(() => say("broken"));
  });
  source.addEventListener("progress", (event) => {
    if (phase === figures().dataset.phase) figures().innerHTML = event.data;
  });
  source.addEventListener("end", () => { source.close(); say(""); });
})();
