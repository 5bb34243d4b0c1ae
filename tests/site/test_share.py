"""What other programs read of the site, and the link for reporting a problem."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from built import PAGES, SITE
from share import PROJECT, new_issue

COURSE = [page for page in PAGES if not re.match(r"_modules/|genindex|search|404", page)]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_a_description_and_a_picture_for_links_to_it(page, soups):
    meta = {tag.get("name") or tag.get("property"): tag for tag in soups[page].select("meta")}
    assert 10 < len(meta["description"]["content"]) <= 170
    assert meta["og:description"]["content"] == meta["description"]["content"]
    assert "<" not in meta["og:title"]["content"]
    picture = meta["og:image"]["content"]
    if not picture.startswith("http"):
        root = SITE if page == "404.html" else (SITE / page).parent
        assert (root / picture.lstrip("/")).resolve() == SITE / "_static" / "share.png"


def test_the_landing_page_is_described_as_the_project_is(soups):
    described = soups["index.html"].find("meta", {"name": "description"})["content"]
    assert described == PROJECT["description"]


def test_descriptions_differ(soups):
    texts = [soups[page].find("meta", {"name": "description"})["content"] for page in COURSE]
    repeated = {text for text in texts if texts.count(text) > 1}
    assert all(re.search(r"mistakes|check knows", text) for text in repeated), repeated


def test_llms_txt_names_the_source_of_each_page_of_the_course():
    text = (SITE / "llms.txt").read_text(encoding="utf-8")
    sources = re.findall(r"\]\([^)]*?(_sources/[^)]+)\)", text)
    assert all((SITE / source).stat().st_size for source in sources)
    named = {re.sub(r"_sources/(.*)\.\w+$", r"\1.html", source) for source in sources}
    beside = {"index.html", "tutorials/worked_examples/index.html"}  # not in the sidebar
    assert named == set(COURSE) - beside


@pytest.mark.parametrize(
    ("environment", "start", "fields"),
    [
        ({"GITHUB_REPOSITORY": "o/n"}, "https://github.com/o/n/issues/new?", ("title", "body")),
        (
            {"CI_PROJECT_URL": "https://lab.org/o/n"},
            "https://lab.org/o/n/-/issues/new?",
            ("issue[title]", "issue[description]"),
        ),
    ],
)
def test_a_problem_is_reported_where_the_repository_is(environment, start, fields):
    address = new_issue(environment, "A & B", "Page: a\nWhat?")
    assert address.startswith(start)
    asked = parse_qs(urlsplit(address).query)
    assert [asked[field] for field in fields] == [["A & B"], ["Page: a\nWhat?"]]


def test_without_a_repository_there_is_no_link():
    assert new_issue({}, "title", "body") == ""
