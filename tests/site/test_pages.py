"""Every page of the built site holds what it promises, and asks nothing of anyone else."""

import re
from collections import Counter
from copy import copy
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

import pytest
from built import PAGES, SCRIPT_PAGES, SITE

from pytorch_rl_basics.exercises import EXERCISES

CONCEPTS = [
    *("tensors_and_gradients", "batches_and_shapes", "modules", "distributions"),
    *("training_step", "devices", "vector_environments"),
]
EXECUTED = [
    *("install", "why", "cartpole", "habits", "check", "checker", "teach"),
    *(f"concepts/{name}" for name in CONCEPTS),
]
WITHOUT_PLOT = {"install", "why", "check", "checker", "teach", "concepts/vector_environments"}
GALLERIES = {  # with the number of their pages
    **{"worked_examples": 2, "exercises": 8, "parts": 9, "algorithms": 5, "improved": 4},
    **{"pitfalls": 8, "laboratory": 2, "practice": 7},
}
LAST_CONCEPT = {  # that an exercise needs
    1: "tensors_and_gradients",
    **dict.fromkeys((2, 3), "modules"),
    4: "distributions",
    **dict.fromkeys((5, 6, 7), "training_step"),
    **dict.fromkeys(range(8, 18), "habits"),
}
LAST_PART = {  # the number of the exercise that comes last before an agent
    "algorithms/dqn": 10,
    "improved/dqn_improved": 11,
    "algorithms/reinforce": 13,
    "algorithms/actor_critic": 15,
    "algorithms/ppo": 16,
    "improved/policy_gradients_improved": 16,
    "improved/continuous_actions": 16,
    "algorithms/sac": 17,
    "improved/sac_improved": 17,
}
TUTORIALS = SITE.parents[2] / "tutorials"
AGENTS = ["dqn", "reinforce", "actor_critic", "ppo", "sac"]  # as the columns of a table
RAW_TEX = re.compile(r"\\(frac|sum|log|gamma|pi|theta|mathbb|operatorname)\b")


def test_the_site_is_complete():
    assert Counter(page.split("/")[1] for page in SCRIPT_PAGES) == GALLERIES
    mistakes = (f"mistakes/{exercise}" for exercise in EXERCISES)
    read = ("learning_path", "next_steps", "errors", "glossary", "reference", *mistakes)
    assert {f"{page}.html" for page in (*EXECUTED, *read)} <= set(PAGES)


@pytest.mark.parametrize("page", SCRIPT_PAGES)
def test_a_script_page_shows_its_output_and_its_plot(page, soups):
    assert soups[page].select(".sphx-glr-script-out pre"), "no printed output"
    plots = "img.sphx-glr-single-img, img.sphx-glr-multi-img, img.xray-graph"
    assert soups[page].select(plots), "no plot"


@pytest.mark.parametrize("page", EXECUTED)
def test_a_reading_page_shows_its_output_and_its_plot(page, soups):
    assert soups[f"{page}.html"].select(".cell_output"), "no output"
    plots = "article img, article .interactive"
    assert page in WITHOUT_PLOT or soups[f"{page}.html"].select(plots), "no plot"


@pytest.mark.parametrize("page", PAGES)
def test_every_picture_says_its_size_and_what_it_shows(page, soups):
    for picture in soups[page].select("img, video"):
        assert picture.has_attr("width"), picture
        assert picture.has_attr("height"), picture
    for image in soups[page].select("article img"):
        alt = image.get("alt", "")
        assert len(alt) > 5, f"{image['src']} has no text"
        if "_thumb" not in image["src"]:  # more than its title
            assert len(alt) > 60, f"{image['src']}: {alt}"
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
def test_every_link_within_the_site_leads_somewhere(page, soups, ids):
    root = soups[page].html["data-content_root"]  # on the page for unknown addresses, a path
    for link in soups[page].select("a[href]"):
        target = urlsplit(link["href"])
        if target.scheme or target.netloc:
            continue
        name = target.path.removeprefix(root) if root.startswith("/") else target.path
        path = (SITE / page).parent / unquote(name) if name else SITE / page
        assert path.resolve().exists(), link["href"]
        name = path.resolve().relative_to(SITE).as_posix()
        if target.fragment and name in soups:
            assert unquote(target.fragment) in ids[name], link["href"]


@pytest.mark.parametrize("page", PAGES)
def test_no_id_stands_twice(page, ids):
    assert [name for name, times in ids[page].items() if times > 1] == []


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


def linked(page, tags):
    """List the pages that some links of a page lead to."""
    return [normpath(join(dirname(page), tag["href"])) for tag in tags]


def walk(soups, page, link):
    """Follow one kind of link from page to page."""
    while page:
        yield page
        page = next(iter(linked(page, soups[page].select(link))), None)


@pytest.fixture(scope="module")
def orders(soups):
    """Give the order of the course as each list has it."""
    galleries = [f"tutorials/{name}/index.html" for name in ("exercises", "parts")]
    cards = ".sphx-glr-thumbcontainer a.reference"
    return {
        "sidebar": linked("index.html", soups["index.html"].select(".sidebar-tree a.reference")),
        "learning path": linked("learning_path.html", soups["learning_path.html"].select("td a")),
        "cards": [card for page in galleries for card in linked(page, soups[page].select(cards))],
    }


@pytest.mark.parametrize("name", ["sidebar", "learning path", "cards"])
def test_exercises_are_in_the_order_of_their_numbers(name, orders):
    numbers = re.findall(r"/exercise_(\d+)_", " ".join(orders[name]))
    assert list(dict.fromkeys(numbers)) == [str(number) for number in range(1, 18)]


@pytest.mark.parametrize("name", ["sidebar", "learning path"])
def test_an_agent_comes_right_after_the_last_of_its_parts(name, orders):
    last, found = 0, {}
    for page in dict.fromkeys(orders[name]):
        if exercise := re.search(r"/exercise_(\d+)_", page):
            last = int(exercise[1])
        elif agent := re.fullmatch(r"tutorials/((?:algorithms|improved)/(?!index)\w+)\.html", page):
            found[agent[1]] = last
    assert list(found.items()) == list(LAST_PART.items())


@pytest.mark.parametrize("name", ["sidebar", "learning path"])
@pytest.mark.parametrize("number", LAST_CONCEPT)
def test_an_exercise_comes_after_the_concepts_that_it_needs(number, name, orders):
    order = orders[name]
    concept = next(i for i, page in enumerate(order) if LAST_CONCEPT[number] in page)
    assert all(order.index(page) > concept for page in order if f"/exercise_{number}_" in page)


def test_previous_and_next_follow_the_sidebar(soups, orders):
    course = list(walk(soups, "index.html", "a.next-page"))
    assert course == ["index.html", *orders["sidebar"]]
    assert course[1] == "install.html"
    assert list(walk(soups, course[-1], "a.prev-page")) == course[::-1]


def test_the_table_of_what_agents_use_counts_their_optimizers(soups):
    *_, row = soups["why.html"].select("table tr")
    counts = [cell.get_text() for cell in row.select("td")][1:]
    scripts = [(TUTORIALS / "algorithms" / f"{name}.py").read_text("utf-8") for name in AGENTS]
    loop = re.compile(r"^def train\(.*?^    return ", re.MULTILINE | re.DOTALL)
    loops = [loop.search(script)[0] for script in scripts]
    assert counts == [str(code.count("torch.optim.")) for code in loops]


def test_an_exercise_and_the_agent_that_uses_it_link_to_each_other(soups):
    pair = "tutorials/exercises/exercise_3_epsilon_greedy.html", "tutorials/algorithms/dqn.html"
    for page, other in (pair, pair[::-1]):
        assert other in linked(page, soups[page].select("article a[href]"))


def test_each_page_about_agents_or_mistakes_ends_with_a_link_to_the_checks(soups):
    galleries = "tutorials/(algorithms|improved|laboratory|pitfalls)/"
    pages = [page for page in PAGES if re.match(rf"errors\.|mistakes/|{galleries}", page)]
    assert len(pages) > 40
    for page in pages:
        *_, last = linked(page, soups[page].select("article a[href]"))
        assert last == "tutorials/practice/does_not_learn.html", page


@pytest.mark.parametrize("page", [page for page in SCRIPT_PAGES if "/exercise_" in page])
def test_an_exercise_page_says_what_the_checker_answers(page, soups):
    text = soups[page].find("article").get_text()
    assert "not attempted yet" in text
    assert "mistake:" in text
    assert "drawn with" in text or "own_or_reference" in text
