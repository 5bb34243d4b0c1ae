// The page "What you have done": how much, and buttons that export, import and forget it.

figure("progress", (box, totals) => {
  const said = element("p", { "aria-live": "polite" });
  const asked = totals.predictions + totals.shapes;
  const list = element("ul", {});
  const next = element("p", {});
  const pages = new Map( // of their names, the links in the sidebar
    [...document.querySelectorAll(".sidebar-tree a[href]")].map((link) => [progress.pageOf(link.href), link]),
  );
  for (const tool of totals.tools) pages.delete(tool);

  function show(message = said.textContent) {
    const unread = [...pages].filter(([page]) => !progress.has("pages", page)).map(([, link]) => link);
    const [time, ...result] = progress.last("tests")?.split(" ") ?? [];
    list.replaceChildren(
      element("li", {}, `Pages read: ${pages.size - unread.length} of ${pages.size}`),
      element("li", {}, `Predictions right: ${Math.min(progress.count("predictions"), asked)} of ${asked}`),
      element("li", {}, `Bugs found: ${Math.min(progress.count("bugs"), totals.bugs)} of ${totals.bugs}`),
      element("li", {}, `Last test: ${time ? `${result.join(" ")} (${time.slice(0, 10)})` : "none"}`),
    );
    const [first] = unread;
    next.replaceChildren();
    if (first) next.append("Go on with ", element("a", { href: first.href }, first.firstChild.data), ".");
    said.textContent = message;
  }

  function save() {
    const url = URL.createObjectURL(new Blob([progress.text()], { type: "application/json" }));
    element("a", { href: url, download: "pytorch-rl-basics-progress.json" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
    show("Exported as a file.");
  }

  const file = element("input", {
    type: "file", accept: "application/json,.json",
    change: async () => {
      const text = await file.files[0]?.text();
      const read = progress.parsed(() => text);
      file.value = ""; // so that the same file can be chosen again
      if (!read) return show("This file was not exported here. Nothing was changed.");
      show(progress.add(read) ? "Imported." : "Imported, but this browser does not keep it.");
    },
  });
  const forget = () => {
    if (!confirm("Forget all that you have done on this site?")) return;
    progress.forget();
    show("Forgotten.");
  };
  progress.follow(() => show());
  show();
  box.append(
    list,
    next,
    element("p", {}, button("Export as a file", save), " ", button("Forget all of it", forget)),
    element("label", {}, "Import a file: ", file),
    said,
  );
});
