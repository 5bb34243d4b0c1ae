// An element with attributes and children; a function as an attribute listens to an event.
function element(tag, attributes = {}, ...children) {
  const svg = ["svg", "g", "line", "rect", "text", "polyline", "polygon"];
  const made = svg.includes(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false && value != null) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// Sphinx hides a search's matches by a link to "javascript:", which the site's policy forbids.
document.addEventListener("click", (event) => {
  if (!event.target.closest(".highlight-link a")) return;
  event.preventDefault();
  SphinxHighlight.hideSearchWords();
});
// Its script that marks them asks where the titles of drawings are, and ends if they do not answer.
SVGTitleElement.prototype.getBBox = () => new DOMRect();

// Make code, tables and formulas that overflow focusable, so that the keyboard can scroll them. Some
// browsers do this themselves.
const markWide = () => {
  for (const box of document.querySelectorAll("article :is(pre, .table-wrapper, div.math)"))
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
};
addEventListener("resize", markWide);
addEventListener("load", markWide);
document.addEventListener("toggle", markWide, true); // a fold was opened
