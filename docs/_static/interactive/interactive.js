// What the figures that readers change have in common. A figure's script calls
// `interactive.figure(name, draw)`; `draw(box, data)` fills a box that replaces the static figure.
// Scripts are deferred: they run in order, once the page is parsed.

const interactive = (() => {
  // An element with attributes and children; a function as an attribute listens to an event.
  function element(tag, attributes = {}, ...children) {
    const svg = ["svg", "g", "path", "line", "circle", "rect", "text", "polyline", "polygon"];
    const made = svg.includes(tag)
      ? document.createElementNS("http://www.w3.org/2000/svg", tag)
      : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes))
      if (typeof value === "function") made.addEventListener(name, value);
      else if (value !== false && value != null) made.setAttribute(name, value === true ? "" : value);
    made.append(...children);
    return made;
  }

  const button = (label, press, more = {}) =>
    element("button", { type: "button", click: press, ...more }, label);

  // A slider over the positions of a list, with its name and the chosen value beside it.
  function slider(label, values, chosen, change, shown = String) {
    const output = element("output", {}, shown(values[chosen]));
    const input = element("input", {
      type: "range", min: 0, max: values.length - 1, step: 1, value: chosen,
      "aria-valuetext": shown(values[chosen]),
      input: () => {
        const value = values[input.valueAsNumber];
        output.value = shown(value);
        input.setAttribute("aria-valuetext", shown(value));
        change(value);
      },
    });
    return element("label", { class: "interactive-slider" }, element("span", {}, label), input, output);
  }

  // Whether the reader asked the system for less motion.
  const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  function figure(name, draw) {
    const place = document.getElementById(`interactive-${name}`);
    if (!place) return;
    const written = place.querySelector("script[type='application/json']");
    const box = element("div", { class: "interactive-box" });
    draw(box, written ? JSON.parse(written.textContent) : null);
    place.querySelector(".interactive-static").replaceWith(box);
  }

  return { element, button, slider, still, figure };
})();
