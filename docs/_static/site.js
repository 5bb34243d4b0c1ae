// Sphinx hides a search's matches by a link to "javascript:", which the site's policy forbids.
document.addEventListener("click", (event) => {
  if (!event.target.closest(".highlight-link a")) return;
  event.preventDefault();
  SphinxHighlight.hideSearchWords();
});

// Let the keyboard scroll code and tables that are wider than their place. Some browsers do by
// themselves.
const markWide = () => {
  for (const box of document.querySelectorAll("article pre, article .table-wrapper"))
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
};
addEventListener("resize", markWide);
addEventListener("load", markWide);
document.addEventListener("toggle", markWide, true); // a fold was opened
