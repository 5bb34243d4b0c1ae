// The field above the error index: paste a message, and the entries that match it come first.
// A message counts by its words and pairs of neighbouring words, rare ones more. Its numbers,
// shapes, paths and addresses do not count: yours differ from the index's.

const HIT = 0.75; // the least score of a match, as tests/site/test_error_field.py shows
const NEAR = 0.6; // the least score at which plain words count as a message
const LITTLE = 8; // words that weigh less than this are too few to be sure
// types whose missing attributes are in the index only where an entry names the attribute
const OTHERS = /'(?:str|bytes|dict|set|DataFrame|Series)' object has no attribute '(\w+)'/g;

function words(text) {
  return text
    .replace(/https?:\/\/\S+|0x[\da-f]+|(?:[a-z]:)?[\\/]?(?:[\w.-]+[\\/])+/gi, " ")
    .toLowerCase()
    .replace(/(?<=[a-z])'t\b/g, "t")
    .match(/[a-z_]+/g) ?? [];
}

function features(text) {
  const found = new Set();
  for (const part of text.split("…")) {
    const all = words(part);
    all.forEach((word, i) => {
      found.add(word);
      if (i > 0) found.add(`${all[i - 1]} ${word}`);
    });
  }
  return found;
}

// A traceback's message begins at the last line that starts with the name of an error.
function message(pasted) {
  const start = /^\s*(?:(?:[a-z_]\w*\.)+[A-Z]|\w*(?:Error|Exception|Interrupt)\b(?! *#))/;
  const lines = pasted.trimEnd().split("\n");
  const last = lines.findLastIndex((line) => start.test(line));
  return last < 0 ? pasted : lines.slice(last).join("\n");
}

const PLAIN = /^(?![^]*(?:[a-z][A-Z]|[A-Z]{2}|Error|Exception|Warning))[\p{L}\s,.?!'’-]*$/u;
const TYPE = /^\s*(?:[a-z_]\w*\.)*\w*(?:Error|Exception|Warning)\b:?/;

class Index {
  // entries: [{titles, message}]; a title is a piece of the message that all have in common
  constructor(entries) {
    this.entries = entries.map(({ titles, message }) => ({
      titles: titles.map((title) => features(title.replace(TYPE, ""))),
      whole: features([message, ...titles].join("…")),
    }));
    const counts = new Map();
    for (const { whole } of this.entries)
      for (const feature of whole) counts.set(feature, (counts.get(feature) ?? 0) + 1);
    this.unknown = Math.log(1 + entries.length);
    this.rare = new Map([...counts].map(([word, n]) => [word, Math.log(1 + entries.length / n)]));
  }

  // How much a set of features says.
  weight(set) {
    let total = 0;
    for (const feature of set) total += this.rare.get(feature) ?? this.unknown;
    return total;
  }

  // Every entry, the best first: how much of a title the text contains, and how much of the text
  // the message contains. One of them is enough for a match; both together decide the order.
  ranked(text) {
    const known = (name) => words(name).every((word) => this.rare.has(word));
    const yours = (quoted) => (known(quoted) ? quoted : "…"); // names of your own do not count
    const ours = text.replace(OTHERS, (found, name) => (known(name) ? found : "…"));
    const asked = [...features(ours.replace(/'[\w.-]+'|"[\w.-]+"|`[\w.-]+`/g, yours))];
    const common = (set) => this.weight(asked.filter((feature) => set.has(feature)));
    const share = (set, all) => common(set) / Math.max(this.weight(all), LITTLE);
    return this.entries
      .map(({ titles, whole }, entry) => {
        const title = Math.max(...titles.map((set) => share(set, set)));
        const message = share(whole, asked);
        const sum = title + message;
        return { entry, sum, least: Math.max(title, message) + sum / 10 };
      })
      .sort((a, b) => b.sum - a.sum);
  }

  // The entries that match, at most three, and the three nearest; none for words without an error.
  search(pasted) {
    const nearest = this.ranked(message(pasted)).slice(0, 3);
    if (PLAIN.test(pasted) && nearest[0].sum < NEAR) return [[], []];
    const hits = nearest.filter(({ least, sum }) => least >= HIT && sum > 0.9 * nearest[0].sum);
    return [hits, nearest].map((some) => some.map(({ entry }) => entry));
  }
}

// Moves the page's entries that match to the top, and hides the others.
function connect(field) {
  const sections = [...document.querySelectorAll(".error-entry")];
  const homes = sections.map((section) => section.parentElement);
  const title = (section) => section.querySelector("h3").firstChild;
  const index = new Index(
    sections.map((section) => ({
      titles: [title(section), ...section.querySelectorAll(".error-form")].map((t) => t.textContent),
      message: section.querySelector(".error-message").textContent,
    })),
  );
  const parts = ["output", ".error-missing", ".error-nearest", ".error-prose"];
  const [said, missing, near, prose] = parts.map((part) =>
    document.querySelector(`.error-filter ${part}`),
  );

  const open = (section, whether) => (section.querySelector("details").open = whether);

  function link(section) {
    const click = () => {
      field.value = "";
      show();
      open(section, true);
    };
    return element("a", { href: `#${section.id}`, click }, title(section).textContent);
  }

  function show() {
    const asked = field.value.trim() !== "";
    const [hits, nearest] = asked ? index.search(field.value) : [[], []];
    sections.forEach((section, i) => {
      homes[i].append(section);
      open(section, hits.includes(i));
    });
    for (const home of homes) home.hidden = asked;
    document.querySelector(".error-found").append(...hits.map((i) => sections[i]));
    near.replaceChildren(...nearest.map((i) => link(sections[i])));
    missing.hidden = hits.length > 0 || nearest.length === 0;
    prose.hidden = !asked || nearest.length > 0;
    const count = `${hits.length} of ${sections.length} entries`;
    said.textContent = asked && !hits.length ? "Not in this index." : asked ? count : "";
  }
  field.addEventListener("input", show);

  // A link to an entry opens it.
  function follow() {
    const section = sections.find(({ id }) => `#${id}` === location.hash);
    if (section) open(section, true);
  }
  addEventListener("hashchange", follow);
  follow();
}

if (typeof document === "undefined") module.exports = { Index };
else connect(document.getElementById("error-filter"));
