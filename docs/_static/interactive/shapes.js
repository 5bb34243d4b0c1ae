// Shapes: what gather picks, what squeeze drops and what broadcasting repeats.
// `compute` does it as PyTorch does; tests compare the two.

const shapes = (() => {
  const size = (shape) => shape.reduce((product, n) => product * n, 1);
  const tuple = (shape) => `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  // (8, 1) and (8,) are aligned at the right; a size of 1 or a missing one is repeated.
  const broadcast = (a, b) =>
    [...Array(Math.max(a.length, b.length))].map((_, i, all) => {
      const [m, n] = [a, b].map((shape) => shape.at(i - all.length) ?? 1);
      return m === 1 ? n : m;
    });

  function subtract(a, b) {
    const shape = broadcast(a.shape, b.shape);
    const columns = shape.at(-1);
    const entry = ({ shape, data }, row, column) => {
      const [m, n] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
      return data[(m === 1 ? 0 : row) * n + (n === 1 ? 0 : column)];
    };
    const data = [...Array(size(shape)).keys()].map((i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      return entry(a, row, column) - entry(b, row, column);
    });
    return { shape, data };
  }

  // The settings: rows; dim of gather; whether the index is flat; squeeze; minus the targets or not.
  function compute({ rows, dim, flat, squeeze, minus, index }) {
    const picked = [];
    if (flat) return { picked, error: "RuntimeError: Index tensor must have the same number of dimensions as input tensor" };
    for (let row = 0; row < rows; row++) picked.push(dim === 1 ? [row, index[row]] : [index[row], 0]);
    const outside = picked.find(([row]) => row >= rows);
    if (outside) return { picked: [], error: `RuntimeError: index ${outside[0]} is out of bounds for dimension 0 with size ${rows}` };
    let shape = [rows, 1];
    if (squeeze !== "no") shape = shape.filter((n, i) => n > 1 || (squeeze !== "" && i !== Number(squeeze)));
    const gathered = { shape, data: picked.map(([row, column]) => 10 * row + column) };
    if (!minus) return { picked, ...gathered };
    const targets = { shape: [rows], data: [...Array(rows).keys()].map((row) => 10 * row) };
    return { picked, before: shape, ...subtract(gathered, targets) };
  }

  const code = ({ dim, squeeze, minus }) =>
    `table.gather(${dim}, index)${squeeze === "no" ? "" : `.squeeze(${squeeze})`}${minus ? " - targets" : ""}`;

  function explain(settings, result) {
    const { rows, dim, squeeze, minus, index } = settings;
    if (result.error) return `${result.error}. ${settings.flat ? "The table has two dimensions, the index has one." : "Along dim 0 the index is a row, and there is only one."}`;
    const said = [];
    const wrong = result.picked.findIndex(([row, column], i) => row !== i || column !== index[i]);
    if (dim === 1) said.push("Along dim 1 the index is a column, and the row stays: one entry per row.");
    else if (wrong < 0) said.push("Along dim 0 the index is a row, and the column stays.");
    else said.push(`Along dim 0 the index is a row, and the column stays: index[${wrong}, 0] = ${index[wrong]} picks row ${index[wrong]} of column 0, not your action in row ${wrong}. No error tells you.`);
    if (squeeze === "no") said.push(`The result of gather has the index's shape, ${tuple([rows, 1])}.`);
    else if (squeeze === "0" && rows > 1) said.push(`squeeze(0) changes nothing, because dimension 0 has size ${rows}.`);
    else if (squeeze === "" && rows === 1) said.push("squeeze() drops every dimension of size 1, and so the batch dimension, too.");
    else if (squeeze === "") said.push("squeeze() drops the dimension of size 1.");
    else said.push(`squeeze(${squeeze}) drops dimension ${squeeze}, because its size is 1.`);
    if (minus && size(result.shape) > rows)
      said.push(`Then ${tuple(result.before)} meets ${tuple([rows])}: the 1 and the missing size are repeated. Of these ${size(result.shape)} differences you meant the ${rows} outlined ones.`);
    else if (minus && result.before.length === 1) said.push(`Then ${tuple(result.before)} meets ${tuple([rows])}, entry by entry.`);
    else if (minus) said.push(`Then ${tuple(result.before)} meets ${tuple([rows])}: the missing size counts as 1, so the result is ${tuple(result.shape)}.`);
    return said.join(" ");
  }

  const options = (rows) => [...(rows === 1 ? ["()"] : []), ...new Set([[rows], [rows, 1], [1, rows], [rows, rows]].map(tuple)), "error"];
  const answer = (result) => (result.error ? "error" : tuple(result.shape));
  return { compute, code, explain, options, answer };
})();

if (typeof document === "undefined") module.exports = shapes;
else
  figure("shapes", (box) => {
    const settings = { rows: 8, dim: 1, flat: false, squeeze: "no", minus: false, index: [0, 1, 0, 1, 0, 1, 0, 1] };
    let asked = true;
    const table = element("table", { class: "shapes-table" });
    const grid = element("table", { class: "shapes-result" });
    const expression = element("code");
    const guesses = element("div", { role: "group", "aria-label": "Predict its shape" });
    const said = element("p", { role: "status", class: "interactive-said" });

    function draw(focus) {
      const { rows, index } = settings;
      const result = shapes.compute(settings);
      const gathered = new Set(asked ? [] : result.picked.map(String));
      const cell = (row, column) =>
        element("td", { class: gathered.has(`${row},${column}`) && "shapes-picked" },
          button(10 * row + column, () => pick(row, column), { "aria-pressed": String(index[row] === column), "aria-label": `${10 * row + column}: row ${row}, action ${column}` }));
      const line = (row) => element("tr", {}, element("th", { scope: "row" }, row), cell(row, 0), cell(row, 1), element("td", {}, index[row]), element("td", {}, 10 * row));
      const heads = ["row", "action 0", "action 1", "index", "targets"].map((name) => element("th", { scope: "col" }, name));
      table.replaceChildren(element("caption", {}, `table (${rows}, 2): press the entry that you want from each row`), element("tr", {}, ...heads), ...[...Array(rows).keys()].map(line));
      if (focus) table.rows[focus[0] + 1].cells[focus[1] + 1].firstChild.focus();
      expression.textContent = shapes.code(settings);
      guesses.replaceChildren("What is its shape?", ...shapes.options(rows).map((shape) => button(shape, () => show(shape))));
      const columns = result.shape?.at(-1) ?? 1;
      const meant = settings.minus && result.data?.length > rows;
      const values = asked || result.error ? [] : result.data;
      const lines = [...Array(values.length / columns).keys()].map((row) =>
        element("tr", {}, ...values.slice(row * columns, (row + 1) * columns).map((value, column) =>
          element("td", { class: meant && row === column && "shapes-picked" }, String(value).replace("-", "−")))));
      grid.replaceChildren(element("caption", {}, asked ? "The result: predict its shape first" : `The result: ${shapes.answer(result)}`), ...lines);
      said.textContent = asked ? "Predict first, then see the result." : shapes.explain(settings, result);
    }
    function pick(row, column) {
      settings.index[row] = column;
      draw([row, column]);
    }
    function show(shape) {
      const right = shapes.answer(shapes.compute(settings));
      asked = false;
      draw();
      said.prepend(element("strong", {}, shape === right ? `✓ Right, ${right}. ` : `✗ Not ${shape} but ${right}. `));
      [...guesses.children].find((child) => child.textContent === shape).focus();
    }
    const choice = (label, name, values) => {
      const change = () => { settings[name] = values[select.selectedIndex][1]; asked = true; draw(); };
      const select = element("select", { change }, ...values.map(([shown]) => element("option", {}, shown)));
      return element("label", {}, `${label} `, select);
    };
    const choices = element("div", {},
      choice("batch", "rows", [["8 states", 8], ["1 state", 1]]),
      choice("dim", "dim", [["1", 1], ["0", 0]]),
      choice("index", "flat", [["(B, 1)", false], ["(B,)", true]]),
      choice("squeeze", "squeeze", [["none", "no"], ["squeeze(0)", "0"], ["squeeze(1)", "1"], ["squeeze()", ""]]),
      choice("then", "minus", [["nothing", false], ["- targets", true]]));
    box.append(table, element("div", { class: "interactive-controls" }, choices, expression, guesses, grid, said));
    draw();
  });
