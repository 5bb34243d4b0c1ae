// What the figures that readers change have in common. A figure's script calls `figure(name, draw)`;
// `draw(box, data)` fills a box that replaces the static figure. Scripts are deferred: they run in
// order, once the page is parsed.

const button = (label, press, more = {}) =>
  element("button", { type: "button", click: press, ...more }, label);

// A slider over the positions of a list, with its name and the chosen value beside it.
function slider(label, values, chosen, change) {
  const output = element("output", {}, values[chosen]);
  const input = element("input", {
    type: "range", min: 0, max: values.length - 1, step: 1, value: chosen,
    "aria-valuetext": values[chosen],
    input: () => {
      const value = values[input.valueAsNumber];
      output.value = value;
      input.setAttribute("aria-valuetext", value);
      change(value);
    },
  });
  return element("label", { class: "interactive-slider" }, element("span", {}, label), input, output);
}

function figure(name, draw) {
  const place = document.getElementById(`interactive-${name}`);
  if (!place) return;
  const written = place.querySelector("script[type='application/json']");
  const box = element("div", { class: "interactive-box" });
  draw(box, written ? JSON.parse(written.textContent) : null);
  place.querySelector(".interactive-static").replaceWith(box);
}
