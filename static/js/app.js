// The little that neither HTML nor htmx does by itself. Every page works without this file.

// A form goes out once: a second click waits for the answer. htmx sees to its own forms.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.hasAttribute("data-sent")) return event.preventDefault();
  form.setAttribute("data-sent", "");
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), 8000); // an answer that is a file leaves the page standing
});

// A drawer of filters closes when its search is sent.
document.addEventListener("submit", (event) => event.submitter?.closest("[popover]")?.hidePopover());

function release(root) {
  for (const sent of [root, ...root.querySelectorAll("[data-sent]")]) sent.removeAttribute?.("data-sent");
  for (const busy of root.querySelectorAll("button[aria-busy]")) busy.removeAttribute("aria-busy");
}

// A page that comes back from the browser's memory may be sent again.
window.addEventListener("pageshow", (event) => event.persisted && release(document));

// Buttons that only work with a script appear here, in whole pages and in fragments.
function reveal() {
  for (const button of document.querySelectorAll("[data-copy], [data-print], [data-tick-all]")) {
    (button.closest("label") ?? button).hidden = false;
  }
}
reveal();

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-print]");
  if (!button) return;
  if (button.hasAttribute("data-print")) return window.print();
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
