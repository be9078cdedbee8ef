// A convenience on top of pages that work without it: keys, and a list that renews itself.
"use strict";

const RENEW_EVERY_MS = 15000;

function writing() {
  return document.activeElement?.matches("input, textarea, select") ?? false;
}

function rows() {
  return [...document.querySelectorAll(".rows .row-key a")];
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || writing()) return;
  if (event.key === "/") {
    event.preventDefault();
    document.querySelector(".find input")?.focus();
    return;
  }
  const step = { j: 1, k: -1 }[event.key];
  const links = rows();
  if (!step || !links.length) return;
  const at = links.indexOf(document.activeElement);
  links[Math.min(Math.max(at + step, 0), links.length - 1)].focus();
});

async function renew(list) {
  if (document.hidden || writing()) return;
  const focused = document.activeElement?.closest("[data-live]") ? document.activeElement.href : null;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-live]");
  if (!fresh) return;
  list.replaceChildren(...fresh.childNodes);
  document.querySelector("h1").replaceChildren(...page.querySelector("h1").childNodes);
  if (focused) rows().find((link) => link.href === focused)?.focus();
}

const list = document.querySelector("[data-live]");
if (list) setInterval(() => renew(list).catch(() => {}), RENEW_EVERY_MS);
