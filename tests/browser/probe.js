// What the tests ask of an open page. The browser runs this before the page's own scripts.

const WIDTH_OF_A_HAIR = 1; // boxes have fractions of pixels
const LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

const short = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 160);

const shifts = [];
new PerformanceObserver((list) => {
  for (const { value, sources } of list.getEntries())
    shifts.push([value, sources.map(({ node }) => node?.outerHTML?.slice(0, 80)).join()]);
}).observe({ type: "layout-shift", buffered: true });

// What moved so far: the browser tells it with the next frames.
const moved = async () => {
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
  return shifts.splice(0);
};

// -- Layout ---------------------------------------------------------------------------------------

// Boxes around the text that reach beyond the window; furo's own box hides that from the
// document's width. What scrolls in a box of its own, such as code, is no matter.
const tooWide = () => {
  const found = [];
  for (let box = document.querySelector("article"); box; box = box.parentElement)
    if (box.getBoundingClientRect().left + box.scrollWidth > innerWidth + WIDTH_OF_A_HAIR)
      found.push(`${box.scrollWidth} pixels in ${short(box)}`);
  return found;
};

// Boxes of code and tables that hide what does not fit: on paper nobody scrolls.
const cutOff = () =>
  [...document.querySelectorAll("article *")]
    .filter((box) => box.checkVisibility() && getComputedStyle(box).overflowX !== "visible")
    .filter((box) => box.clientWidth > WIDTH_OF_A_HAIR) // not the text for screen readers
    .filter((box) => box.scrollWidth > box.clientWidth + WIDTH_OF_A_HAIR)
    .map(short);

// -- Colours --------------------------------------------------------------------------------------

const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

// Paint colours over each other, in any notation that CSS knows; give what the eye gets.
const painted = (colours, filter = "none") => {
  pixel.filter = filter;
  pixel.clearRect(0, 0, 1, 1);
  for (const colour of colours) {
    pixel.fillStyle = colour;
    pixel.fillRect(0, 0, 1, 1);
  }
  return [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3);
};

const luminance = (colour) => {
  const [red, green, blue] = colour.map((value) =>
    value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

// One element for each look of text on the page, with the backgrounds behind it from the page's own
// inwards: every further one would be judged alike, and a page has thousands.
const looks = () => {
  const found = new Map();
  const known = new Map([[null, []]]);
  const behind = (element) => {
    if (!known.has(element)) {
      const outer = behind(element.parentElement);
      const background = getComputedStyle(element).backgroundColor;
      known.set(element, /^rgba\(.*, 0\)$/.test(background) ? outer : [...outer, background]);
    }
    return known.get(element);
  };
  for (const element of document.querySelectorAll("body *")) {
    const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    if (!texts.some((node) => node.textContent.trim())) continue;
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const backgrounds = behind(element);
    const look = { element, color, fontSize: parseFloat(fontSize), fontWeight, backgrounds };
    found.set([color, fontSize, fontWeight, ...backgrounds].join(), look);
  }
  return [...found.values()];
};

const pale = ({ element, color, fontSize, fontWeight, backgrounds }) => {
  const paper = ["white", ...backgrounds];
  const ratio = contrast(painted([...paper, color]), painted(paper));
  const large = fontSize >= 24 || (fontSize >= 18.66 && fontWeight >= 700);
  return ratio < (large ? 3 : 4.5) ? [`${ratio.toFixed(2)}:1 in ${short(element)}`] : [];
};

// The contrast of colours in figures, after the filter that the theme lays over them.
const inFigures = (colours) => {
  const filter = getComputedStyle(document.body).getPropertyValue("--figure-filter");
  const white = painted(["white"], filter);
  return colours.map((colour) => contrast(painted(["white", colour], filter), white));
};

// -- Accessibility --------------------------------------------------------------------------------

const told = ({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));

const structure = () =>
  axe
    .run(document, {
      resultTypes: ["violations"],
      runOnly: LEVELS,
      rules: {
        ...Object.fromEntries(COLOUR_RULES.map((rule) => [rule, { enabled: false }])),
        "label-content-name-mismatch": { enabled: true }, // axe calls it experimental
      },
    })
    .then(told);

// Axe's answer, and our own for all text: also where axe leaves it open.
const colours = () => {
  const all = looks();
  const include = [...all.map(({ element }) => element), ...document.querySelectorAll("article a")];
  return axe
    .run({ include }, { resultTypes: ["violations"], runOnly: COLOUR_RULES })
    .then((answer) => [...told(answer), ...all.flatMap(pale)]);
};

// Open what is folded, answer what is asked.
const unfold = () => {
  document.querySelectorAll("details").forEach((fold) => (fold.open = true));
  document.querySelectorAll("fieldset").forEach((ask) => (ask.querySelector("input").checked = true));
  document.getAnimations().forEach((animation) => animation.finish()); // what fades in is pale
};

// Take the colours out of code: thousands of elements, in which nothing but colours can be wrong.
const flatten = () => {
  for (const token of document.querySelectorAll("pre span:not([id], [role], :has(:not(span)))"))
    if (token.isConnected) token.replaceWith(token.textContent);
};

const firstPaint = (patience) =>
  new Promise((done, fail) => {
    new PerformanceObserver((list) => {
      if (list.getEntriesByName("first-contentful-paint").length) done();
    }).observe({ type: "paint", buffered: true });
    setTimeout(fail, patience, "nothing is painted");
  });

const timing = () => ({
  paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  load: performance.getEntriesByType("navigation")[0].loadEventEnd,
});

window.probe = {
  colours, cutOff, firstPaint, flatten, inFigures, moved, structure, timing, tooWide, unfold,
};
