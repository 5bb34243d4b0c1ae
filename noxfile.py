"""The project's tasks: build the site, run the tests, check the code, preview while writing."""

import resource
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "virtualenv"  # other installers fetch gigabytes of CUDA
nox.options.sessions = ["docs", "tests", "lint"]

PYPROJECT = nox.project.load_toml("pyproject.toml")
SITE = Path("docs/_build/html")
SPHINX = ("sphinx-build", "--fail-on-warning", "--keep-going", "--jobs=1", "docs", str(SITE))
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
NO_WINDOWS = {**ONE_THREAD, "MPLBACKEND": "agg"}


def install(session: nox.Session, *groups: str) -> None:
    """Install the package and dependency groups, in the versions of constraints.txt."""
    packages = nox.project.dependency_groups(PYPROJECT, *groups)
    session.install("-c", "constraints.txt", "-e", ".[cli,tutorials,xray]", *packages)


def cpu_seconds() -> float:
    """Give the CPU seconds that the commands run so far have used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site from nothing, check what was built, and say what it cost."""
    install(session, "docs")
    session.run("pytest", "src", "docs", "README.md", env=NO_WINDOWS)
    shutil.rmtree("docs/_build", ignore_errors=True)
    shutil.rmtree("docs/tutorials", ignore_errors=True)
    start = cpu_seconds()
    session.run(*SPHINX, env=ONE_THREAD)
    built = cpu_seconds()
    session.run(*SPHINX, "--quiet", env=ONE_THREAD)  # nothing changed: what a live preview costs
    rebuilt = cpu_seconds()
    session.run("pytest", "tests/site", env=NO_WINDOWS)
    costs = f"--build={built - start}", f"--rebuild={rebuilt - built}"
    session.run("python", "docs/report.py", *costs, env=NO_WINDOWS)
    session.log(f"The site lies in {SITE.resolve()}")
    session.log(f"Open {(SITE / 'index.html').resolve().as_uri()} in a browser,")
    session.log(f"or serve it: python3 -m http.server --directory {SITE}")


@nox.session
def tests(session: nox.Session) -> None:
    """Run every test and doctest: of the library, the pages, the tutorials and the README."""
    install(session, "test")
    report = ("--cov", "--cov-report=term-missing")
    cores = ("--numprocesses=auto", "--dist=worksteal")  # the checker is tried for minutes
    session.run("pytest", "--ignore=tests/site", *cores, *report, *session.posargs, env=NO_WINDOWS)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and types: ruff on everything, mypy in strict mode on package and benchmarks."""
    install(session, "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the agents beside stable-baselines3, and hold them to their goals."""
    install(session, "bench")
    session.run("python", "-m", "benchmarks", *session.posargs, env=ONE_THREAD)


@nox.session
def mutation(session: nox.Session) -> None:
    """Break the library in a thousand small ways: the tests should notice each that matters."""
    install(session, "mutation")
    session.run("python", "-m", "tests.mutation", *session.posargs, env=NO_WINDOWS)


@nox.session
def live(session: nox.Session) -> None:
    """Serve the site on this machine, and rebuild what a save changed."""
    install(session, "live")
    watched = [f"--watch={folder}" for folder in ("src", "tutorials")]
    ignored = ["--ignore=docs/tutorials/*", "--ignore=docs/_build/*"]
    build = ("docs", "docs/_build/live", "--jobs=1", "--open-browser")
    session.run("sphinx-autobuild", *build, *watched, *ignored, *session.posargs, env=ONE_THREAD)
