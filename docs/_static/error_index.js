// The field above the error index: paste a message, and the entries most like it stay.
// Words alone count, and rare ones count more: your shapes and devices are not the index's.

const words = (text) => new Set(text.toLowerCase().match(/[a-z_]{2,}/g) ?? []);

const entries = [...document.querySelectorAll(".error-entry")].map((section) => ({
  section,
  text: ["h3", ".error-message", "p"]
    .map((part) => section.querySelector(part).textContent)
    .join(" ")
    .toLowerCase(),
}));

function filter(query) {
  const scores = new Map(entries.map((entry) => [entry, 0]));
  for (const word of words(query)) {
    const found = entries.filter((entry) => entry.text.includes(word));
    const weight = Math.log((entries.length + 1) / found.length);
    for (const entry of found) scores.set(entry, scores.get(entry) + weight);
  }
  const best = Math.max(...scores.values());
  let shown = 0;
  for (const [entry, score] of scores) {
    entry.section.hidden = words(query).size > 0 && (best === 0 || score < 0.7 * best);
    shown += !entry.section.hidden;
  }
  for (const group of document.querySelectorAll("section:has(> .error-entry)"))
    group.hidden = !group.querySelector(".error-entry:not([hidden])");
  return shown;
}

const input = document.getElementById("error-filter");
input.addEventListener("input", () => {
  const shown = filter(input.value);
  document.querySelector(".error-filter output").textContent =
    shown === entries.length ? "" : `${shown} of ${entries.length} messages`;
});
