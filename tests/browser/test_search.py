"""The search answers questions, from disk and by keyboard; unknown addresses get a page."""

import re
import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import expect
from serving import SITE
from visiting import in_both_sizes

QUESTIONS = {  # of each part: for each question the pages that answer it
    part: {question: pages.split() for question, pages in (line.split(": ") for line in lines)}
    for part, lines in tomllib.loads(Path(__file__).with_name("searches.toml").read_text()).items()
}
MOST_MISSED = 3
FIRST_THREE = """questions => questions.map(question => {
  const field = document.getElementById("search-words");
  field.value = question;
  field.dispatchEvent(new Event("input"));
  const hits = [...document.querySelectorAll("#search-results a")].slice(0, 3);
  return hits.map(link => link.pathname + link.hash);
})"""


def leads(hit, page):
    """Whether an address is that of a page, or of the section that is named after a "#"."""
    name, _, section = page.partition("#")
    return f"/{name}.html#{section}" in f"{hit}#"


@pytest.fixture(scope="module")
def unanswered(browser):
    """Ask all questions from disk, in one window; list those without an answer, by part."""
    window = browser.new_page()
    window.goto((SITE / "search.html").as_uri())
    missed = {}
    for part, answers in QUESTIONS.items():
        found = dict(zip(answers, window.evaluate(FIRST_THREE, list(answers)), strict=True))
        most = 1 if part == "first" else 3
        missed[part] = [
            (question, found[question])
            for question, pages in answers.items()
            if not any(leads(hit, page) for hit in found[question][:most] for page in pages)
        ]
    window.close()
    return missed


@pytest.mark.parametrize("part", ["named", "first"])
def test_what_readers_search_for_is_found(part, unanswered):
    assert not unanswered[part]


def test_of_forty_questions_thirty_seven_are_answered(unanswered):
    assert len(QUESTIONS["tuned"]) == len(QUESTIONS["unseen"]) == 20
    missed = unanswered["tuned"] + unanswered["unseen"]
    assert len(missed) <= MOST_MISSED, missed


@in_both_sizes
def test_a_hit_leads_to_its_section_by_keyboard(window, address):
    window.goto(address + "search.html")
    window.get_by_label("Words or a question").focus()
    window.keyboard.type("gradient clipping")
    expect(window.get_by_role("status")).to_have_text(re.compile(r"Pages found: \d+"))
    hit = window.locator("#search-results li").first
    expect(hit.locator("p")).not_to_be_empty()
    hit.locator("a").focus()
    window.keyboard.press("Enter")
    expect(window).to_have_url(re.compile(r"training_step\.html#clip-the-gradient$"))
    expect(window.locator("#clip-the-gradient h2")).to_be_in_viewport()


def test_words_that_no_page_has_are_reported(window, address):
    window.goto(address + "search.html?q=qzxv")
    expect(window.get_by_role("status")).to_have_text(re.compile("No page has these words"))


@in_both_sizes
@pytest.mark.parametrize("path", ["no", "no/such/page.html", "concepts/no/deeper/"])
def test_an_unknown_address_gets_a_page_with_styles_and_links(path, window, address):
    missing = []
    window.on("response", lambda answer: answer.status == 404 and missing.append(answer.url))
    window.goto(address + path)
    assert missing == [address + path]
    expect(window.locator("h1")).to_have_text(re.compile("Page not found"))
    expect(window.locator(".sidebar-tree").first).to_have_css("display", "block")
    assert window.evaluate("document.styleSheets.length") > 5
    window.locator("article").get_by_role("link", name="glossary").click()
    expect(window).to_have_url(f"{address}glossary.html")
