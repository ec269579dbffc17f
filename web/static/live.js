// Every ten seconds, fetch the page again and replace its live parts. The server renders everything.
"use strict";

const EVERY_MS = 10000;

async function refresh() {
  if (document.hidden || !getSelection().isCollapsed) return;
  const answer = await fetch(location.href, { cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(old.id);
    if (next && !old.contains(document.activeElement)) old.replaceWith(document.adoptNode(next));
  }
  document.title = fresh.title;
}

function stale() {
  for (const note of document.querySelectorAll(".stale")) note.hidden = false;
}

async function loop() {
  await refresh().catch(stale);
  setTimeout(loop, EVERY_MS);
}

setTimeout(loop, EVERY_MS);
document.addEventListener("visibilitychange", () => refresh().catch(stale));
