"""Drills are answered by keyboard, by pointer and without scripts; what was done is remembered."""

import json
import re

import pytest
from playwright.sync_api import Page, expect
from serving import SITE
from visiting import in_both_sizes, without_scripts

EXERCISE = "tutorials/parts/exercise_14_gae.html"
QUESTION = "concepts/tensors_and_gradients.html"
NO_STORAGE = """
for (const name of ["getItem", "setItem"]) {
  const kept = Storage.prototype[name];
  Storage.prototype[name] = function (key, ...more) {
    if (key === "pytorch-rl-basics") throw new DOMException("denied", "SecurityError");
    return kept.call(this, key, ...more);
  };
}"""

FORBIDDEN = """
const get = () => { throw new DOMException("denied", "SecurityError"); };
Object.defineProperty(window, "localStorage", { get, configurable: true });"""


def shown(window: Page) -> dict:
    """Find the bug that is asked for among the page's questions."""
    written = window.locator("#interactive-drill > script").text_content()
    bugs = json.loads(written)["bugs"] or window.evaluate("drillData.bugs")
    code = window.locator(".drill-line > span > code").all_text_contents()
    facts = window.locator(".drill dd").all_text_contents()
    (bug,) = (
        bug
        for bug in bugs
        if [line or " " for line in bug["lines"]] == code and [*bug["facts"].values()] == facts
    )
    return bug


def choose(window: Page, value: str) -> None:
    """Choose by pointer, and check."""
    form = window.locator(".drill form").last
    if value.startswith("gap"):
        form.get_by_label("A line is missing").check()
    form.locator(f"label:has(input[value='{value}'])").click()
    form.get_by_role("button", name="Check").click()


def answer(window: Page, wrong: int = 0) -> dict:
    """Answer a bug by pointer: its place, and its mistake or the one so many options later."""
    bug = shown(window)
    choose(window, bug["faults"][0])
    expect(window.get_by_text("Right, this is")).to_be_visible()
    choose(window, str((bug["right"] + wrong) % 4))
    expect(window.locator(".drill-fix")).to_be_visible()
    return bug


def press(window: Page, value: str) -> None:
    """Choose by keyboard in the group that has the focus, and check."""
    for _ in range(60):
        if window.evaluate("document.activeElement.value") == value:
            break
        window.keyboard.press("ArrowDown")
    if not window.evaluate("document.activeElement.checked"):
        window.keyboard.press("Space")
    window.keyboard.press("Enter")


def test_a_bug_is_found_by_keyboard_alone(window, address):
    window.goto(address + EXERCISE)
    summary = window.locator("details.exercise-bugs > summary")
    summary.focus()
    window.keyboard.press("Enter")
    bug = shown(window)
    for _ in range(20):  # over the field for missing lines
        window.keyboard.press("Tab")
        if window.evaluate("document.activeElement.type") == "radio":
            break
    assert window.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    window.keyboard.press("Enter")
    expect(window.get_by_text("Choose one first.")).to_be_visible()
    press(window, bug["faults"][0])
    expect(window.get_by_text("Right, this is")).to_be_visible()
    press(window, str(bug["right"]))
    expect(window.get_by_text("You found this bug.")).to_be_visible()
    expect(window.locator(".drill-fix")).to_contain_text(bug["diff"][-1].strip("+ "))
    window.keyboard.press("Enter")  # the focus is on "Next"
    expect(window.locator(".drill-status")).to_have_text("Found: 1 of 12")
    assert shown(window) != bug
    window.keyboard.press("Tab")
    expect(window.get_by_label("A line is missing")).to_be_focused()


@in_both_sizes
@pytest.mark.parametrize("served", [True, False], ids=["served", "from disk"])
def test_a_bug_that_is_missed_comes_again(window, served, address):
    page = "spot_the_bug.html"
    window.goto(address + page if served else (SITE / page).as_uri())
    window.get_by_label("Bugs of").select_option("td_target")
    missed = answer(window, wrong=1)
    expect(window.get_by_text("Wrong. The answer is marked.")).to_be_visible()
    for _ in range(4):
        window.get_by_role("button", name="Next").click()
        bug = answer(window)
    assert bug == missed
    window.get_by_role("button", name="Next").click()
    expect(window.locator(".drill-status")).to_have_text("Found: 4 of 12")
    window.reload()
    expect(window.locator(".drill-status")).to_have_text("Found: 4 of 216")
    bug = shown(window)
    lines = {f"line {i}" for i, _ in enumerate(bug["lines"])}
    choose(window, min(lines - {*bug["faults"]}))
    choose(window, str(bug["right"]))
    expect(window.get_by_text("Right, but the line was another one.")).to_be_visible()


def test_a_missing_line_is_a_gap(window, address):
    window.goto(address + "spot_the_bug.html")
    window.get_by_label("Bugs of").select_option("polyak_update")
    while not shown(window)["faults"][0].startswith("gap"):
        answer(window)
        window.get_by_role("button", name="Next").click()
    expect(window.locator(".drill-gap:visible")).to_have_count(0)
    answer(window)


@without_scripts
def test_without_scripts_the_bugs_are_a_list(window, address):
    window.goto(address + EXERCISE)
    window.locator("details.exercise-bugs > summary").click()
    first = window.locator("details.exercise-bugs li").first
    expect(first.get_by_text("expected:")).to_be_visible()
    expect(first.get_by_text("One fix:")).to_be_hidden()
    first.locator("summary").click()
    expect(first.get_by_text("One fix:")).to_be_visible()


def test_a_test_asks_twenty_questions_and_says_what_to_read_again(window, address):
    window.goto(address + "test_yourself.html")
    for number in range(1, 21):
        expect(window.locator(".drill-status")).to_have_text(f"Question {number} of 20")
        while window.get_by_role("button", name="Check").count():
            form = window.locator(".drill form").last
            form.locator(".drill-option:visible").last.click()
            form.get_by_role("button", name="Check").click()
        window.get_by_role("button", name=re.compile("Next|Finish")).click()
    expect(window.locator(".drill-status")).to_have_text(re.compile(r"^\d+ of 20 right\.$"))
    counts = [int(n) for n in re.findall(r"\((\d+) wrong\)", window.locator(".drill").inner_text())]
    assert counts == sorted(counts, reverse=True)
    result = window.locator(".drill-status").inner_text()
    window.emulate_media(media="print")
    expect(window.locator(".drill li a").first).to_be_visible()
    expect(window.get_by_role("button", name="Start again")).to_be_hidden()
    window.emulate_media(media="screen")
    window.locator(".drill li a").first.click()
    expect(window.locator("article h1")).to_be_visible()
    assert "test_yourself" not in window.url
    window.goto(address + "progress.html")
    summary = window.locator("#interactive-progress li")
    expect(summary.nth(0)).to_contain_text("Pages read: 0 of")
    expect(summary.nth(3)).to_contain_text(f"Last test: {result}")
    expect(window.get_by_role("paragraph").filter(has_text="Go on with Install.")).to_be_visible()


# -- What the reader has done ---------------------------------------------------------------------


def test_what_is_done_is_ticked_kept_exported_imported_and_forgotten(window, address, tmp_path):
    window.goto(address + QUESTION)
    entry = window.locator(".sidebar-tree a", has_text="Tensors and gradients").first
    expect(entry).not_to_have_class(re.compile("page-read"))
    box = window.locator(".predict").first
    box.locator("label.predict-right").click()
    box.locator("summary").click()
    window.locator("footer .related-pages").scroll_into_view_if_needed()
    expect(entry).to_have_class(re.compile("page-read"))
    expect(entry.locator(".read-note")).to_have_text(" (read)")
    window.reload()
    expect(entry).to_have_class(re.compile("page-read"))
    window.goto(address + "progress.html")
    summary = window.locator("#interactive-progress li")
    expect(summary.nth(0)).to_contain_text(re.compile("Pages read: [12] of"))
    expect(summary.nth(1)).to_contain_text("Predictions right: 1 of 23")
    expect(summary.nth(2)).to_contain_text("Bugs found: 0 of 216")
    with window.expect_download() as download:
        window.get_by_role("button", name="Export").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert json.loads(file.read_text())["pages"][0] == QUESTION.removesuffix(".html")
    window.get_by_role("button", name="Forget").click()  # and Playwright answers "Cancel"
    expect(summary.nth(1)).to_contain_text("Predictions right: 1 of 23")
    window.on("dialog", lambda question: question.accept())
    window.get_by_role("button", name="Forget").click()
    expect(summary.nth(1)).to_contain_text("Predictions right: 0 of")
    expect(window.locator(".page-read")).to_have_count(0)
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}")
    window.get_by_label("Import a file").set_input_files(wrong)
    expect(window.get_by_text("Nothing was changed.")).to_be_visible()
    here = tmp_path / "here.json"  # what is imported is added to what is there
    here.write_text(json.dumps({"pages": ["why"], "predictions": [], "bugs": [], "tests": []}))
    for one in (here, file):
        window.get_by_label("Import a file").set_input_files(one)
    expect(summary.nth(1)).to_contain_text("Predictions right: 1 of")
    expect(window.locator(".page-read", has_text="What PyTorch does")).to_be_attached()
    other = window.context.new_page()  # what is done in another tab is shown here
    other.goto(address + EXERCISE)
    other.locator("footer .related-pages").scroll_into_view_if_needed()
    expect(summary.nth(0)).to_contain_text(re.compile("Pages read: [34] of"))


@pytest.mark.parametrize("blocked", [NO_STORAGE, FORBIDDEN])
@pytest.mark.parametrize(
    ("page", "read"), [(EXERCISE, 1), ("progress.html", 0), ("spot_the_bug.html", 0)]
)
def test_a_browser_without_storage_breaks_nothing(page, read, blocked, window, address):
    window.add_init_script(blocked)
    window.goto(address + page)
    window.locator(".theme-toggle:visible").click()
    expect(window.locator("body")).not_to_have_attribute("data-theme", "auto")
    window.locator("footer .related-pages").scroll_into_view_if_needed()
    expect(window.locator(".sidebar-tree .page-read")).to_have_count(read)


@pytest.mark.parametrize("blocked", [NO_STORAGE, FORBIDDEN])
def test_a_file_that_the_browser_cannot_keep_is_said_to_be_lost(blocked, window, address, tmp_path):
    window.add_init_script(blocked)
    window.goto(address + "progress.html")
    file = tmp_path / "file.json"
    file.write_text(json.dumps({"pages": ["why"], "predictions": [], "bugs": [], "tests": []}))
    window.get_by_label("Import a file").set_input_files(file)
    expect(window.get_by_text("this browser does not keep it")).to_be_visible()


def test_a_test_is_not_left_by_its_links(window, address):
    window.goto(address + "test_yourself.html")
    while not window.locator(".drill-line").count():
        window.locator(".drill-option").last.click()
        window.get_by_role("button", name="Check").click()
        window.get_by_role("button", name="Next").click()
    asked = window.locator(".drill-status").inner_text()
    answer(window)
    with window.context.expect_page():
        window.locator(".drill li a").first.click()
    expect(window.locator(".drill-status")).to_have_text(asked)
