// In a calendar the arrow keys go from day to day, past the days on which there is nothing. Every day is a link without this file too.
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

document.addEventListener("keydown", (event) => {
  const from = event.target.closest?.(".calendar td");
  const step = STEPS[event.key];
  if (!from || !step || event.altKey || event.ctrlKey || event.metaKey) return;
  const days = [...from.closest("table").querySelectorAll("tbody td")];
  let place = days.indexOf(from) + step;
  while (days[place] && !days[place].querySelector("a")) place += step;
  if (!days[place]) return;
  event.preventDefault();
  days[place].querySelector("a").focus();
});
