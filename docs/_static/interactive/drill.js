// Drills: find the bug in a wrong program, or predict what code prints (docs/_ext/drills.py).

figure("drill", (box, { kind, bugs }) => {
  const SOON = 3; // a bug that was missed comes again after so many others
  const aside = kind === "test" && { target: "_blank" }; // to leave the page would end the test
  const TEST = { bugs: 8, predictions: 7, shapes: 5 };
  const root = document.documentElement.dataset.content_root ?? "./";
  const status = element("p", { class: "drill-status", tabindex: -1 });
  const said = element("p", { "aria-live": "polite", class: "drill-said" });
  const area = element("div", {});
  let names = 0;
  let chosen, queue, asked, total, right, missed;

  // The place of the message moves first: screen readers follow a change of its text alone.
  function say(text) {
    said.textContent = "";
    area.append(said);
    requestAnimationFrame(() => (said.textContent = text));
  }

  const rich = (text) =>
    text.split("`").map((part, i) => (i % 2 ? element("code", {}, part) : part));
  const paragraph = (text) => element("p", {}, ...rich(text));
  // Long code may go on in the next line after a bracket or before a dot.
  const breakable = (text) =>
    text.split(/(?<=[([])|(?=\.[a-z])/).flatMap((part) => [part, element("wbr")]);
  const code = (text) => element("pre", { tabindex: 0 }, text);
  const link = ([href, text], more) => element("a", { href: root + href, ...more }, text);
  const hidden = (text) => element("span", { class: "read-note" }, text);

  const shuffled = (list) =>
    list.map((item) => [Math.random(), item]).sort(([a], [b]) => a - b).map(([, item]) => item);

  // Ask for one of some places or answers: {value: [content, extra class]}. `then` gets whether the
  // chosen one is right, and the marked form stays on the page.
  function ask(legend, options, solutions, then) {
    const name = `drill-${names++}`;
    const labels = Object.entries(options).map(([value, [content, kind]]) =>
      element("label", { class: `drill-option ${kind}` },
        element("input", { type: "radio", name, value }), element("span", {}, ...content)));
    const fields = element("fieldset", {}, element("legend", {}, ...legend), ...labels);
    const check = element("button", { type: "submit" }, "Check");
    const form = element("form", {
      submit: (event) => {
        event.preventDefault();
        const chosen = fields.querySelector("[type=radio]:checked");
        if (!chosen) return say("Choose one first.");
        fields.disabled = true;
        check.remove();
        for (const label of labels) {
          const { value } = label.firstChild;
          const good = solutions.includes(value);
          if (!good && value !== chosen.value) continue;
          label.classList.add(good ? "drill-right" : "drill-wrong");
          label.append(hidden(good ? " (right)" : " (your answer, wrong)"));
        }
        then(solutions.includes(chosen.value));
      },
    }, fields, check);
    area.append(form);
    return form;
  }

  const answers = ({ options }) =>
    Object.fromEntries(options.map((text, i) => [i, [rich(text), ""]]));

  // First the place, then the misconception.
  function askBug(bug, done) {
    const places = {};
    const gap = (i) => {
      const where = i ? ` after line ${i}` : " before line 1";
      places[`gap ${i}`] = [["Here", hidden(where)], "drill-gap"];
    };
    gap(0);
    bug.lines.forEach((line, i) => {
      const style = `--indent: ${line.search(/\S|$/)}ch`;
      const shown = element("code", { style }, ...breakable(line || " "));
      places[`line ${i}`] = [[hidden(`Line ${i + 1}: `), shown], "drill-line"];
      gap(i + 1);
    });
    const facts = Object.entries(bug.facts).flatMap(([name, text]) =>
      [element("dt", {}, name), element("dd", {}, element("code", {}, ...breakable(text)))]);
    area.append(element("p", {}, "The checker ran this program:"), element("dl", {}, ...facts));
    const form = ask(["Which line is wrong?"], places, bug.faults, (found) => {
      const several = bug.faults.length > 1;
      say(found
        ? `Right, this is ${several ? "one of the lines that are wrong" : "the place"}.`
        : `Not this line. The right ${several ? "ones are" : "one is"} marked.`);
      const choose = ask(["What is the mistake?"], answers(bug), [`${bug.right}`], (named) => {
        say(found && named ? "Right. You found this bug." : named ? "Right, but the line was another one." : "Wrong. The answer is marked.");
        const lines = bug.diff.map((line) =>
          element("span", { class: { "-": "drill-wrong", "+": "drill-right" }[line[0]] }, `${line}\n`));
        area.append(
          element("p", {}, "The fix:"),
          element("pre", { class: "drill-fix", tabindex: 0 }, ...lines),
          paragraph(bug.why),
          element("p", {}, kind === "test" ? "See also, in a new tab:" : "See also:"),
          element("ul", {}, ...Object.entries(bug.see).map((see) => element("li", {}, link(see, aside)))),
        );
        done(found && named);
      });
      choose.querySelector("input").focus();
    });
    const change = () => form.querySelectorAll(".drill-gap input").forEach((gap) => (gap.checked = false));
    form.querySelector("legend").after(
      element("label", { class: "drill-missing" }, element("input", { type: "checkbox", change }), "A line is missing: show the gaps"));
  }

  function askPrediction(item, done) {
    if (item.given) area.append(paragraph(item.given));
    area.append(code(item.code));
    ask(rich(item.question), answers(item), [`${item.right}`], (good) => {
      say(good ? "Right." : "Wrong. The answer is marked.");
      if (item.printed) area.append(element("p", {}, "The output:"), code(item.printed));
      for (const [i, reason] of item.reasons.entries())
        area.append(paragraph(item.printed ? `${item.options[i]}: ${reason}` : reason));
      done(good);
    });
  }

  const known = ({ id }) => progress.has("bugs", id);
  const count = () => {
    const found = chosen.filter(known).length;
    status.textContent = kind === "test" ? `Question ${asked} of ${total}` : `Found: ${found} of ${total}`;
  };

  function next() {
    area.replaceChildren();
    if (asked) status.focus(); // the button that had the focus is gone
    const item = queue.shift();
    if (!item) return finish();
    asked += 1;
    count();
    (item.lines ? askBug : askPrediction)(item, (good) => {
      if (good) {
        right += 1;
        progress.add({ [item.lines ? "bugs" : "predictions"]: [item.id] });
        count();
      } else {
        const { count = 0 } = missed.get(item.page) ?? {};
        missed.set(item.page, { title: item.title, count: count + 1 });
        if (kind !== "test") queue.splice(SOON, 0, item);
      }
      area.append(button(queue.length ? "Next" : "Finish", next));
      area.lastChild.focus();
    });
  }

  function finish() {
    status.textContent = kind === "test" ? `${right} of ${total} right.` : `All ${total} found.`;
    if (kind === "bugs")
      area.append(element("p", {}, "Next: ", link(["spot_the_bug.html", "the bugs of all exercises, mixed"])));
    if (kind === "test") progress.add({ tests: [`${new Date().toISOString()} ${status.textContent}`] });
    const pages = [...missed].sort(([, one], [, other]) => other.count - one.count);
    if (kind === "test" && pages.length)
      area.append(element("p", {}, "Read again:"),
        element("ul", {}, ...pages.map(([page, { title, count }]) =>
          element("li", {}, link([`${page}.html`, title]), ` (${count} wrong)`))));
    area.append(button("Start again", () => (start(), status.focus())));
  }

  // Bugs that were found before come last.
  function start() {
    const all = typeof drillData === "undefined" ? { bugs } : drillData;
    chosen = all.bugs.filter(({ id }) => [undefined, "", id.split("/")[0]].includes(set?.value));
    queue = kind === "bugs" ? chosen : shuffled(chosen);
    queue = [...queue.filter((bug) => !known(bug)), ...queue.filter(known)];
    if (kind === "test")
      queue = shuffled(Object.entries(TEST).flatMap(([name, count]) => shuffled(all[name]).slice(0, count)));
    [total, asked, right, missed] = [queue.length, 0, 0, new Map()];
    next();
  }

  let set;
  if (kind === "mixed") {
    const exercises = [...new Set(drillData.bugs.map(({ id }) => id.split("/")[0]))];
    set = element("select", { change: start }, element("option", { value: "" }, "all exercises"),
      ...exercises.map((name) => element("option", {}, name)));
    box.append(element("label", {}, "Bugs of ", set));
  }
  box.append(status, area);
  start();
});
