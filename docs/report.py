"""Report what the build cost, beside the site: ``docs/_build/report.txt``.

Its argument is the CPU seconds that the clean build used.
"""

import json
import sys
from pathlib import Path

from jupyter_cache import get_cache

AIM = 240  # CPU seconds for a clean build
DOCS = Path(__file__).parent
BUILD = DOCS / "_build"


def execution_seconds() -> dict[str, float]:
    """Read how long each page's code ran in the build, from the notes of what executed it."""
    scripts = {
        f"tutorials/{path.parent.name}/{path.name.removesuffix('.cost.json')}.py": path
        for path in (DOCS / "tutorials").glob("*/*.cost.json")
    }
    cells = {
        str(Path(record.uri).relative_to(DOCS)): record.data["execution_seconds"]
        for record in get_cache(BUILD / ".jupyter_cache").list_cache_records()
    }
    texts = {page: path.read_text(encoding="utf-8") for page, path in scripts.items()}
    return {page: json.loads(text)["time"] for page, text in texts.items()} | cells


def table_of_times() -> list[str]:
    """List each page's time, longest first."""
    seconds = execution_seconds()
    rows = [f"{seconds[page]:7.1f}  {page}" for page in sorted(seconds, key=lambda p: -seconds[p])]
    return ["seconds  to run a page's code", *rows, f"{sum(seconds.values()):7.1f}  all"]


def main() -> None:
    """Print and write the report."""
    costs = ["", f"{float(sys.argv[1]):7.1f}  CPU s for the clean build, aim {AIM}"]
    report = "\n".join(table_of_times() + costs)
    print(report)
    (BUILD / "report.txt").write_text(report + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
