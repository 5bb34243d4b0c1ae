"""What is done once all pages are written: pictures, archives, headers, the wheel, the zip."""

import base64
import hashlib
import html
import os
import re
import shutil
import time
import zipfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import templates
from PIL import Image
from sphinx.application import Sphinx

OFFLINE = "pytorch-rl-basics.zip"
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


def shrink(picture: Path) -> None:
    """Write a picture without transparency again in 128 colours: less than a third of the bytes."""
    with Image.open(picture) as image:
        opaque = not image.has_transparency_data or image.getextrema()[-1] == (255, 255)
        if image.mode == "P" or not opaque:
            return
        small = image.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    small.save(picture, compress_level=8)  # 9 costs twice the time for 1 % fewer bytes


def unpacked(path: Path) -> dict[str, bytes]:
    """Read the files of an archive; none if it is not a whole one."""
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files in the order of their names, dated by the commit: always the same bytes."""
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, time.gmtime(seconds)[:6])
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED)


def published(site: Path) -> dict[str, Path]:
    """List the files to upload: all but Sphinx's notes for its next build."""
    paths = {path.relative_to(site): path for path in site.rglob("*") if path.is_file()}
    notes = {".buildinfo", ".doctrees"}
    return {name.as_posix(): path for name, path in paths.items() if name.parts[0] not in notes}


def headers(site: Path) -> str:
    """Write the headers worth setting, in the form of Netlify and Cloudflare Pages.

    The policy allows the pages' own files, and their inline scripts by the hashes of their text.
    KaTeX places its symbols by style attributes; videos are part of their pages.
    """
    pages = [page.read_text(encoding="utf-8") for page in site.rglob("*.html")]
    scripts = {script for page in pages for script in INLINE_SCRIPT.findall(page)}
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()) for script in scripts]
    hashes = sorted(f"'sha256-{digest.decode()}'" for digest in digests)
    return templates.fill_in("headers.jinja", hashes=" ".join(hashes))


def fill_in(page: Path, values: dict[str, str]) -> None:
    """Put values in the places that a page keeps for them."""
    text = PLACEHOLDER.sub(lambda place: values[place[1]], page.read_text(encoding="utf-8"))
    page.write_text(text, encoding="utf-8")


def unwritten(app: Sphinx) -> Path:
    """Name the file that lies beside Sphinx's notes until all pages that they know are written."""
    return Path(app.doctreedir, "unwritten")


def begin(app: Sphinx, *_: object) -> None:
    """Forget what a killed build noted as done, and had not finished."""
    if unwritten(app).exists():
        Path(app.doctreedir, "environment.pickle").unlink(missing_ok=True)
        static = Path(app.outdir, "_static")  # links differ if it is there
        shutil.rmtree(static, ignore_errors=True)
    for note in Path(app.srcdir, "tutorials").glob("*/*.py.md5"):
        script = note.with_suffix("")
        archive = unpacked(script.with_suffix(".zip"))  # of what a script gives, the last
        if archive.get(script.name) != script.read_bytes():
            note.unlink()


def finish(app: Sphinx, error: Exception | None) -> None:
    """Complete the site."""
    if error or app.builder.name != "html":
        return
    site = Path(app.outdir)
    with ThreadPoolExecutor(app.parallel) as threads:  # Pillow does not hold the interpreter
        list(threads.map(shrink, site.glob("_images/*.png")))
    for path in site.glob("_downloads/*/*.zip"):
        write_zip(path, unpacked(path))
    for old in (site / OFFLINE, *site.glob("*.whl")):
        old.unlink(missing_ok=True)
    shutil.copy(app.config.wheel, site)
    rules = headers(site)
    (site / "_headers").write_text(rules, encoding="utf-8")
    size = sum(path.stat().st_size for path in published(site).values()) / 1e6
    shown = {"headers": html.escape(rules.rstrip(), quote=False), "megabytes": f"{size:.0f}"}
    fill_in(site / "host.html", shown)
    write_zip(site / OFFLINE, {name: path.read_bytes() for name, path in published(site).items()})
    unwritten(app).unlink(missing_ok=True)


def setup(app: Sphinx) -> dict:
    """Hook into the start and the end of the build."""
    app.connect("config-inited", begin)
    app.connect("env-updated", lambda app, _: unwritten(app).touch())
    app.connect("build-finished", finish, priority=900)  # the last of all
    return {"parallel_read_safe": True, "parallel_write_safe": True}
