"""The project's tasks: build the site, run the tests, check the code, preview while writing."""

import resource
import shutil
import time
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "virtualenv"  # other installers fetch gigabytes of CUDA
nox.options.sessions = ["docs", "tests", "lint"]

PYPROJECT = nox.project.load_toml("pyproject.toml")
SITE = Path("docs/_build/html")
SPHINX = ("python", "-m", "sphinx", "--fail-on-warning", "--keep-going", "--jobs=2")
PINNED = ("-c", "constraints.txt")
EDITABLE = ("-e", ".[cli,tutorials,xray]")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
NO_SCREEN = {"MPLBACKEND": "agg", "SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}
NO_WINDOWS = {**ONE_THREAD, **NO_SCREEN}
CHANGES = {  # what the session reproducible appends to which file
    "nothing": ("docs/habits.md", ""),
    "a sentence of a page": ("docs/habits.md", "\nOne sentence more.\n"),
    "a sentence of a script": (
        "tutorials/exercises/exercise_3_epsilon_greedy.py",
        "\n# %%\n# One sentence more.\n",
    ),
    "a line of the library": ("src/pytorch_rl_basics/returns.py", "\nONE_LINE_MORE = True\n"),
}
CORES = ("--numprocesses=auto", "--dist=worksteal")  # one process of pytest for each


def prepare(session: nox.Session, *groups: str, package: tuple = EDITABLE) -> None:
    """Install the package and dependency groups, in the versions of constraints.txt."""
    session.install(*PINNED, *package, *nox.project.dependency_groups(PYPROJECT, *groups))


def build_site(session: nox.Session, root: Path, *options: str, by: tuple = ()) -> None:
    """Build the site of a checkout with that checkout's own library, or let a command do it."""
    warnings = root / "docs/_build/warnings.txt"
    warnings.parent.mkdir(parents=True, exist_ok=True)
    warnings.write_text("", encoding="utf-8")
    places = ("-w", warnings, "-d", root / "docs/_build/doctrees", root / "docs", root / SITE)
    environment = {**ONE_THREAD, "PYTHONPATH": str(root.resolve() / "src")}
    try:
        session.run(*by, *SPHINX, *options, *map(str, places), env=environment)
    except CommandFailed:
        session.error(f"The site was not built:\n{warnings.read_text(encoding='utf-8')}")


def build_wheel(session: nox.Session) -> str:
    """Build the package as its users get it."""
    folder = Path(session.create_tmp(), "wheel")
    shutil.rmtree(folder, ignore_errors=True)
    session.run("pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), ".")
    return str(next(folder.glob("*.whl")))


def cpu_seconds() -> float:
    """Give the CPU seconds that the commands run so far have used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site from nothing, check what was built, and say what it cost."""
    prepare(session, "docs")
    session.run("pytest", "src", "docs", "README.md", env=NO_WINDOWS)
    shutil.rmtree("docs/_build", ignore_errors=True)
    shutil.rmtree("docs/tutorials", ignore_errors=True)
    start = cpu_seconds()
    build_site(session, Path())
    build = cpu_seconds() - start
    session.run("pytest", "tests/site", *CORES, env=NO_WINDOWS)
    session.run("python", "docs/report.py", str(build))
    session.log(f"The site is in {SITE.resolve()}")
    session.log(f"Open {(SITE / 'index.html').resolve().as_uri()} in a browser,")
    session.log(f"or serve it: python3 -m http.server --directory {SITE}")


@nox.session
def browser(session: nox.Session) -> None:
    """Visit the built site in Chromium: every page, as readers see it, and what they come to do.

    What fails is tried once more: a busy machine delays frames, and Chromium sometimes hangs.
    """
    prepare(session, "browser", package=())
    alone = "--confcutdir=tests/browser"  # the other tests' conftest needs torch
    # Print where a test that hangs is, and end the session. Tests that fork must not have this.
    alive = ("-o", "faulthandler_timeout=600", "-o", "faulthandler_exit_on_timeout=true")
    tests = ("pytest", "tests/browser", alone, *alive)
    try:
        session.run(*tests, "--cache-clear", *session.posargs)
    except CommandFailed:
        session.warn("Again, what failed; all if the tests were ended.")
        session.run(*tests, "--last-failed", *session.posargs)


@nox.session
def downloads(session: nox.Session) -> None:
    """Run every script and notebook of the built site, with only the site's wheel installed.

    ``nox -s downloads -- --write`` notes how long the scripts take, for their pages to say.
    """
    wheels = tuple(f"{wheel}[tutorials,xray]" for wheel in SITE.glob("*.whl"))
    prepare(session, "downloads", package=wheels)
    session.run("python", "docs/run_downloads.py", *session.posargs, env=NO_WINDOWS)


@nox.session
def install(session: nox.Session) -> None:
    """Follow the built page "Install" in a fresh environment, until exercise 1 passes."""
    prepare(session, "install", package=())
    session.run("pytest", "tests/install", "--noconftest", env=NO_WINDOWS)


@nox.session
def reproducible(session: nox.Session) -> None:
    """Build the site twice, the second time in one process that is killed in each phase; compare.

    ``nox -s reproducible -- docs/_build/html`` takes that site for the first of the two. At the
    end, change this and that in the second, and say how long a live preview waits for it.
    """
    prepare(session, "docs")
    one, another = (Path(session.create_tmp(), name).resolve() for name in ("one", "another"))
    for clone in (one, another)[len(session.posargs) :]:
        shutil.rmtree(clone, ignore_errors=True)
        session.run("git", "clone", "--quiet", ".", str(clone), external=True)
    if not session.posargs:
        build_site(session, one, "--quiet")
    build_site(session, another, "--jobs=1", by=("python", "docs/killed_build.py"))
    compare(session, Path(*session.posargs or (one, SITE)), another / SITE)
    for what, (file, more) in CHANGES.items():
        with Path(another, file).open("a", encoding="utf-8") as text:
            text.write(more)
        start, cpu = time.monotonic(), cpu_seconds()
        build_site(session, another, "--quiet", "--jobs=1")
        wall, cpu = time.monotonic() - start, cpu_seconds() - cpu
        session.log(f"{what} changed: {wall:.0f} s until it is seen, {cpu:.1f} CPU s")


def compare(session: nox.Session, *sites: Path) -> None:
    """Name the files of two sites that differ."""
    one, another = map(site_files, sites)
    different = sorted(n for n in one.keys() | another.keys() if one.get(n) != another.get(n))
    if different:
        session.error("These files differ:\n" + "\n".join(different))
    session.log(f"{len(one)} files, and not a byte differs")


def site_files(site: Path) -> dict[str, bytes]:
    """Read a site's files, without Sphinx's note of the folders that it worked in."""
    paths = (path for path in site.rglob("*") if path.is_file() and path.name != ".buildinfo")
    files = {path.relative_to(site).as_posix(): path.read_bytes() for path in paths}
    if not files:
        raise FileNotFoundError(f"there is no site in {site}")
    return files


@nox.session
def package(session: nox.Session) -> None:
    """Build the wheel and the source archive, and check what is in them."""
    prepare(session, "package", package=())
    shutil.rmtree("dist", ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", "dist", env={"PIP_QUIET": "1"})
    session.run("twine", "check", "--strict", *map(str, Path("dist").iterdir()))
    session.run("pytest", "tests/distributions", "--noconftest")


@nox.session
def lowest(session: nox.Session) -> None:
    """Check an exercise and train an agent on the lowest versions that the package promises.

    Torch stays as the site has it, unless its version is given: ``nox -s lowest -- torch==2.6``.
    """
    pinned = Path("constraints.txt").read_text(encoding="utf-8").splitlines()
    torch = session.posargs or [line for line in pinned if line.startswith("torch==")]
    extras = PYPROJECT["project"]["optional-dependencies"].values()
    floors = [need.replace(">=", "==") for needs in extras for need in needs]
    session.install(build_wheel(session), *torch, *floors)
    right = "from pytorch_rl_basics import check, td_target; assert check(td_target).passed"
    session.run("python", "-c", right)
    folder = Path(session.create_tmp(), "attempts")
    shutil.rmtree(folder, ignore_errors=True)
    workbook = ("python", "-m", "pytorch_rl_basics")
    session.run(*workbook, "start", str(folder))
    session.run(*workbook, "check", str(folder), success_codes=[1])  # nothing is attempted yet
    for script in ("exercises/exercise_3_epsilon_greedy.py", "improved/sac_improved.py"):
        session.run("python", f"tutorials/{script}", env=NO_WINDOWS)


@nox.session
def tests(session: nox.Session) -> None:
    """Run every test and doctest: of the library, the pages and the README."""
    prepare(session, "test")
    elsewhere = "--ignore=tests/test_peers.py"  # needs the packages of the session bench
    session.run("pytest", elsewhere, *CORES, *session.posargs, env=NO_WINDOWS)


@nox.session
def device(session: nox.Session) -> None:
    """Run tests, doctests and tutorials on this machine's accelerator: tests/device/run.py."""
    prepare(session, "test")
    session.run("python", "tests/device/run.py", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types and workflows: ruff, mypy in strict mode, zizmor."""
    prepare(session, "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("zizmor", "--offline", "--quiet", ".github")


@nox.session
def bench(session: nox.Session) -> None:
    """Compare the formulas with those of peers, and the agents with stable-baselines3."""
    prepare(session, "bench")
    session.run("pytest", "tests/test_peers.py", env=NO_WINDOWS)
    session.run("python", "-m", "benchmarks", *session.posargs, env=ONE_THREAD)


@nox.session
def mutation(session: nox.Session) -> None:
    """Break the library in a thousand small ways: the tests should notice each that matters."""
    prepare(session, "mutation")
    session.run("python", "-m", "tests.mutation", *session.posargs, env=NO_WINDOWS)


@nox.session
def trials(session: nox.Session) -> None:
    """Count the checker's verdicts on learners' code, for the page that says how good it is."""
    prepare(session, "test")
    session.run("python", "tests/trials.py", env=NO_WINDOWS)


@nox.session
def differential(session: nox.Session) -> None:
    """Judge 10,000 single edits of right code by the checker and by an independent oracle."""
    prepare(session, "test")
    session.run("python", "tests/differential.py", *session.posargs, env=NO_WINDOWS)


@nox.session
def live(session: nox.Session) -> None:
    """Serve the site on this machine, and rebuild what a save changed."""
    prepare(session, "live")
    watched = [f"--watch={folder}" for folder in ("src", "tutorials")]
    ignored = ["--ignore=docs/tutorials/*", "--ignore=docs/_build/*"]
    build = ("docs", "docs/_build/live", "--jobs=1", "--open-browser")
    session.run("sphinx-autobuild", *build, *watched, *ignored, *session.posargs, env=ONE_THREAD)
