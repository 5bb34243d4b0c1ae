"""The build's extensions read and write UTF-8 in a locale that knows only ASCII."""

import os
import subprocess
import sys
from pathlib import Path

EXTENSIONS = Path(__file__).parents[2] / "docs" / "_ext"
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
CODE = """
import locale, sys
from pathlib import Path
from types import SimpleNamespace

import error_snippets, finished_site, provenance, text_contrast

assert locale.getpreferredencoding(False) != "utf-8"
site, page = Path(sys.argv[1]), Path(sys.argv[1], "host.html")
page.write_text("<script>'\\u03b5'</script>{{numbers}} \\u2013", encoding="utf-8")
assert "'sha256-" in finished_site.headers(site)
finished_site.fill_in(page, {"numbers": "\\u03b3"})
assert page.read_text(encoding="utf-8").endswith("\\u03b3 \\u2013")

axes = SimpleNamespace(get_title=lambda: "\\u03b5")
text_contrast.faint_texts = lambda event: ["\\u2013"]
text_contrast.start(SimpleNamespace(outdir=site / "html"))
text_contrast.note(SimpleNamespace(canvas=SimpleNamespace(figure=SimpleNamespace(axes=[axes]))))
try:
    text_contrast.finish(None, None)
except Exception as error:
    assert "\\u03b5" in str(error) and "\\u2013" in str(error)

assert not provenance.code_of(None, "tutorials/algorithms/sac").isascii()
assert all(error_snippets.entries(group.name) for group in error_snippets.FOLDER.iterdir())
"""


def test_the_extensions_read_and_write_utf_8_in_any_locale(tmp_path):
    environment = os.environ | ASCII | {"PYTHONPATH": str(EXTENSIONS)}
    command = [sys.executable, "-c", CODE, str(tmp_path)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
