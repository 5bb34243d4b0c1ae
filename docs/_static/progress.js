// What the reader has done: pages read, predictions right, bugs found and results of tests. It stays
// in this browser's storage, and where there is none, only until the page is left.

const progress = (() => {
  const KEY = "pytorch-rl-basics";
  const KINDS = ["pages", "predictions", "bugs", "tests"];
  const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href).href;
  const ofEach = (make) => Object.fromEntries(KINDS.map((kind) => [kind, make(kind)]));
  const nothing = () => ofEach(() => new Set());
  const text = () => JSON.stringify(ofEach((kind) => [...done[kind]]));

  // Sets of names, or undefined if `read` fails or gives something else than `text` wrote.
  function parsed(read) {
    try {
      const lists = JSON.parse(read());
      if (KINDS.every((kind) => lists[kind].every((name) => typeof name === "string")))
        return ofEach((kind) => new Set(lists[kind]));
    } catch {}
  }

  const stored = () => parsed(() => localStorage.getItem(KEY)); // it fails in a private window
  let done = stored() ?? nothing();

  // Whether the browser keeps it, too.
  function keep(next) {
    done = next;
    tick();
    try {
      localStorage.setItem(KEY, text());
      return localStorage.getItem(KEY) === text();
    } catch {
      return false;
    }
  }

  function add(more) {
    const now = stored() ?? done; // another tab may have added something
    for (const kind of KINDS) for (const one of [...done[kind], ...(more[kind] ?? [])]) now[kind].add(one);
    return keep(now);
  }

  // The name of a page of this site; some hosts leave ".html" or "index.html" out.
  function pageOf(url) {
    const [path] = new URL(url, location.href).href.split(/[?#]/);
    return path.startsWith(root) && path.slice(root.length).replace(/(index)?(\.html)?$/, "");
  }

  function tick() {
    for (const link of document.querySelectorAll(".sidebar-tree a[href], .course-strip a[href]")) {
      const read = done.pages.has(pageOf(link.href));
      if (read === link.classList.contains("page-read")) continue;
      link.classList.toggle("page-read", read);
      if (read) link.append(element("span", { class: "read-note" }, " (read)"));
      else link.querySelector(".read-note").remove();
    }
  }

  // A page of the sidebar is read when its end is seen; a page of questions is not for reading.
  const end = document.querySelector("footer .related-pages");
  if (end && document.querySelector(".sidebar-tree .current-page") && !document.querySelector("section > .drill"))
    new IntersectionObserver(([entry], watch) => {
      if (!entry.isIntersecting) return;
      watch.disconnect();
      add({ pages: [pageOf(location.href)] });
    }).observe(end);

  // A prediction is right if its option was chosen when the output is shown for the first time.
  for (const fold of document.querySelectorAll(".predict > details"))
    fold.addEventListener("toggle", () => {
      if (fold.parentElement.querySelector(".predict-right :checked"))
        add({ predictions: [`${pageOf(location.href)}#${fold.parentElement.id}`] });
    }, { once: true });

  // In another tab, or on another page before the reader came back, something may have been done.
  function follow(then) {
    for (const event of ["storage", "pageshow"]) addEventListener(event, then);
  }

  follow(() => {
    done = stored() ?? done;
    tick();
  });
  tick();
  const count = (kind) => done[kind].size;
  const has = (kind, name) => done[kind].has(name);
  const last = (kind) => [...done[kind]].sort().at(-1);
  const forget = () => keep(nothing());
  return { add, count, follow, forget, has, last, pageOf, parsed, text };
})();
