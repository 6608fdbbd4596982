// The little that neither HTML nor htmx does by itself. Every page works without this file.

const SLOW = 1000; // a wait that is told, in milliseconds

// A form goes out once: a second click waits for the answer. htmx sees to its own forms.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.hasAttribute("data-sent")) return event.preventDefault();
  if (!navigator.onLine) { // what was filled in stays where it is
    tell("lost");
    return event.preventDefault();
  }
  setTimeout(() => form.hasAttribute("data-sent") && tell("slow"), SLOW);
  form.setAttribute("data-sent", "");
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), 8000); // an answer that is a file leaves the page standing
});

// A drawer of filters closes when its search is sent, and what was found comes into view.
document.addEventListener("submit", (event) => {
  const drawer = event.submitter?.closest("[popover]");
  drawer?.hidePopover();
  if (drawer) document.getElementById("found")?.scrollIntoView();
});

function release(root) {
  for (const sent of [root, ...root.querySelectorAll("[data-sent]")]) sent.removeAttribute?.("data-sent");
  for (const busy of root.querySelectorAll("button[aria-busy]")) busy.removeAttribute("aria-busy");
  tell();
}

// A page that comes back from the browser's memory may be sent again.
window.addEventListener("pageshow", (event) => event.persisted && release(document));

// Buttons that only work with a script appear here, in whole pages and in fragments.
function reveal() {
  for (const button of document.querySelectorAll("[data-copy], [data-print], [data-tick-all], [data-share]")) {
    (button.closest("label") ?? button).hidden = "share" in button.dataset && !navigator.share;
  }
}
reveal();

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-print], [data-share]");
  if (!button) return;
  if (button.hasAttribute("data-print")) return window.print();
  if (button.hasAttribute("data-share")) {
    const url = document.querySelector("link[rel=canonical]").href;
    return navigator.share({ title: button.dataset.share, url }).catch(() => {}); // who changes their mind
  }
  const field = document.getElementById(button.dataset.copy);
  field.select();
  if (!navigator.clipboard) return; // no secure context: the text stands selected
  await navigator.clipboard.writeText(field.value);
  button.querySelector("[role=status]").textContent = button.dataset.copied;
});

// One box that ticks all others of its form with the name it carries, but for those with a warning.
document.addEventListener("change", (event) => {
  const name = event.target.dataset.tickAll;
  if (!name) return;
  for (const box of event.target.form.elements) {
    if (box.name === name && !("warned" in box.dataset)) box.checked = event.target.checked;
  }
});

// After "more": the focus goes on to the first link that came, since the button that had it is gone.
let before = null;
document.addEventListener("htmx:before:swap", () => {
  before = document.activeElement?.closest(".pages")?.previousElementSibling;
});
document.addEventListener("htmx:after:swap", () => {
  reveal();
  if (before?.isConnected) before.nextElementSibling?.querySelector("a")?.focus();
  before = null;
});

// A network that is slow or gone is told, in the bar #net; with the next answer that is over.
const waiting = new Map();
const isFresh = (target) => target.matches?.("[data-fresh]");
function tell(what = "") {
  const bar = document.getElementById("net");
  if (bar) bar.textContent = bar.dataset[what] ?? "";
}
document.addEventListener("htmx:before:request", ({ detail, target }) => {
  if (!isFresh(target)) waiting.set(detail.ctx, setTimeout(tell, SLOW, "slow"));
});
document.addEventListener("htmx:finally:request", ({ detail }) => {
  clearTimeout(waiting.get(detail.ctx));
  waiting.delete(detail.ctx);
  if (detail.ctx.response && navigator.onLine) tell();
});
document.addEventListener("htmx:error", ({ detail }) => detail.ctx && !detail.ctx.response && tell("lost"));
window.addEventListener("offline", () => tell("lost"));
window.addEventListener("online", () => {
  tell();
  refresh();
});

// What others change while a page is open is asked for again: every half a minute that it is seen, and when it comes back.
const FRESH = 30000;
function refresh() {
  if (document.hidden || !navigator.onLine) return;
  for (const part of document.querySelectorAll("[data-fresh]")) part.dispatchEvent(new CustomEvent("fresh"));
}
setInterval(refresh, FRESH);
document.addEventListener("visibilitychange", refresh);
window.addEventListener("pageshow", (event) => {
  const [arrival] = performance.getEntriesByType("navigation");
  if (event.persisted || arrival?.type === "back_forward") refresh();
});

// Who does not see that something changed there, hears it.
let words = null;
document.addEventListener("htmx:before:swap", ({ target }) => {
  words = isFresh(target) ? target.innerText : null;
});
document.addEventListener("htmx:after:swap", ({ target }) => {
  if (words !== null && words !== target.innerText) document.getElementById("heard").textContent = target.dataset.fresh;
  words = null;
});
