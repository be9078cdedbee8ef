// A convenience on top of pages that work without it: keys, and a list that renews itself.
"use strict";

const RENEW_EVERY_MS = 60000;
const RENEW_UNTOLD_EVERY_MS = 15000;
const SETTLED_AFTER_MS = 3000; // what was done on the page before is seconds behind in the list

function writing() {
  return document.activeElement?.matches("input:not([type=checkbox]), textarea, select") ?? false;
}

function rows() {
  return [...document.querySelectorAll(".rows .row-key a")];
}

// What a key leads to: in the row that has the focus, or else on the page. A button is only focused.
function keyed(key) {
  if (!/^[aer]$/.test(key)) return null;
  const row = document.activeElement?.closest(".row");
  const inRow = row?.querySelector(`[data-key="${key}"]`);
  return inRow ?? document.querySelector(`main :not(.row *)[data-key="${key}"]`);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || writing()) return;
  if (event.key === "/") {
    event.preventDefault();
    document.querySelector(".find [type=search]")?.focus();
    return;
  }
  const wanted = keyed(event.key);
  if (wanted) {
    event.preventDefault();
    wanted.closest("details")?.setAttribute("open", "");
    wanted.focus();
    if (wanted.type === "checkbox") wanted.click();
    return;
  }
  const step = { j: 1, k: -1 }[event.key];
  const links = rows();
  if (!step || !links.length) return;
  const at = links.indexOf(document.activeElement?.closest(".row")?.querySelector(".row-key a"));
  links[Math.min(Math.max(at + step, 0), links.length - 1)].focus();
});

const MOMENT = new Intl.DateTimeFormat("en-GB", {
  weekday: "short", day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit",
  hourCycle: "h23", timeZoneName: "short",
});

// Moments are told in the reader's own zone; without this script they are told in UTC.
function localise(where) {
  for (const time of where.querySelectorAll("time[datetime]")) {
    const told = Object.fromEntries(
      MOMENT.formatToParts(new Date(time.dateTime)).map((part) => [part.type, part.value]),
    );
    time.title = time.textContent;
    time.textContent =
      `${told.weekday} ${told.day} ${told.month}, ${told.hour}:${told.minute} ${told.timeZoneName}`;
  }
}

async function renew(list) {
  if (document.hidden || writing() || list.querySelector(":checked")) return;
  const focused = document.activeElement?.closest("[data-live]") ? document.activeElement.href : null;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-live]");
  if (!fresh) return;
  localise(fresh);
  list.replaceChildren(...fresh.childNodes);
  document.querySelector("h1").replaceChildren(...page.querySelector("h1").childNodes);
  if (focused) rows().find((link) => link.href === focused)?.focus();
}

// Renews when the server says that something changed, and now and then for what only time changes.
function watch(list) {
  const again = () => renew(list).catch(() => {});
  let source = null;
  let told = true;
  const listen = () => {
    source = new EventSource(list.dataset.live);
    source.addEventListener("changed", again);
    source.addEventListener("open", () => {
      told = true;
      setTimeout(again, SETTLED_AFTER_MS);
    });
    source.addEventListener("error", () => (told = false));
  };
  document.addEventListener("visibilitychange", () => {
    source?.close();
    if (document.hidden) return;
    again();
    listen();
  });
  listen();
  setInterval(() => told || again(), RENEW_UNTOLD_EVERY_MS);
  setInterval(again, RENEW_EVERY_MS);
}

const list = document.querySelector("[data-live]");
if (list) watch(list);

localise(document);
