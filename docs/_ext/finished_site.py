"""What can be done only when all pages are written: archives, headers, the numbers of "Host it"."""

import base64
import hashlib
import html
import re
import shutil
from pathlib import Path

from archives import rewrite_zip, write_zip
from page_finish import focusable
from page_weights import a_day, visits
from sphinx.application import Sphinx

OFFLINE = "pytorch-rl-basics.zip"
SPHINX_S_OWN = (".buildinfo", ".doctrees")  # notes for its next build, not part of the site
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


def published(site: Path) -> list[Path]:
    """List the files to upload."""
    own = {site / name for name in SPHINX_S_OWN}
    files = (path for path in site.rglob("*") if path.is_file())
    return [path for path in files if own.isdisjoint({path, *path.parents})]


def content_security_policy(site: Path) -> str:
    """Allow what the pages hold: their own files, and the inline scripts, by their hashes."""
    scripts = {
        script
        for page in site.rglob("*.html")
        for script in INLINE_SCRIPT.findall(page.read_text(encoding="utf-8"))
    }
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    hashes = sorted(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    rules = {
        "default-src": ["'none'"],
        "script-src": ["'self'", *hashes],
        "style-src": ["'self'", "'unsafe-inline'"],  # KaTeX places its symbols by style attributes
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'", "data:"],  # videos lie in their pages
        "font-src": ["'self'"],
        "form-action": ["'self'"],  # the search
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(" ".join((name, *allowed)) for name, allowed in rules.items())


def headers(site: Path) -> str:
    """Write the headers worth setting, in the form of Netlify and Cloudflare Pages."""
    return f"""\
/*
  Content-Security-Policy: {content_security_policy(site)}
  X-Content-Type-Options: nosniff
  Referrer-Policy: no-referrer
  Cache-Control: public, max-age=600
/_static/*
  Cache-Control: public, max-age=604800
"""


def numbers(site: Path) -> dict[str, str]:
    """Measure the pages, for the page that tells of hosting."""
    found = [visit for visit in visits(site) if visit.page != "host.html"]
    typical, heaviest = found[len(found) // 2], found[0]
    day = {name: f"{value:,.0f}" for name, value in a_day(found).items()}
    day["terabytes"] = f"{a_day(found)['terabytes']:.1f}"
    return day | {
        "pages": str(len(found)),
        "typical_first": f"{typical.first / 1e3:.0f}",
        "typical_next": f"{sorted(v.next for v in found)[len(found) // 2] / 1e3:.0f}",
        "typical_requests": str(sorted(v.requests for v in found)[len(found) // 2]),
        "heaviest_first": f"{heaviest.first / 1e3:.0f}",
        "heaviest_page": heaviest.page,
        "site_megabytes": f"{sum(path.stat().st_size for path in published(site)) / 1e6:.0f}",
    }


def fill_in(page: Path, values: dict[str, str]) -> None:
    """Put values in the places that a page keeps for them."""
    text = PLACEHOLDER.sub(lambda place: values[place[1]], page.read_text(encoding="utf-8"))
    page.write_text(focusable(text), encoding="utf-8")


def finish(app: Sphinx, error: Exception | None) -> None:
    """Complete the site."""
    if error or app.builder.name != "html":
        return
    site = Path(app.outdir)
    for path in site.glob("_downloads/*/*.zip"):
        rewrite_zip(path)
    for old in (site / OFFLINE, *site.glob("*.whl")):
        old.unlink(missing_ok=True)
    shutil.copy(app.config.wheel, site)
    rules = headers(site)
    (site / "_headers").write_text(rules, encoding="utf-8")
    fill_in(
        site / "host.html", numbers(site) | {"headers": html.escape(rules.rstrip(), quote=False)}
    )
    files = {path.relative_to(site).as_posix(): path.read_bytes() for path in published(site)}
    write_zip(site / OFFLINE, files)


def setup(app: Sphinx) -> dict:
    """Hook into the end of the build."""
    app.connect("build-finished", finish, priority=900)  # the last of all
    return {"parallel_read_safe": True, "parallel_write_safe": True}
