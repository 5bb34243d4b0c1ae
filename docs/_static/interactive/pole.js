// "Push the pole": CartPole-v1, played by the reader or by policies that the build trained.

const pole = (() => {
  const CART = 1, POLE = 0.1, HALF_LENGTH = 0.5, SECONDS = 0.02, LIMIT = (12 * 2 * Math.PI) / 360;

  // One step of Gymnasium's CartPole-v1, of a state [x, velocity, angle, angular velocity].
  function step([x, speed, angle, spin], force) {
    const cos = Math.cos(angle), sin = Math.sin(angle), mass = POLE + CART, arm = POLE * HALF_LENGTH;
    const push = (force + arm * spin * spin * sin) / mass;
    const turn = (9.8 * sin - cos * push) / (HALF_LENGTH * (4 / 3 - (POLE * cos * cos) / mass));
    return [
      x + SECONDS * speed, speed + SECONDS * (push - (arm * turn * cos) / mass),
      angle + SECONDS * spin, spin + SECONDS * turn,
    ];
  }

  const fell = ([x, , angle]) => Math.abs(x) > 2.4 || Math.abs(angle) > LIMIT;
  const start = (random) => [0, 0, 0, 0].map(() => random() / 10 - 0.05);

  // Linear layers, [weight, bias] each, with tanh between them.
  const outputs = (layers, inputs) =>
    layers.reduce((values, [weight, bias], depth) => {
      const from = depth ? values.map(Math.tanh) : values;
      return weight.map((row, i) => row.reduce((sum, w, j) => sum + w * from[j], bias[i]));
    }, inputs);

  // Each policy gives the probability that it pushes the cart to the right.
  function policies({ half, trained }) {
    const sampled = (layers) => (state) => {
      const [left, right] = outputs(layers, state);
      return 1 / (1 + Math.exp(left - right));
    };
    const scripted = (state) => (state[2] > 0 ? 1 : 0);
    return { random: () => 0.5, scripted, half: sampled(half), trained: sampled(trained) };
  }

  function draw(box, data) {
    const place = document.getElementById("interactive-pole");
    const scene = place.querySelector("svg"); // drawn by the build
    const [cart, pole, eyes, shove] = ["cart", "pole", "eyes", "push"].map((name) =>
      scene.querySelector(`.pole-${name}`));
    const forces = scene.querySelectorAll(".pole-force"); // to the left, to the right
    const right = policies(data.networks), best = {}, HELD = 60; // steps at most, should a release be missed
    const players = {
      you: ["You", "Press Play, ← or → to start. The game runs in slow motion. If you press nothing, the cart is pushed left and right alternately."],
      random: ["Random", "The random policy pushes the cart left or right without looking."],
      scripted: ["Scripted", "The scripted policy pushes the cart to the side to which the pole leans."],
      half: ["Half-trained", "This policy learned from a part of the training. Push the pole!"],
      trained: ["Trained", "This policy learned from the whole training. Push the pole!"],
    };
    let player = "trained", state = [0, 0, 0.03, 0], before = state; // as the build drew it
    let steps = 0, fallen = 0, direction = 0, hold = 0, shoved = 0, chance = 0.5;
    let playing = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    let seen = true, last, due = 0;

    function begin() {
      state = before = start(Math.random);
      steps = fallen = direction = hold = shoved = 0;
      if (player === "you") status.textContent = players.you[1];
    }

    function advance() {
      before = state;
      shoved = Math.max(0, shoved - 1);
      if (fallen++) { // it lies there for a while, then policies begin again
        const [x, speed, angle, spin] = step(state, 0);
        const down = Math.abs(angle) > 1.5;
        state = [Math.max(-2.5, Math.min(2.5, x)), 0.9 * speed, down ? state[2] : angle, down ? 0 : spin];
        if (fallen > 75 && player === "you") play(false);
        else if (fallen > 75) begin();
        return;
      }
      chance = player === "you" ? (hold ? (direction + 1) / 2 : steps % 2) : right[player](state);
      hold = Math.max(0, hold - 1);
      state = step(state, Math.random() < chance ? 10 : -10);
      best[player] = Math.max(best[player] ?? 0, ++steps);
      fallen = fell(state) ? 1 : 0;
      if (fallen) {
        const what = Math.abs(state[0]) > 2.4 ? "The cart left the track" : "The pole fell";
        const again = player === "you" ? " Push to play again." : "";
        status.textContent = `${what} after ${steps} steps. Best: ${best[player]}.${again}`;
      }
    }

    function show(share = 1) { // of the way from the last state to this one
      const [x, , angle] = state.map((value, i) => before[i] + share * (value - before[i]));
      cart.setAttribute("transform", `translate(${100 * x})`);
      pole.setAttribute("transform", `rotate(${(180 / Math.PI) * angle} 0 -22)`);
      eyes.setAttribute("transform", `translate(${Math.max(-12, Math.min(12, 80 * angle))})`);
      shove.style.opacity = shoved / 20;
      forces.forEach((force, i) => { force.style.opacity = fallen ? 0 : i ? chance : 1 - chance; });
      const value = fallen ? 0 : Math.min(1, Math.max(0, outputs(data.networks.critic, state)[0]));
      count(steps);
      record(best[player] ?? 0);
      const yours = player === "you";
      odds(yours ? "–" : `${Math.round(100 * chance)} %`, yours ? 0 : chance);
      worth(`${Math.round(100 * value)} %`, value);
    }

    function frame(now) {
      if (!playing || !seen) return (last = undefined);
      const pause = player === "you" && !fallen ? 65 : 20; // milliseconds per step
      due = Math.min(due + now - (last ?? now), 4 * pause);
      last = now;
      for (; due >= pause && playing; due -= pause) advance();
      show(due / pause);
      requestAnimationFrame(frame);
    }

    function play(on) {
      const first = on && seen && last === undefined;
      if (on && fallen > 75) begin();
      playing = on;
      toggle.textContent = on ? "Pause" : "Play";
      if (!first) return;
      last = performance.now();
      requestAnimationFrame(frame);
    }

    // The reader pushes the cart while they play, else the pole.
    function push(to, times = 4) {
      if (player !== "you" && !fallen) {
        state = [...state.slice(0, 3), state[3] + to * data.push];
        shove.setAttribute("transform", `scale(${to} 1)`);
        shoved = 20;
      } else if (player === "you") {
        if (fallen > 25) begin();
        [direction, hold] = [to, times];
      }
      play(true);
    }

    const release = (to) => { if (to === direction) hold = Math.min(hold, 1); };

    function choose(name) {
      player = name;
      begin();
      for (const [other, pressed] of Object.entries(choices))
        pressed.setAttribute("aria-pressed", other === name);
      status.textContent = players[name][1];
      show();
      play(name !== "you"); // the reader's first push starts their game
    }

    const number = (label, bar) => {
      const shown = element("b"), share = element("i");
      numbers.append(element("div", {}, element("span", {}, label), shown, ...(bar ? [share] : [])));
      return (value, part) => {
        shown.textContent = value;
        share.style.setProperty("--share", part);
      };
    };
    const pusher = (label, to) => button(label, (event) => event.detail || push(to), {
      pointerdown: () => push(to, HELD), pointerup: () => release(to),
      pointerleave: () => release(to), pointercancel: () => release(to),
    });
    const numbers = element("div", { class: "pole-numbers" });
    const [count, record] = [number("Steps"), number("Best")];
    const [odds, worth] = [number("Push right", true), number("Critic", true)];
    const status = element("p", { class: "pole-status", role: "status" }, players[player][1]);
    const toggle = button(playing ? "Pause" : "Play", () => play(!playing));
    const choices = Object.fromEntries(Object.entries(players).map(([name, [label]]) =>
      [name, button(label, () => choose(name), { "aria-pressed": String(name === player) })]));
    box.append(scene, element("div", { class: "pole-panel" },
      element("div", { class: "pole-row" }, pusher("← Push", -1), toggle, pusher("Push →", 1)),
      numbers,
      element("div", { class: "pole-row", role: "group", "aria-label": "Who plays" },
        ...Object.values(choices)), status));

    const KEYS = { ArrowLeft: -1, ArrowRight: 1 }; // without a window that scrolls sideways they are free
    const meant = (event) => KEYS[event.key] && seen && !event.repeat
      && !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey)
      && (event.target === document.body || place.contains(event.target));
    document.addEventListener("keydown", (event) => { if (meant(event)) push(KEYS[event.key], HELD); });
    document.addEventListener("keyup", (event) => release(KEYS[event.key]));
    new IntersectionObserver(([{ isIntersecting }]) => {
      seen = isIntersecting;
      if (playing) play(true);
    }).observe(place);
    show();
    play(playing);
  }

  return { step, fell, start, outputs, policies, draw };
})();

if (typeof document === "undefined") module.exports = pole;
else figure("pole", pole.draw);
