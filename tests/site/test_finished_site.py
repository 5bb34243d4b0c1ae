"""What the end of the build adds: headers, archives, the size of the site, the stamp."""

import base64
import hashlib
import re
import zipfile
from types import SimpleNamespace

import finished_site
import pytest
from built import PAGES, SITE

HEADERS = (SITE / "_headers").read_text() if PAGES else ""
ARCHIVES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.zip"))
OFFLINE = "pytorch-rl-basics.zip"


@pytest.mark.parametrize("page", PAGES)
def test_the_policy_allows_what_a_page_holds(page, soups):
    policy = re.search(r"Content-Security-Policy: (.*)", HEADERS)[1]
    for script in soups[page].select("script:not([src], [type='application/json'])"):
        digest = hashlib.sha256(script.get_text().encode()).digest()
        assert f"'sha256-{base64.b64encode(digest).decode()}'" in policy
    for tag in soups[page].find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")], tag.name
        assert not str(tag.get("href", "")).startswith("javascript:")


def test_the_policy_allows_no_script_of_others():
    assert "default-src 'none'" in HEADERS
    assert "script-src 'self' 'sha256-" in HEADERS
    scripts = re.search(r"script-src [^;]*", HEADERS)[0]
    assert not re.search(r"unsafe|http|\*|data:", scripts)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_from_which_commit_and_torch_it_was_made(page, soups):
    stamp = soups[page].select_one(".last-updated")
    assert re.search(r"\d{4}-\d\d-\d\d\. Built with torch 2\.\d+\.\d+", stamp.get_text())
    if page.startswith("tutorials/") and not page.endswith("index.html"):
        assert re.search(r"random seeds? 0\b", stamp.get_text())


def test_every_number_of_the_page_on_hosting_is_filled_in():
    page = (SITE / "host.html").read_text()
    assert "{{" not in page
    assert "Content-Security-Policy: default-src" in page


def test_the_whole_site_comes_as_one_zip():
    with zipfile.ZipFile(SITE / OFFLINE) as archive:
        names = set(archive.namelist())
        assert set(PAGES) <= names
        assert archive.read("index.html") == (SITE / "index.html").read_bytes()
    assert not [name for name in names if name.startswith((".", OFFLINE))]


@pytest.mark.parametrize("archive", ARCHIVES)
def test_an_archive_depends_on_nothing_but_what_it_holds(archive):
    with zipfile.ZipFile(SITE / archive) as files:
        entries = files.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert len({entry.date_time for entry in entries}) == 1


@pytest.mark.parametrize("archive", [name for name in ARCHIVES if name != OFFLINE])
def test_a_gallery_s_archive_holds_the_files_that_can_be_downloaded_alone(archive):
    single = {
        path.name: path for path in SITE.glob("_downloads/*/*.[pi]*") if ".zip" not in path.name
    }
    with zipfile.ZipFile(SITE / archive) as files:
        for name in files.namelist():
            assert files.read(name) == single[name.rpartition("/")[2]].read_bytes()


@pytest.mark.parametrize("zipped", [{}, {"a.py": b"1"}, {"a.py": b"2"}], ids=["no", "old", "new"])
def test_a_build_begins_without_what_a_killed_one_had_not_finished(zipped, tmp_path):
    app = SimpleNamespace(doctreedir=tmp_path, outdir=tmp_path, srcdir=tmp_path)
    script = tmp_path / "tutorials/exercises/a.py"
    script.parent.mkdir(parents=True)
    script.write_bytes(b"2")
    note, pages, static = (
        script.with_suffix(".py.md5"),
        tmp_path / "environment.pickle",
        tmp_path / "_static",
    )
    for file in (note, pages):
        file.touch()
    static.mkdir()
    if zipped:
        finished_site.write_zip(script.with_suffix(".zip"), zipped)
    finished_site.begin(app)
    assert note.exists() == (zipped.get("a.py") == b"2")
    assert pages.exists()
    finished_site.unwritten(app).touch()
    finished_site.begin(app)
    assert not pages.exists()
    assert not static.exists()
