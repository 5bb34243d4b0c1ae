"""The drills ask what they know: the place of each edit, and other mistakes that look different."""

import gzip
import itertools
import json
import re

import pytest
from built import SITE
from drills import TRUE_TOO

from pytorch_rl_basics.exercises import EXERCISES, check_of

FILE = SITE / "_static" / "drill_data.js"
NAMES = list(EXERCISES)
PAGES = sorted({f"{exercise.page}.html" for exercise in EXERCISES.values()})


@pytest.fixture(scope="module")
def data():
    """Read the questions of the pages that mix them."""
    return json.loads(FILE.read_text("utf-8").removeprefix("const drillData = ").rstrip(";\n"))


@pytest.fixture(scope="module")
def bugs(data):
    """Give the bugs of each exercise."""
    return {name: [b for b in data["bugs"] if b["id"].startswith(f"{name}/")] for name in NAMES}


def first_sentence(mistake):
    """Give the option that names a mistake."""
    return re.split(r"(?<=\.) ", mistake.misconception)[0].removesuffix(".")


@pytest.mark.parametrize("name", NAMES)
def test_the_places_at_fault_are_where_the_edit_changed_the_code(name, bugs):
    mistakes = {f"{name}/{mistake.slug}": mistake for mistake in check_of(name).mistakes}
    for bug in bugs[name]:
        form = mistakes[bug["id"]].forms[0]
        assert "\n".join(bug["lines"]) == form.source.rstrip()
        right = form.right.rstrip().split("\n")
        places = [place.split() for place in bug["faults"]]
        lines = {int(number) for kind, number in places if kind == "line"}
        assert places
        assert lines < set(range(len(bug["lines"])))
        rest = iter(right)  # without the lines at fault, what is left is right, in the same order
        assert all(line in rest for i, line in enumerate(bug["lines"]) if i not in lines)
        neighbours = set(zip(["", *right], [*right, ""], strict=True))
        for gap in (int(number) for kind, number in places if kind == "gap"):
            around = ["", *bug["lines"], ""]
            assert (around[gap], around[gap + 1]) not in neighbours
        removed, added = ({s[2:].strip() for s in bug["diff"] if s[0] == sign} for sign in "-+")
        assert {bug["lines"][line].strip() for line in lines} == removed
        assert added <= {line.strip() for line in right}


@pytest.mark.parametrize("name", NAMES)
def test_no_other_option_is_a_mistake_that_looks_the_same_to_the_checker(name, bugs, soups):
    seen = {}
    for mistake in check_of(name).mistakes:
        anchor = f"{name}-{mistake.slug}".replace("_", "-")
        section = soups[f"mistakes/{name}.html"].find(id=anchor)
        report = " ".join(section.select(".highlight-text pre")[-1].get_text().split())
        report = re.sub(r" printed: .*? got: ", " got: ", report)
        facts = re.search(r"called: .*? expected: .*? (?=where: |mistake: )", report)
        seen.setdefault(first_sentence(mistake), set()).add(facts[0])
    for bug in bugs[name]:
        right = bug["options"][bug["right"]]
        assert len(set(bug["options"])) == 4
        for option in set(bug["options"]) - {right}:
            assert not seen[option] & seen[right], (bug["id"], option)
            kind = bug["facts"]["expected"]
            if kind.startswith(("the result is:", "its entries are:")):
                # "not an int" is true of a float, too
                assert not any(f"expected: {kind} " in report for report in seen[option])
        for label, text in bug["facts"].items():
            assert f"{label}: {' '.join(text.split())}" in " ".join(seen[right])


@pytest.mark.parametrize(("asked", "others"), TRUE_TOO.items())
def test_no_other_option_is_true_as_readers_may_understand_it(asked, others, bugs):
    name, _, slug = asked.partition("/")
    said = {mistake.slug: first_sentence(mistake) for mistake in check_of(name).mistakes}
    [options] = (bug["options"] for bug in bugs[name] if bug["id"] == asked)
    assert said[slug] in options
    assert not {said[other] for other in others.split()} & set(options)


def test_few_other_options_name_what_is_not_in_the_program(bugs):
    absent = []
    for bug in itertools.chain(*bugs.values()):
        words = set(re.findall(r"\w+", json.dumps([bug["lines"], bug["diff"]])))
        wrong = [option for i, option in enumerate(bug["options"]) if i != bug["right"]]
        named = re.findall(r"`([^`]+)`", " ".join(wrong))
        absent += [name for name in named if not set(re.findall(r"\w+", name)) <= words]
    assert len(absent) < 40, absent


@pytest.mark.parametrize("name", NAMES)
def test_each_exercise_has_twelve_bugs_and_none_names_itself(name, bugs):
    assert len(bugs[name]) == 12
    for bug in bugs[name]:
        slug = bug["id"].partition("/")[2]
        assert slug not in json.dumps([bug["lines"], bug["facts"], bug["options"]])


@pytest.mark.parametrize("page", PAGES)
def test_an_exercise_s_bugs_are_in_a_closed_fold_below_its_solution(page, soups, bugs):
    (fold,) = soups[page].select("details.exercise-bugs")
    assert not fold.has_attr("open")
    assert "exercise-solution" in fold.find_previous_sibling("details")["class"]
    (written,) = fold.select("script[type='application/json']")
    assert len(written.get_text()) < 40_000
    of_page = [
        bug for name in NAMES if page == f"{EXERCISES[name].page}.html" for bug in bugs[name]
    ]
    assert json.loads(written.get_text())["bugs"] == of_page
    listed = fold.select(".interactive-static > ol > li")
    assert [item.pre.get_text().split("\n") for item in listed] == [b["lines"] for b in of_page]
    assert not soups[page].select("script[src*='drill_data']")


def test_the_questions_of_the_mixed_pages_are_small_and_lead_to_pages(data, soups, ids):
    assert len(gzip.compress(FILE.read_bytes())) < 150_000
    assert (len(data["predictions"]), len(data["shapes"])) == (12, 8)
    for question in [*data["predictions"], *data["shapes"], *data["bugs"]]:
        assert f"{question['page']}.html" in soups
        assert len(question["options"]) >= 3
        for place in question.get("see", ()):
            page, _, anchor = place.partition("#")
            assert not anchor or anchor in ids[page]


def test_the_questions_are_those_of_their_pages(data, soups):
    for question in data["predictions"]:
        page, _, name = question["id"].partition("#")
        box = soups[f"{page}.html"].find(id=name)
        labels = box.select("label")
        assert question["right"] == labels.index(box.select_one(".predict-right"))
        assert len(question["reasons"]) == len(question["options"]) == len(labels)
        assert question["code"].split() == box.select_one(".highlight pre").get_text().split()


def test_the_page_says_of_what_a_test_is_made(soups, data):
    script = (SITE / "_static" / "interactive" / "drill.js").read_text("utf-8")
    asked = re.search(r"const TEST = \{(.*?)\}", script)[1]
    counts = {kind: int(number) for kind, number in re.findall(r"(\w+): (\d+)", asked)}
    said = " ".join(soups["test_yourself.html"].article.text.split())
    assert counts == {"bugs": 8, "predictions": 7, "shapes": 5}
    assert "Twenty questions over the whole course: eight bugs, seven predictions and five" in said
    assert all(len(data[kind]) >= number for kind, number in counts.items())
