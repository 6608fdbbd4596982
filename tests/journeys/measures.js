// What can be measured on the page that is open: gives a sentence for each thing that is wrong.
({ letters, spacing }) => {
  const wrong = [];
  const said = (element) => element.outerHTML.slice(0, 120).replace(/\s+/g, " ");
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".vh, .skip, [inert]");

  // Something to point at is at least 24 px high and wide (WCAG 2.2, 2.5.8); a label counts with its box.
  const pointed = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  for (const each of document.querySelectorAll(pointed)) {
    if (!isSeen(each) || each.closest("svg")) continue; // of a map: its towns stand beside it as links
    const { width, height } = (each.matches("[type=checkbox], [type=radio]") && each.closest("label") || each).getBoundingClientRect();
    if (Math.min(width, height) < 24) wrong.push(`${Math.round(width)} x ${Math.round(height)} px: ${said(each)}`);
  }

  // Larger letters (1.4.4) and more room between them (1.4.12) cut nothing off and push nothing out.
  const more = new CSSStyleSheet();
  more.replaceSync((letters ? `html { font-size: ${letters} !important }` : "") + (spacing ?
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }" : ""));
  document.adoptedStyleSheets = [more];
  const { clientWidth, scrollWidth } = document.documentElement;
  if (scrollWidth > clientWidth) wrong.push(`wider than ${clientWidth} px: ${scrollWidth}`);
  for (const each of document.querySelectorAll("body *")) {
    if (!isSeen(each) || each.closest("svg") || each.matches("input")) continue; // what is typed scrolls
    const { overflowX, overflowY, clipPath } = getComputedStyle(each);
    if (clipPath !== "none") continue; // for who listens
    if (/hidden|clip/.test(overflowX) && each.scrollWidth > each.clientWidth + 2) wrong.push(`cut off at its side: ${said(each)}`);
    if (/hidden|clip/.test(overflowY) && each.scrollHeight > each.clientHeight + 2) wrong.push(`cut off below: ${said(each)}`);
  }
  document.adoptedStyleSheets = [];
  return wrong;
}
