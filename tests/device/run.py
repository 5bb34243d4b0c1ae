"""Run tests, doctests and tutorials on the accelerator that is there, and print one table.

``python tests/device/run.py [--device cpu] [word ...]`` runs what has one of the words in its name.
It installs nothing, and skips what lacks a package. Tutorials run with the device as the default,
and without their assertions: another device draws other random numbers.
"""

import argparse
import importlib.util
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch

ROOT = Path(__file__).parents[2]
SECONDS = 280  # for all together
OWN = ("tests/test_plain_trainings.py", "tests/test_properties.py", "tests/device/test_device.py")
TESTS = (*OWN, "tests/test_xray.py", "src")
OWN += ("tutorials/pitfalls/devices.py", "tutorials/pitfalls/seeding.py")  # they name devices


def run_here(name: str, device: str) -> int:
    """Run one line of the table in this process; return its exit status."""
    if name not in OWN:  # NumPy and print get what they would get from the CPU
        as_array, as_text = torch.Tensor.numpy, torch.Tensor.__repr__
        torch.set_default_device(device)
        torch.Tensor.numpy = lambda self, **more: as_array(self.cpu(), **more)
        torch.Tensor.__repr__ = lambda self, **more: re.sub(r", device='\S+'", "", as_text(self))
    if name in TESTS:
        lacking = " or arguments" * (importlib.util.find_spec("gymnasium") is None)
        chosen = ("-k", f"not (fit_random_targets{lacking})") if name == "src" else ()
        options = ("-q", "-Wdefault", "-pno:cacheprovider", f"--confcutdir={ROOT / 'tests'}")
        return importlib.import_module("pytest").main([str(ROOT / name), *options, *chosen])
    code = (ROOT / name).read_text("utf-8").replace('device="cpu"', f'device="{device}"')
    sys.argv[1:] = []  # for a script that has options
    exec(compile(code, str(ROOT / name), "exec"), globals())
    return 0


def run(name: str, device: str, end: float) -> str:
    """Run one line of the table in a process of its own; give the line."""
    start, optimised = time.monotonic(), () if name in (*TESTS, *OWN) else ("-O",)
    command = [sys.executable, *optimised, __file__, "--device", device, "--here", name]
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")])
    more = {"PYTHONPATH": path, "DEVICE": device, "MPLBACKEND": "agg", "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder, Path(folder, "output").open("wb") as output:
        place = {"cwd": folder, "env": os.environ | more, "stdout": output, "stderr": output}
        process = subprocess.Popen(command, **place, start_new_session=True)
        try:
            result = "failed" if process.wait(max(0, end - start)) else "passed"
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # with the processes that it has started
            result = "out of time" if process.wait() else ""
        last = Path(folder, "output").read_text("utf-8", "replace").strip().rpartition("\n")[2]
    if result == "failed" and re.search(r"(ModuleNotFound|Import)Error|^\d+ skipped", last):
        result = "skipped"
    return f"{name:56}{result:12}{time.monotonic() - start:4.0f}  {last[:90]}"


def main() -> int:
    """Print a table of what ran on the device; return 1 if something failed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--device", help="such as cuda:1; without it, this machine's accelerator")
    parser.add_argument("--here", help=argparse.SUPPRESS)
    parser.add_argument("words", nargs="*", help="run only what has one of them in its name")
    args = parser.parse_args()
    if args.here:
        return run_here(args.here, args.device)
    if args.device is None and not torch.accelerator.is_available():
        sys.exit("torch finds no accelerator here. To run the same on the CPU, add: --device cpu")
    device = args.device or torch.accelerator.current_accelerator().type
    try:
        torch.ones(1, device=device).cpu()
    except Exception as error:
        sys.exit(f"The device {device!r} cannot be used here: {str(error).splitlines()[0]}")
    scripts = sorted(ROOT.glob("tutorials/*/*.py"), key=lambda path: -path.stat().st_size)
    names = [*TESTS, *(path.relative_to(ROOT).as_posix() for path in scripts)]
    names = [name for name in names if any(word in name for word in args.words or [""])]
    end = time.monotonic() + SECONDS
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        lines = list(pool.map(lambda name: run(name, device, end), names))
    print(f"{'on ' + device:56}{'result':12}   s", *lines, sep="\n")
    return any(" failed " in line[50:70] for line in lines)


if __name__ == "__main__":
    sys.exit(main())
