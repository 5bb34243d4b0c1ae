"""What the end of the build adds: headers, archives, the size of the site, the stamp."""

import base64
import hashlib
import re
import zipfile
from types import SimpleNamespace

import finished_site
import pytest
from built import PAGES, SITE
from finished_site import OFFLINE
from provenance import in_words, seeds
from test_pages import GALLERIES

HEADERS = (SITE / "_headers").read_text() if PAGES else ""
ARCHIVES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.zip"))


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


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("x = 3", set()),
        ("torch.manual_seed(7); random.seed(8)", {7, 8}),
        ("env.reset(seed=9)", {9}),
        ("env.reset(seed=seed)", set()),
        ("runs = [train(seed) for seed in range(3)]", {0, 1, 2}),
        ("SEEDS = 2\nfor seed in range(SEEDS): train(seed)", {0, 1}),
        ("for seed in (4, 6): train(seed)", {4, 6}),
    ],
)
def test_the_seeds_of_code(code, found):
    assert seeds(code) == found


def test_neighbours_are_written_as_a_range():
    assert in_words({0, 1, 2, 3, 7, 1000}) == "0–3, 7, 1000"


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


@pytest.mark.parametrize("gallery", GALLERIES)
@pytest.mark.parametrize(("kind", "suffix"), [("python", ".py"), ("jupyter", ".ipynb")])
def test_each_gallery_comes_as_a_zip_of_what_can_be_downloaded_alone(gallery, kind, suffix):
    single = {path.name: path for path in SITE.glob(f"_downloads/*/*{suffix}")}
    (archive,) = SITE.glob(f"_downloads/*/{gallery}_{kind}.zip")
    with zipfile.ZipFile(archive) as files:
        names = files.namelist()
        assert len(names) >= 2
        for name in names:
            assert files.read(name) == single[name.rpartition("/")[2]].read_bytes()


@pytest.mark.parametrize("zipped", [{}, {"a.py": b"1"}, {"a.py": b"2"}], ids=["no", "old", "new"])
def test_a_build_begins_without_what_a_killed_one_had_not_finished(zipped, tmp_path):
    app = SimpleNamespace(doctreedir=tmp_path, outdir=tmp_path, srcdir=tmp_path)
    script = tmp_path / "tutorials/exercises/a.py"
    script.parent.mkdir(parents=True)
    script.write_bytes(b"2")
    note, pages = script.with_suffix(".py.md5"), tmp_path / "environment.pickle"
    note.touch()
    pages.touch()
    static = tmp_path / "_static"
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
