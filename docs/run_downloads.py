"""Run every script and notebook of the built site, as a reader would who has only the package.

Standard library only: the Python that runs this file has installed what a learner installs.
"""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

SITE = Path(__file__).parent / "_build" / "html"
RUN_TIMES = Path(__file__).parent / "run_times.json"  # what the pages say of them
LIMIT = 600  # seconds for one download: the longest takes 30 where nothing else runs
EXECUTE = "from nbclient.cli import main; main()"  # what "jupyter execute" calls
AGG = "ignore:FigureCanvasAgg is non-interactive"  # matplotlib's, on a machine with a screen
TOOLS_OWN = {".cache", ".config", ".ipython", ".jupyter", ".local"}  # in a home: not the tutorials'

# Python reads this before a download's first line: it notes what is opened to be written elsewhere.
WATCH = """\
import os, sys

ALLOWED = tuple(os.environ["ALLOWED"].split(os.pathsep))

def watch(event, arguments):
    if event != "open" or not isinstance(arguments[0], str):
        return
    path, _, flags = arguments
    writing = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if writing and not os.path.realpath(path).startswith(ALLOWED):
        with open(os.path.join(ALLOWED[0], "elsewhere"), "a", encoding="utf-8") as notes:
            notes.write(path + "\\n")

sys.addaudithook(watch)
"""


class Run(NamedTuple):
    """What running one download took, and what was wrong with it."""

    name: str
    cpu_seconds: float
    peak_mib: float
    faults: list[str]


def run(download: Path, fonts: Path) -> Run:
    """Run a download in an empty folder, with an empty home and temporary folder beside it."""
    with tempfile.TemporaryDirectory() as sandbox:
        work, home, tmp, watch = (Path(sandbox, name) for name in ("work", "home", "tmp", "watch"))
        for folder in (work, home, tmp, watch):
            folder.mkdir()
        Path(watch, "sitecustomize.py").write_text(WATCH, encoding="utf-8")
        file = Path(shutil.copy(download, work))
        environment = os.environ | {
            **{"HOME": str(home), "TMPDIR": str(tmp), "MPLCONFIGDIR": str(fonts)},
            **{"PYTHONPATH": str(watch), "PYTHONDONTWRITEBYTECODE": "1"},
            "ALLOWED": os.pathsep.join(
                [os.path.realpath(sandbox), os.path.realpath(fonts), "/dev"]
            ),
        }
        if file.suffix == ".py":
            command = [sys.executable, "-W", "error", "-W", AGG, file.name]
        else:
            command = [sys.executable, "-c", EXECUTE, "--inplace", file.name]
            environment.pop("MPLBACKEND", None)  # the kernel's own puts figures into the notebook
        with Path(sandbox, "output").open("w+", encoding="utf-8", errors="replace") as output:
            process = subprocess.Popen(
                command, cwd=work, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
            status, cpu_seconds, peak_mib = wait(process)
            output.seek(0)
            printed = output.read()
        faults = []
        if status:
            why = f"was stopped after {LIMIT} s" if status == -signal.SIGKILL else "failed"
            faults.append(f"it {why}:\n{printed[-2000:]}")
        elif file.suffix == ".py":
            faults += [] if printed.strip() else ["it printed nothing"]
        else:
            faults += missing_outputs(file)
        expected = {file, Path(sandbox, "output"), Path(watch, "sitecustomize.py")}
        faults += left_behind(Path(sandbox), expected)
    return Run(download.name, cpu_seconds, peak_mib, faults)


def wait(process: subprocess.Popen) -> tuple[int, float, float]:
    """Wait for a process and its children; give its status, CPU seconds and peak MiB."""
    end = time.monotonic() + LIMIT
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        if time.monotonic() > end:
            process.kill()
        time.sleep(0.1)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def missing_outputs(notebook: Path) -> list[str]:
    """Say which kind of output an executed notebook lacks: each has text and a picture."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    text = any(output["output_type"] == "stream" for output in outputs)
    picture = any("image/png" in output.get("data", {}) for output in outputs)
    return ["it printed nothing"] * (not text) + ["it shows no picture"] * (not picture)


def left_behind(sandbox: Path, expected: set[Path]) -> list[str]:
    """Name the files that a download should not have written."""
    found = {path for path in sandbox.rglob("*") if path.is_file()} - expected
    notes = sandbox / "elsewhere"
    noted = notes.read_text(encoding="utf-8") if notes.exists() else ""
    elsewhere = sorted(set(noted.splitlines()))
    names = [path.relative_to(sandbox) for path in sorted(found - {notes})]
    beside = [str(name) for name in names if TOOLS_OWN.isdisjoint(name.parts[1:2])]
    return [f"it wrote {name}" for name in beside + elsewhere]


def in_words(seconds: float) -> str:
    """Round a time, so that it is the same in the next measurement on such a machine."""
    if seconds < 8:
        return "a few seconds"
    if seconds < 45:
        return f"about {round(seconds / 10) * 10} s"
    minutes = max(1, round(seconds / 60))
    return f"about {minutes} minute{'s' * (minutes > 1)}"


def main() -> int:
    """Run them all; return 1 if one has a fault. With ``--write``, write the scripts' times."""
    package = importlib.util.find_spec("pytorch_rl_basics")
    if package is None or Path(sys.prefix) not in Path(package.origin).parents:
        sys.exit("The package is not installed from its wheel in the environment that runs this.")
    downloads = [path for kind in ("py", "ipynb") for path in SITE.glob(f"_downloads/*/*.{kind}")]
    downloads.sort(key=lambda path: (-path.stat().st_size, path.name))  # the agents first
    if not downloads:
        sys.exit(f"There is nothing to download in {SITE}: nox -s docs builds the site.")
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as fonts, ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = list(pool.map(lambda download: run(download, Path(fonts)), downloads))
    print(f"{'':40} CPU s   peak MiB")
    for done in sorted(runs, key=lambda done: -done.cpu_seconds):
        print(f"{done.name:40} {done.cpu_seconds:5.1f} {done.peak_mib:10.0f}")
    total = sum(done.cpu_seconds for done in runs)
    print(f"{len(runs)} downloads: {total:.0f} CPU s in {time.monotonic() - start:.0f} s")
    for done in runs:
        for fault in done.faults:
            print(f"\n{done.name}: {fault}", file=sys.stderr)
    if sys.argv[1:] == ["--write"]:
        scripts = [done for done in runs if done.name.endswith(".py")]
        times = {Path(done.name).stem: in_words(done.cpu_seconds) for done in scripts}
        text = json.dumps(times, indent=2, sort_keys=True) + "\n"
        RUN_TIMES.write_text(text, encoding="utf-8")
    return any(done.faults for done in runs)


if __name__ == "__main__":
    sys.exit(main())
