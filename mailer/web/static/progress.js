// Shows the progress of a mailing as the server tells it. Without this script the page is reloaded by its link.
"use strict";
(() => {
  const region = document.querySelector("[data-events]");
  if (!region || !("EventSource" in window)) return;
  const source = new EventSource(region.dataset.events);
  const phase = region.dataset.phase;
  const note = document.querySelector("[data-live]");
  const say = (words) => { if (note) note.textContent = words; };
  source.addEventListener("open", () => say(note.dataset.live));
  source.addEventListener("error", () => say(note.dataset.broken));
  source.addEventListener("progress", (event) => { region.innerHTML = event.data; });
  // The buttons are others now: the page says so, and is loaded anew unless something is being typed.
  source.addEventListener("phase", (event) => {
    if (event.data === phase) return;
    source.close();
    location.reload();
  });
  source.addEventListener("end", () => { source.close(); say(""); });
})();
