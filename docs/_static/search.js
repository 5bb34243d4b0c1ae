// Search the site's index, which the build writes into searchindex.js. Nothing is fetched.

const COMMON = new Set(
  `a about all am an and any are as at be been between but by can could did do does for
   from get go going has have how i if in into is it its like make me mean means my need of on one or
   our pick pytorch s should so that the their them then there these they this to too torch up us use used
   using versus vs want was we what when where which who why will with work would you your`.split(/\s+/),
);

// The site's words, and other words that readers type for them.
const SAME = `
environment: gym gymnasium env simulator game; save: checkpoint load restore store persist export
install: setup pip conda prerequisite requirement; notebook: jupyter colab ipynb
check: validate verify correct test; own: custom
device gpu: cuda cpu mps accelerator; network: net nn mlp architecture model; module: nn architecture
backward gradient: backprop backpropagation; autograd: backprop backpropagation differentiation
derivative: math maths calculus differentiate; learn: train improve converge; falls down: decrease drop
seed: reproducible reproduce deterministic determinism random; machines: cluster node distributed
vector: parallel multiple simultaneous vectorized vectorised; dimension: axis
scale: fast faster speed slow distributed cluster parallel normalize standardize
sweep setting: hyperparameter tune; optimizer: sgd adam; parameter: weight; loss: cost objective
greedy: exploit exploitation; exploration: explore; terminated: done terminal end; truncated: timeout
discount γ: gamma; λ: lambda; ε: epsilon; τ: tau; α: alpha; td: bellman; target: label; batch: minibatch
shape: size dimension mismatch reshape; teach: classroom
log: plot chart monitor record; evaluate: test performance score measure; nan: inf infinite
solution: answer; mistake: bug wrong; agent: algorithm method; sample choose action: select; compare: difference differ
detach: stop; clip: explode explosion; frozen: freeze; video: render visualize watch film; glossary: vocabulary terminology
`.split(/[;\n]/).filter(Boolean).map((row) => row.split(":").map((words) => words.trim().split(/\s+/)));

// Cut what English adds to a word, so that "clipping" finds "clip". Both sides go through this.
const stem = (word) => {
  let cut = word.replace(/ie[sd]$/, "y").replace(/(.{2,}[^su])s$/, "$1");
  cut = cut.replace(/(.{3,})i[sz](e|ed|er|ing|ation)$/, "$1is");
  cut = cut.replace(/(.{4,})(ly|ment|ness)$/, "$1");
  cut = cut.replace(/(.{3,}?)(at)?(ion|ing|ed|e)$/, "$1");
  return cut.replace(/([^aeiouls])\1$/, "$1");
};
// The words of a text; a name such as "no_grad" counts as a word, too.
const words = (text) =>
  (text.toLowerCase().match(/[a-z0-9α-ω_]+/g) || []).flatMap((word) =>
    word.includes("_") ? [word, ...word.split("_").filter(Boolean)] : [word],
  );
const stems = (text) => words(text).map(stem);
const telling = (query) => {
  const some = words(query).filter((word) => !COMMON.has(word));
  return some.length ? some : words(query);
};

// Whether two words differ by one letter that is missing, added, wrong or swapped with the next.
const near = (a, b) => {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  const [x, y] = [a.slice(i), b.slice(i)];
  const swapped = x[0] === y[1] && x[1] === y[0] && x.slice(2) === y.slice(2);
  return swapped || x.slice(1) === y.slice(1) || x === y.slice(1) || x.slice(1) === y;
};

// What a word is worth where it stands.
const WORTH = { title: 2.4, also: 2.4, file: 1.2, page: 0.9, excerpt: 0.65, text: 0.2 };

// Turn the index of words into one of stems: for each, what it is worth in which section.
const prepare = ({ pages, places, vocabulary }) => {
  const found = new Map();
  const note = (one, section, worth) => {
    if (!found.has(one)) found.set(one, new Map());
    found.get(one).set(section, (found.get(one).get(section) || 0) + worth);
  };
  const titles = new Map(); // of pages: those of their first sections
  const sections = places.map(([page, anchor, title, excerpt, also = ""]) => {
    if (!titles.has(page)) titles.set(page, title);
    const [name, weight] = pages[page];
    const inTitle = telling(title.replace(/^.* \d+: /, "")).map(stem);
    const section = { page, name, weight, anchor, title, inTitle, excerpt, top: titles.get(page) };
    const fields = { title: inTitle, also: stems(also), page: stems(section.top), excerpt: stems(excerpt) };
    if (!anchor) fields.file = stems(name.split("/").pop());
    for (const [field, all] of Object.entries(fields))
      for (const one of new Set(all)) note(one, section, WORTH[field]);
    return section;
  });
  for (const [word, steps] of Object.entries(vocabulary)) {
    const one = stem(word);
    let place = -1;
    for (const step of steps) note(one, sections[(place += step >> 1)], WORTH.text * (step & 1 ? 3 : 1));
  }
  return { sections, found };
};

// The words of a question: for each how rare it is, and what it is worth in which section.
const terms = ({ sections, found }, query) => {
  const all = [...new Set(telling(query).map(stem))];
  const names = all.filter((one) => one.includes("_") && found.has(one));
  const parts = new Set(names.flatMap((one) => one.split("_")).map(stem));
  return all.filter((one) => !parts.has(one)).map((own) => {
    const serve = new Map([[own, 1]]);
    for (const [site, others] of SAME)
      if (others.some((other) => stem(other) === own)) for (const word of site) serve.set(stem(word), 0.7);
    if (serve.size === 1 && !found.has(own) && own.length > 2)
      for (const one of found.keys())
        if (one.startsWith(own) || (own.length > 4 && near(one, own))) serve.set(one, 0.7);
    const worth = new Map();
    for (const [one, share] of serve)
      for (const [section, much] of found.get(one) || [])
        worth.set(section, Math.max(share * much, worth.get(section) || 0));
    const often = (found.get(own) || worth).size;
    return { own, serve, worth, rare: Math.log(1 + sections.length / (1 + often)) };
  });
};

// Whether a question asks what a word means, so that its entry in the glossary answers best.
const DEFINE = /^\s*(what('s| is| are| does)|define|meaning of)\b/i;

// The pages that answer, best first: of each page the section that does so best.
const search = (index, query) => {
  const asked = terms(index, query);
  const total = asked.reduce((sum, { rare }) => sum + rare, 0);
  const together = asked.map(({ own }) => own).join(" ");
  const pages = new Map();
  for (const section of new Set(asked.flatMap(({ worth }) => [...worth.keys()]))) {
    const { page, weight, inTitle } = section;
    const hit = pages.get(page) || { most: 0, weight, words: asked.map(() => ({ most: 0, times: 0 })) };
    let [sum, known] = [0, 0];
    for (const [i, { worth, rare }] of asked.entries()) {
      const much = worth.get(section) || 0;
      sum += rare * much;
      known += rare * Math.min(1, much);
      hit.words[i].most = Math.max(hit.words[i].most, rare * much);
      hit.words[i].times += much > 0;
    }
    const titled = inTitle.filter((one) => asked.some(({ serve }) => serve.has(one))).length;
    sum *= (known / total) ** 1.5 * (1 + titled / (inTitle.length || 1));
    if (asked.length > 1 && inTitle.join(" ").includes(together)) sum *= 1.3;
    const named = section.title.split(" / ").some((name) => stems(name).join(" ") === together);
    if (named && section.name === "glossary" && DEFINE.test(query)) sum *= 4;
    if (sum > hit.most) Object.assign(hit, { most: sum, section });
    pages.set(page, hit);
  }
  const score = ({ most, weight, words }) =>
    weight * words.reduce((sum, word) => sum + 0.1 * word.most * Math.min(6, word.times), most);
  return [...pages.values()].sort((a, b) => score(b) - score(a)).map(({ section }) => section);
};

const MOST = 20; // pages to show

// Show the pages that answer, each as a link to the section that does.
const show = (index, query) => {
  const [status, list] = document.querySelectorAll("#search-results > *");
  const hits = search(index, query);
  const best = hits.length > MOST ? ` The best ${MOST}:` : "";
  const words = hits.length ? `Pages found: ${hits.length}.${best}` : "No page has these words.";
  status.textContent = query.trim() && `Search finished. ${words}`;
  list.replaceChildren(
    ...hits.slice(0, MOST).map(({ name, anchor, title, top, excerpt }) => {
      const href = `${name}.html${anchor && `#${anchor}`}`;
      const link = element("a", { href }, anchor ? `${title} – ${top}` : title);
      return element("li", {}, link, element("p", {}, excerpt));
    }),
  );
};

const field = document.getElementById("search-words");
const index = prepare(INDEX);
field.value = new URLSearchParams(location.search).get("q") || "";
field.addEventListener("input", () => show(index, field.value));
document.getElementById("search-results").addEventListener("click", ({ target }) => {
  if (!target.closest("a")) return;
  history.replaceState(null, "", `?q=${encodeURIComponent(field.value)}`); // for the way back
  // Sphinx's script highlights these words, also within others, on the page that the reader opens.
  const marked = telling(field.value).filter((word) => word.length > 2 && !COMMON.has(word));
  try {
    localStorage.setItem("sphinx_highlight_terms", marked.join(" "));
  } catch {} // there is none in a private window
});
show(index, field.value);
