"""Run every page's code as a plain script in an empty folder, and print what each page costs.

The scripts are the built site's own downloads, so this is also the check that they run elsewhere.
"""

import argparse
import gzip
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from bs4 import BeautifulSoup

DOCS = Path(__file__).parent
SITE = DOCS / "_build" / "html"
CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OPTIONS = re.compile(r"\A(---\n.*?^---\n|(:[\w-]+:[^\n]*\n)+)", re.MULTILINE | re.DOTALL)


class Cost(NamedTuple):
    """What running one page's code took."""

    page: str
    cpu_seconds: float
    peak_mib: float
    error: str


def page_code() -> dict[str, str]:
    """Collect the code of each executed page: the scripts to download, the cells of Markdown."""
    scripts = {path.stem: path.read_text() for path in SITE.glob("_downloads/*/*.py")}
    cells = {
        str(path.relative_to(DOCS)): "\n".join(
            OPTIONS.sub("", cell)
            for cell in CELL.findall(path.read_text())
            if "raises-exception" not in cell
        )
        for path in DOCS.rglob("*.md")
        if "_build" not in path.parts
    }
    return scripts | {page: code for page, code in cells.items() if code}


def run_plainly(page: str, code: str) -> Cost:
    """Run code in a process of its own: a script in an empty folder, as a reader would."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as output:
        script = Path(folder, "script.py")
        script.write_text(code)
        home = DOCS if page.endswith(".md") else folder  # where the build runs a page's cells
        process = subprocess.Popen(
            [sys.executable, script], cwd=home, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        left_behind = [path.name for path in Path(folder).iterdir() if path != script]
        output.seek(0)
        error = output.read()[-2000:] if process.returncode else ""
        if left_behind:
            error += f"\nit wrote {left_behind} into its folder"
    return Cost(page, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, error)


def first_visit(page: Path) -> tuple[int, bool]:
    """Add up the gzipped bytes of a page and all that it loads; say whether it has a picture."""
    soup = BeautifulSoup(page.read_text(), "html.parser")
    links = [tag["href"] for tag in soup.select("link[rel=stylesheet], link[rel=icon]")]
    pictures = [tag["src"] for tag in soup.select("main img, article img, video source")]
    links += pictures + [tag["src"] for tag in soup.select("script[src], .sidebar-brand img")]
    files = {
        (page.parent / re.sub(r"[?#].*", "", link)).resolve()
        for link in links
        if not link.startswith("data:")
    }
    if soup.select_one(".katex"):
        files |= set((SITE / "_static" / "katex" / "fonts").glob("KaTeX_M*-*.woff2"))
    compressible = {".html", ".css", ".js", ".svg"}
    bodies = [path.read_bytes() for path in (page, *files) if path.suffix in compressible]
    raw = sum(path.stat().st_size for path in files if path.suffix not in compressible)
    return sum(len(gzip.compress(body)) for body in bodies) + raw, bool(pictures)


def print_costs(costs: list[Cost]) -> None:
    """Print what each page's code takes when run by itself, slowest first."""
    print(f"\n{'run as a plain script, one thread':46} CPU s   peak MiB")
    for cost in sorted(costs, key=lambda cost: -cost.cpu_seconds):
        print(f"{cost.page:46} {cost.cpu_seconds:5.1f} {cost.peak_mib:10.0f}")


def print_weights() -> None:
    """Print the heaviest pages of each kind, as a first visit loads them."""
    pages = [page for page in SITE.rglob("*.html") if "_modules" not in page.parts]
    weights = {str(page.relative_to(SITE)): first_visit(page) for page in pages}
    print(f"\n{'first visit, gzip':60} kB")
    for pictures, limit in ((False, 200), (True, 450)):
        kind = "with pictures" if pictures else "text only"
        rows = sorted((size, page) for page, (size, has) in weights.items() if has == pictures)
        for size, page in rows[-3:][::-1]:
            print(f"{page:60} {size / 1000:3.0f}   {kind}, aim {limit}")


def main() -> int:
    """Print the report; return 1 if a page's code does not run by itself."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=float, required=True, help="CPU seconds of the clean build")
    parser.add_argument("--rebuild", type=float, required=True, help="the same, nothing changed")
    given = parser.parse_args()
    start = time.monotonic()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        costs = list(pool.map(run_plainly, *zip(*page_code().items(), strict=True)))
    plain = sum(cost.cpu_seconds for cost in costs)
    print_costs(costs)
    print_weights()
    print(f"\n{len(costs)} pages run plainly: {plain:.1f} CPU s ({time.monotonic() - start:.0f} s)")
    for name, seconds in (("clean build", given.build), ("rebuild, unchanged", given.rebuild)):
        print(f"{name:22} {seconds:.1f} CPU s, {seconds / plain:.2f} times that")
    failures = [cost for cost in costs if cost.error]
    for cost in failures:
        print(f"\n{cost.page} does not run by itself:\n{cost.error}", file=sys.stderr)
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
