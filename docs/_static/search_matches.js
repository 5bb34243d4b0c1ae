// Sphinx hides a search's matches by a link to "javascript:", which the site's policy forbids.

document.addEventListener("click", (event) => {
  if (!event.target.closest(".highlight-link a")) return;
  event.preventDefault();
  SphinxHighlight.hideSearchWords();
});
