// The editor of safety briefs: what is ticked goes to the list of what holds, and lines of that list are put in order, with the arrows
// beside them, the arrow keys or by dragging. The page works without this file: there the arrows send the form.

const picked = document.getElementById("picked");

function moved(line) {
  const lines = [...picked.children];
  const said = document.getElementById("picked-said");
  said.textContent = said.dataset.said.replace("__place__", lines.indexOf(line) + 1).replace("__count__", lines.length);
  line.closest("form").dispatchEvent(new Event("change", { bubbles: true }));
}

function step(button, isUp) {
  const line = button.closest("li");
  const other = isUp ? line.previousElementSibling : line.nextElementSibling;
  if (!other) return;
  other[isUp ? "before" : "after"](line);
  button.focus();
  moved(line);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("#picked button[name=move]");
  if (!button) return;
  event.preventDefault();
  step(button, button.value.startsWith("up "));
});

document.addEventListener("keydown", (event) => {
  const button = event.target.closest("#picked button[name=move]");
  if (!button || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  step(button, event.key === "ArrowUp");
});

// Ticked, a line goes to the end of the list; unticked, back to its group.
document.addEventListener("change", (event) => {
  if (event.target.name !== "chosen") return;
  const line = event.target.closest("li");
  const home = event.target.checked ? picked : document.getElementById(`pick-${line.dataset.kind}`);
  home.append(line);
  event.target.focus({ preventScroll: true });
});

// Dragging, with a mouse or a thumb: the line follows the pointer past the middle of its neighbours.
let dragged = null;
for (const grip of document.querySelectorAll(".grip")) grip.hidden = false;

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("#picked .grip");
  if (!grip) return;
  event.preventDefault();
  dragged = grip.closest("li");
  dragged.classList.add("dragged");
  grip.setPointerCapture(event.pointerId);
});

document.addEventListener("pointermove", (event) => {
  if (!dragged) return;
  const middle = (line) => line.getBoundingClientRect().top + line.getBoundingClientRect().height / 2;
  const { previousElementSibling: above, nextElementSibling: below } = dragged;
  if (above && event.clientY < middle(above)) above.before(dragged);
  else if (below && event.clientY > middle(below)) below.after(dragged);
});

for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    if (!dragged) return;
    dragged.classList.remove("dragged");
    moved(dragged);
    dragged = null;
  });
}
