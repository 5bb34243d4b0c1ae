"""Every page of the built site holds what it promises, and asks nothing of anyone else."""

import re
from copy import copy
from urllib.parse import unquote, urlsplit

import pytest
from built import PAGES, SCRIPT_PAGES

from pytorch_rl_basics.exercises import EXERCISES

CONCEPTS = ["tensors_and_gradients", "batches_and_shapes", "modules", "training_step", "devices"]
EXECUTED = [
    "index",
    "why",
    "cartpole",
    "habits",
    "check",
    "checker",
    *(f"concepts/{name}" for name in CONCEPTS),
]
RAW_TEX = re.compile(r"\\(frac|sum|log|gamma|pi|theta|mathbb|operatorname)\b")


def test_the_site_is_complete():
    assert sum("/exercises/exercise_" in page for page in PAGES) == 8
    assert sum("/worked_examples/example_" in page for page in PAGES) == 2
    assert sum(page.startswith("tutorials/algorithms/") for page in PAGES) == 6  # with their index
    assert sum(page.startswith("tutorials/pitfalls/") for page in PAGES) == 9
    assert sum(page.startswith("tutorials/laboratory/") for page in PAGES) == 3
    assert {f"mistakes/{exercise}.html" for exercise in EXERCISES} <= set(PAGES)
    expected = {
        f"{page}.html" for page in [*EXECUTED, "learning_path", "errors", "glossary", "reference"]
    }
    assert expected <= set(PAGES)


@pytest.mark.parametrize("page", SCRIPT_PAGES)
def test_a_script_page_shows_its_output_and_its_plot(page, soups):
    assert soups[page].select(".sphx-glr-script-out pre"), "no printed output"
    plots = "img.sphx-glr-single-img, img.sphx-glr-multi-img, img.xray-graph"
    assert soups[page].select(plots), "no plot"


@pytest.mark.parametrize("page", EXECUTED)
def test_a_reading_page_shows_its_output(page, soups):
    assert soups[f"{page}.html"].select(".cell_output")


@pytest.mark.parametrize("page", sorted(set(EXECUTED) - {"why", "check", "checker"}))
def test_a_reading_page_shows_its_plot(page, soups):
    assert soups[f"{page}.html"].select("article img")


@pytest.mark.parametrize("page", PAGES)
def test_every_picture_says_what_it_shows(page, soups):
    for image in soups[page].select("article img"):
        alt = image.get("alt", "")
        assert len(alt) > 5, f"{image['src']} has no text"
        assert not re.search(r"\.(png|svg|jpg)$|^_images|/", alt.split()[-1]), alt
    for video in soups[page].select("video"):
        assert video.has_attr("controls")
        assert not video.has_attr("autoplay")
        assert len(video.get("aria-label", "")) > 20


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_fetched_from_a_third_party(page, soups):
    loading = soups[page].select("script[src], img[src], source[src], iframe[src], link[href]")
    addresses = [tag.get("src") or tag.get("href") for tag in loading]
    assert not [address for address in addresses if re.match(r"(https?:)?//", address)]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_within_the_site_leads_somewhere(page, site, soups):
    for link in soups[page].select("a[href]"):
        target = urlsplit(link["href"])
        if target.scheme or target.netloc:
            continue
        path = (site / page).parent / unquote(target.path) if target.path else site / page
        assert path.resolve().exists(), link["href"]
        name = path.resolve().relative_to(site).as_posix()
        if target.fragment and name in soups:
            assert soups[name].find(id=unquote(target.fragment)), link["href"]


@pytest.mark.parametrize("page", PAGES)
def test_no_markup_is_left_in_the_text(page, soups):
    article = soups[page].find("article")
    if article is None or page.startswith("_modules"):
        return
    article = copy(article)  # the parsed page serves other tests too
    for tag in article.select("pre, code, annotation, script, .katex"):
        tag.extract()
    text = article.get_text()
    assert not re.search(
        r":(func|class|doc|term|ref|math|meth|py:\w+):`|\{(doc|term|py:\w+)\}`", text
    )
    assert not re.search(r"^\s*\.\. \w+::", text, re.MULTILINE)
    assert not RAW_TEX.search(text)


def test_search_finds_the_functions_and_the_terms(site):
    index = (site / "searchindex.js").read_text()
    for word in ("epsilon_greedy", "td_target", "broadcast", "mat1"):
        assert word in index


@pytest.mark.parametrize("page", [page for page in SCRIPT_PAGES if "/exercises/" in page])
def test_an_exercise_page_says_what_the_checker_answers(page, soups):
    text = soups[page].find("article").get_text()
    assert "not attempted yet" in text
    assert "mistake:" in text
    assert "drawn with" in text or "own_or_reference" in text
