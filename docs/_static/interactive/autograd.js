// Autograd, step by step: forward and backward through loss = (w · s + b − target)².
// `press` gives the state after an action; tests compare it with PyTorch.

const autograd = (() => {
  const RATE = 0.1;
  const RESULTS = {
    product: ["w · s", (v) => v.w * v.s],
    q: ["product + b", (v) => v.product + v.b],
    gap: ["q − target", (v) => v.q - v.target],
    loss: ["gap²", (v) => v.gap ** 2],
  };
  // For each node: the result above it, that result's derivative, and the derivative's formula.
  const SLOPES = {
    gap: ["loss", (v) => 2 * v.gap, "2 · gap = "],
    q: ["gap", () => 1, ""],
    product: ["q", () => 1, ""],
    b: ["q", () => 1, ""],
    w: ["product", (v) => v.s, "s = "],
  };
  const CUTS = { product: "q = product.detach() + b", b: "q = product + b.detach()", q: "gap = q.detach() − target" };
  const NO_GRAPH = "RuntimeError: element 0 of tensors does not require grad. q.detach() cut every path from the loss to w and b.";
  const FREED = "RuntimeError: Trying to backward through the graph a second time. The first call freed the graph. " +
    "Run the forward pass again: it builds a new one.";

  const shown = (x) => String(Number(x.toFixed(4)) + 0).replace("-", "−");
  const inside = (x) => (x < 0 ? `(${shown(x)})` : shown(x));
  const known = (state) => ({ w: state.w, b: state.b, s: 2, target: 1.5, ...state.values });
  const whole = (state) => "loss" in state.values;
  const clear = (state) => ({ ...state, values: {}, flow: {}, freed: false, now: "" });
  const start = () => clear({ w: 1, b: 0.5, grads: { w: null, b: null }, cut: "", said: "" });

  function computeNext(state) {
    const now = Object.keys(RESULTS).find((node) => !(node in state.values));
    const [formula, compute] = RESULTS[now];
    const before = known(state);
    const value = compute(before);
    const numbers = formula.replace(/[a-z]+/g, (node) => inside(before[node]));
    let said = `${now} = ${formula} = ${numbers} = ${shown(value)}.`;
    if (now === "product") said += " Autograd records the operation.";
    if (CUTS[state.cut]?.startsWith(`${now} =`)) said += ` detach() keeps the value, but cuts ${state.cut} off from the graph.`;
    return { ...state, values: { ...state.values, [now]: value }, now, said };
  }

  function passNext(state) {
    const reached = ["loss", ...Object.keys(SLOPES)].filter((node) => node !== state.cut && !(state.cut === "product" && node === "w"));
    const now = reached.find((node) => !(node in state.flow));
    if (now === "loss")
      return { ...state, flow: { loss: 1 }, now, said: "backward() starts at the loss: its derivative with respect to itself is 1." };
    const [above, slope, formula] = SLOPES[now];
    const [factor, from] = [slope(known(state)), state.flow[above]];
    const gradient = factor * from;
    const grads = { ...state.grads };
    let said = `${above} = ${RESULTS[above][0]}: its derivative with respect to ${now} is ${formula}${shown(factor)}. ` +
      `Times the gradient of ${above}, ${shown(from)}, this is ${shown(gradient)}.`;
    if (now in grads) {
      const held = grads[now];
      grads[now] = (held ?? 0) + gradient;
      said += held === null ? ` It is stored in ${now}.grad.`
        : ` ${now}.grad still held ${shown(held)}, and backward() adds to it: ${shown(held)} + ${inside(gradient)} = ${shown(grads[now])}.`;
    }
    const freed = now === reached.at(-1);
    if (freed) said += " The backward pass is done, and PyTorch frees the graph.";
    if (freed && state.cut) said += ` ${state.cut === "b" ? "b" : "w"} gets no gradient, because detach() cut its path.`;
    return { ...state, flow: { ...state.flow, [now]: gradient }, grads, freed, now, said };
  }

  function backward(state, all) {
    if (!whole(state)) return { ...state, said: "There is no loss yet. Run the forward pass first." };
    if (state.cut === "q" || state.freed) return { ...state, said: state.freed ? FREED : NO_GRAPH };
    let next = passNext(state);
    const said = [];
    for (; all && !next.freed; next = passNext(next)) if (next.now in next.grads) said.push(next.said);
    return { ...next, said: [...said, next.said].join(" ") };
  }

  const ACTIONS = {
    next: (state) => (whole(state) && !state.freed ? backward(state, false) : computeNext(state.freed ? clear(state) : state)),
    forward(state) {
      let next = whole(state) ? clear(state) : state;
      while (!whole(next)) next = computeNext(next);
      const kept = Object.entries(state.grads).filter(([, grad]) => grad !== null);
      const said = kept.map(([leaf, grad]) => ` ${leaf}.grad still holds ${shown(grad)}.`);
      return { ...next, said: `The forward pass gives the loss ${shown(next.values.loss)}.${said.join("")}` };
    },
    backward: (state) => backward(state, true),
    zero: (state) => ({ ...state, grads: { w: null, b: null }, said: "zero_grad() empties w.grad and b.grad. w and b keep their values." }),
    update(state) {
      const moved = {};
      const said = Object.entries(state.grads).map(([leaf, grad]) => {
        moved[leaf] = state[leaf] - RATE * grad;
        if (grad === null) return `${leaf}.grad is empty, so ${leaf} stays ${shown(state[leaf])}.`;
        return `${leaf} = ${shown(state[leaf])} − ${RATE} · ${inside(grad)} = ${shown(moved[leaf])}.`;
      });
      return { ...clear(state), ...moved, said: `${said.join(" ")} The gradients stay until you clear them.` };
    },
  };

  function press(state, action) {
    if (action === "reset") return start();
    if ("loss" in state.flow && !state.freed && !["next", "backward"].includes(action))
      return { ...state, said: "The backward pass is not finished. Finish it first." };
    if (!(action in CUTS)) return ACTIONS[action](state);
    if (state.cut === action) return { ...clear(state), cut: "", said: "The edge is back." };
    return { ...clear(state), cut: action, said: `The program now says ${CUTS[action]}. Run it: which gradients are missing?` };
  }

  return { start, press, shown, known, CUTS };
})();

if (typeof document === "undefined") module.exports = autograd;
else
  figure("autograd", (box) => {
    const { shown, known, CUTS } = autograd;
    const PLACES = {
      loss: [85, 27], gap: [85, 97], q: [85, 167], product: [85, 237], w: [85, 307],
      target: [265, 97], b: [265, 167], s: [265, 237],
    };
    const EDGES = { w: "product", s: "product", product: "q", b: "q", q: "gap", target: "gap", gap: "loss" };
    const picture = element("svg", { class: "interactive-drawing", viewBox: "0 0 350 336", role: "img", "font-size": 15, "text-anchor": "middle" });
    const said = element("p", { role: "status", class: "interactive-said" });
    let state = autograd.start();

    // An arrow upwards, or from a node beside its result to the left.
    const edge = ([from, to]) => {
      const [x, y] = PLACES[from];
      const turn = y === PLACES[to][1] ? `translate(${x - 79} ${y}) rotate(-90)` : `translate(${x} ${y - 23})`;
      const arrow = element("g", { transform: turn }, element("line", { y2: -18 }), element("polygon", { points: "0,-22 -5,-14 5,-14" }));
      if (state.cut === from) arrow.append(element("text", { x: 14, y: -6 }, "✂"));
      return element("g", { class: state.cut === from ? "dashed" : from in state.flow && "strong" }, arrow);
    };
    const texts = (name) => {
      const value = known(state)[name];
      const gradient = name in state.grads ? `.grad = ${state.grads[name] === null ? "None" : shown(state.grads[name])}`
        : name in state.flow ? `gradient ${shown(state.flow[name])}`
        : ["s", "target"].includes(name) ? "no gradient" : "";
      return [value === undefined ? name : `${name} = ${shown(value)}`, gradient];
    };
    const node = ([name, [x, y]]) =>
      element("g", { class: name === state.now && "strong" },
        element("rect", { x: x - 78, y: y - 23, width: 156, height: 46, rx: 6 }),
        ...texts(name).map((text, i) => element("text", { x, y: y - 4 + 19 * i }, text)));
    const draw = () => {
      picture.replaceChildren(...Object.entries(EDGES).map(edge), ...Object.entries(PLACES).map(node));
      picture.setAttribute("aria-label", Object.keys(PLACES).map((name) => texts(name).join(" ")).join(", "));
      said.textContent = state.said || "Press Next step: it computes one node, first forward, then backward.";
      for (const cut of cuts) cut.setAttribute("aria-pressed", cut.value === state.cut);
    };
    const act = (label, action, more) => button(label, () => { state = autograd.press(state, action); draw(); }, more);
    const cuts = Object.keys(CUTS).map((name) => act(`${name}.detach()`, name, { value: name }));
    const row = (...buttons) => element("div", {}, ...buttons);
    box.append(picture, element("div", { class: "interactive-controls" },
      row(act("Next step", "next"), act("Start again", "reset")),
      row(act("Forward pass", "forward"), act("loss.backward()", "backward")),
      row(act("zero_grad()", "zero"), act("Update w and b", "update")),
      row("Cut an edge:", ...cuts), said));
    draw();
  });
