// The target network's lag: the distance to Q* while a network learns, for each sync_every and γ.

const lag = (() => {
  const shown = (x) => (x >= 100 ? Math.round(x).toLocaleString("en") : String(Number(x.toPrecision(2))));

  // What a curve shows, and why.
  function explain(curve, sync, gamma) {
    const end = curve.at(-1);
    const copies = Math.floor((curve.length - 1) / sync);
    const said = `sync_every ${sync}, γ ${gamma}: after ${curve.length - 1} updates and ${copies} copies the distance is ${shown(end)}. `;
    if (end < 0.1) {
      if (sync > 2) return said + "The target stays still between copies, and q comes close to Q*.";
      return said + `The target moves with q, but γ is small enough: an error in the next value counts only ${gamma} of its size.`;
    }
    if (sync >= 20) return said + "The copies are rare: q waits for targets that are out of date.";
    if (end > 10 * curve[0]) return said + "The target moves with q. If q rises, the target rises too, and with γ near 1 the values run away.";
    if (end > curve[0]) return said + `The target moves almost with q: the distance falls to ${shown(Math.min(...curve))}, then rises again.`;
    return said + "The target moves before q has reached it, which slows q down.";
  }

  return { shown, explain };
})();

if (typeof document === "undefined") module.exports = lag;
else
  figure("lag", (box, { syncs, gammas, curves }) => {
    const [LEFT, RIGHT, TOP, BOTTOM] = [66, 462, 12, 236];
    const [LOW, HIGH] = [-4, 4]; // powers of ten
    const updates = curves[`${syncs[0]} ${gammas[0]}`].length - 1;
    const x = (update) => LEFT + ((RIGHT - LEFT) * update) / updates;
    const y = (distance) => BOTTOM - ((BOTTOM - TOP) * (Math.log10(distance) - LOW)) / (HIGH - LOW);
    const line = (curve, look) =>
      element("polyline", { class: look, points: curve.map((distance, i) => `${x(i).toFixed(1)},${y(distance).toFixed(1)}`).join(" ") });
    const text = (x, y, words, anchor) => element("text", { x, y, "text-anchor": anchor }, words);
    const picture = element("svg", { class: "interactive-drawing", viewBox: "0 0 480 282", role: "img", "font-size": 15 });
    const said = element("p", { role: "status", class: "interactive-said" });
    const chosen = { sync: 10, gamma: 0.99 };

    function draw() {
      const { sync, gamma } = chosen;
      const curve = curves[`${sync} ${gamma}`];
      const grid = [-4, -2, 0, 2, 4].flatMap((power) => [
        element("line", { x1: LEFT, x2: RIGHT, class: "grid", y1: y(10 ** power), y2: y(10 ** power) }),
        text(LEFT - 6, y(10 ** power) + 5, (10 ** power).toLocaleString("en", { maximumFractionDigits: 4 }), "end"),
      ]);
      const ticks = [...Array(Math.floor(updates / sync)).keys()].map((i) => x((i + 1) * sync));
      picture.replaceChildren(
        ...grid,
        ...[0, 50, 100, 150].map((update) => text(x(update), BOTTOM + 22, update, "middle")),
        text((LEFT + RIGHT) / 2, BOTTOM + 42, "updates; a mark at each copy", "middle"),
        ...ticks.map((x) => element("line", { x1: x, x2: x, y1: BOTTOM - 8, y2: BOTTOM })),
        ...syncs.filter((other) => other !== sync).map((other) => line(curves[`${other} ${gamma}`], "")),
        line(curve, "strong"),
      );
      said.textContent = lag.explain(curve, sync, gamma);
      picture.setAttribute("aria-label", `Distance to Q* over ${updates} updates, logarithmic. It starts at ${lag.shown(curve[0])}, its smallest value is ${lag.shown(Math.min(...curve))}, and it ends at ${lag.shown(curve.at(-1))}.`);
    }
    const set = (name) => (value) => { chosen[name] = value; draw(); };
    box.append(
      element("p", {}, "Distance to Q*: the thick line is for the chosen settings, the thin lines are for the other values of sync_every."),
      picture,
      slider("sync_every: updates between copies", syncs, syncs.indexOf(chosen.sync), set("sync")),
      slider("discount factor γ", gammas, gammas.indexOf(chosen.gamma), set("gamma")),
      said,
    );
    draw();
  });
