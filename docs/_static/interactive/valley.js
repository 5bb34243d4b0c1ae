// "Down the valley": SGD, momentum and Adam on two surfaces, at a learning rate that readers choose.

const valley = (() => {
  // Each surface gives the loss and its gradient.
  const surfaces = {
    straight: ([x, y]) => [0.1 * x * x + 1.6 * y * y, [0.2 * x, 3.2 * y]],
    curved: ([x, y]) => {
      const above = y - 0.2 * x * x;
      return [0.1 * x * x + above * above, [0.2 * x - 0.8 * x * above, 2 * above]];
    },
  };

  // Each optimizer gives a function that turns a gradient's entry into a step, for one parameter.
  const optimizers = {
    SGD: (rate) => (gradient) => rate * gradient,
    Momentum: (rate, sum = 0) => (gradient) => rate * (sum = 0.9 * sum + gradient),
    Adam: (rate, mean = 0, square = 0, t = 0) => (gradient) => {
      mean = 0.9 * mean + 0.1 * gradient;
      square = 0.999 * square + 0.001 * gradient * gradient;
      t += 1;
      return (rate * mean) / (1 - 0.9 ** t) / (Math.sqrt(square / (1 - 0.999 ** t)) + 1e-8);
    },
  };

  function path(surface, optimizer, rate, start, steps) {
    const step = start.map(() => optimizers[optimizer](rate)), points = [start];
    for (let t = 0; t < steps; t++) {
      const [, gradient] = surfaces[surface](points[t]);
      points.push(points[t].map((value, i) => value - step[i](gradient[i])));
    }
    return points;
  }

  function draw(box, data) {
    const scene = document.querySelector("#interactive-valley svg"); // drawn by the build
    const legend = element("p", { class: "valley-legend", role: "status" });
    let surface = "straight", rate = data.rates[data.rate], steps = data.steps;
    const near = (value) => Math.max(-1e4, Math.min(1e4, 100 * value)); // what an SVG can draw

    function show() {
      const loss = (point) => surfaces[surface](point)[0];
      scene.setAttribute("aria-label", `Contour lines of a ${surface} valley, and the paths of the three optimizers.`);
      scene.querySelector(".valley-contours").setAttribute("d", data.contours[surface]);
      legend.replaceChildren(`Loss after ${steps} ${steps > 1 ? "steps" : "step"}: `);
      Object.keys(optimizers).forEach((name, i) => {
        const points = path(surface, name, rate, data.start, steps), end = loss(points[steps]);
        const ink = `valley-${name.toLowerCase()}`, seen = points.filter((point) => point.every(isFinite));
        scene.querySelector(`.${ink}`).setAttribute("points",
          seen.map(([x, y]) => `${near(x)},${near(-y)}`).join(" "));
        const said = end < 10 * loss(data.start) ? end.toPrecision(2) : "diverges";
        const line = ["dashed", "dotted", "solid"][i];
        legend.append(element("b", { class: ink }, name), ` (${line}) ${said}${i < 2 ? ", " : "."}`);
      });
      for (const choice of choices)
        choice.setAttribute("aria-pressed", choice.value === surface);
    }

    const choices = Object.keys(surfaces).map((value) => button(
      `${value[0].toUpperCase()}${value.slice(1)} valley`,
      () => { surface = value; show(); }, { value }));
    const counts = Array.from({ length: data.steps }, (_, i) => i + 1);
    box.append(scene, element("div", { class: "valley-controls" },
      slider("Learning rate", data.rates, data.rate, (value) => { rate = value; show(); }),
      slider("Steps", counts, data.steps - 1, (value) => { steps = value; show(); }),
      element("div", {}, ...choices), legend));
    show();
  }

  return { surfaces, path, draw };
})();

if (typeof document === "undefined") module.exports = valley;
else figure("valley", valley.draw);
