"""What a visitor comes to do can be done: find, fold open, copy, play, download, print."""

import ast
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from serving import SITE
from visiting import PATIENCE, PROBE, with_scripts_and_without, without_scripts

ERRORS = "errors.html"
EXERCISE = "tutorials/exercises/exercise_3_epsilon_greedy.html"
ALGORITHM = "tutorials/algorithms/dqn.html"
QUESTION = "concepts/training_step.html"
FORMULAS = "tutorials/algorithms/reinforce.html"
VIDEO = "cartpole.html"
PRINTED = [ERRORS, EXERCISE, ALGORITHM, "reference.html", "concepts/training_step.html"]
MESSAGE = "element 0 of tensors does not require grad and does not have a grad_fn"
ENTRY = "no-grad-fn"
A4 = {"width": 718, "height": 1047}  # less margins of 1 cm, in CSS pixels


def tab_to(window: Page, goal: Locator) -> None:
    """Skip the sidebar, then press Tab until the goal has the focus."""
    window.keyboard.press("Tab")
    window.keyboard.press("Enter")  # the first link leads to the content
    for _ in range(100):
        window.keyboard.press("Tab")
        if goal.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"100 times Tab do not lead to {goal}")


# -- Find -----------------------------------------------------------------------------------------


def test_the_matches_of_a_search_can_be_hidden(window, address):
    window.goto(address + "search.html?q=broadcasting")
    window.locator("#search-results a").first.click()
    expect(window.locator("article .highlighted").first).to_be_attached()
    window.get_by_text("Hide Search Matches").click()
    expect(window.locator("article .highlighted")).to_have_count(0)


def test_a_pasted_message_brings_its_entry_to_the_top(window, address):
    window.goto(address + ERRORS)
    sections = window.locator(".error-entry")
    before = sections.evaluate_all("all => all.map(section => section.id)")
    field = window.get_by_label("Paste your message")
    field.fill(f"Traceback (most recent call last):\n  loss.backward()\nRuntimeError: {MESSAGE}")
    expect(window.locator(".error-entry:visible")).to_have_count(1)
    expect(window.locator(".error-found").locator(f"#{ENTRY}")).to_be_in_viewport()
    field.fill("")
    expect(sections).to_have_count(len(before))
    assert sections.evaluate_all("all => all.map(section => section.id)") == before
    expect(sections.first).to_be_visible()


def test_a_message_that_is_not_in_the_error_index_gets_the_nearest_and_what_to_do(window, address):
    window.goto(address + ERRORS)
    advice = window.get_by_text("What to do next:")
    expect(advice).to_be_hidden()
    window.get_by_label("Paste your message").fill("KeyError: 'learning_rate'")
    expect(window.get_by_text("Not in this index.")).to_be_visible()
    expect(window.locator(".error-entry:visible")).to_have_count(0)
    expect(advice).to_be_visible()
    checks = window.locator(".error-prose")
    expect(checks).to_be_hidden()
    links = window.locator(".error-nearest a")
    expect(links).to_have_count(3)
    near = links.first.get_attribute("href")
    links.first.click()
    expect(window.locator(near)).to_be_in_viewport()
    expect(advice).to_be_hidden()
    window.get_by_label("Paste your message").fill("my agent is bad")
    expect(advice).to_be_hidden()
    checks.get_by_role("link").click()
    expect(window).to_have_url(re.compile("/does_not_learn.html$"))


# -- Use ------------------------------------------------------------------------------------------


@with_scripts_and_without
@pytest.mark.parametrize("title", ["Hint 1", "Solution"])
def test_a_fold_opens_by_keyboard_alone(title, window, address):
    window.goto(address + EXERCISE)
    summary = window.locator("summary").filter(has_text=title)
    fold = window.locator("details").filter(has=summary)
    assert not fold.evaluate("fold => fold.open")
    tab_to(window, summary)
    assert summary.evaluate("focused => getComputedStyle(focused).outlineStyle") != "none"
    window.keyboard.press("Enter")
    assert fold.evaluate("fold => fold.open")
    expect(fold.locator(".sd-card-body")).to_be_visible()


@with_scripts_and_without
def test_a_question_is_answered_by_keyboard_alone(window, address):
    window.goto(address + QUESTION)
    box = window.locator(".predict").first
    output = box.locator(".predict-why")
    expect(output).to_be_hidden()
    expect(box.locator(".predict-unchosen")).to_be_visible()
    tab_to(window, box.get_by_role("radio").first)
    window.keyboard.press("ArrowDown")
    expect(box.get_by_role("radio").nth(1)).to_be_checked()
    expect(box.locator(".predict-chosen")).to_be_visible()
    window.keyboard.press("Tab")
    window.keyboard.press("Enter")
    expect(output).to_be_visible()
    expect(output.locator("li").nth(1).locator(".predict-yours")).to_be_visible()
    expect(output.locator(".predict-yours:visible")).to_have_count(1)


def test_the_theme_is_kept_on_the_next_page(window, address):
    background = "getComputedStyle(document.body).backgroundColor"
    window.goto(address)
    light = window.evaluate(background)
    toggle = window.locator(".theme-toggle:visible")
    while window.locator("body").get_attribute("data-theme") != "dark":
        toggle.click()
    dark = window.evaluate(background)
    assert dark != light
    window.locator(".sidebar-tree a").nth(1).click()
    window.wait_for_load_state()
    assert window.url != address
    assert window.evaluate(background) == dark


@pytest.mark.parametrize(
    ("page", "block"),
    [
        (EXERCISE, "div.highlight-Python"),
        (VIDEO, "div.cell_input"),
        ("reference.html", "div.doctest"),
    ],
)
def test_copied_code_runs(page, block, window, address):
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    window.goto(address + page)
    code = window.locator("article").locator(block).first
    code.hover()
    code.locator("button.copybtn").click()
    expect(code.locator("button.copybtn.success")).to_be_visible()
    copied = window.evaluate("navigator.clipboard.readText()")
    ast.parse(copied)
    shown = code.locator("pre").inner_text().splitlines()
    prompted = [line[4:] for line in shown if line.startswith((">>> ", "... "))]
    assert copied.splitlines() == (prompted or shown)  # neither prompts nor outputs


def test_the_keyboard_plays_a_video(window, address):
    window.goto(address + VIDEO)
    video = window.locator("video").first
    if not video.evaluate("video => video.canPlayType('video/mp4; codecs=\"avc1.42E01E\"')"):
        pytest.skip("this Chromium comes without H.264, as Playwright's own does")
    tab_to(window, video)
    window.keyboard.press("Space")
    video.evaluate(  # the site's policy forbids the strings that wait_for_function evaluates
        """(video, patience) => new Promise((done, fail) => {
          video.ontimeupdate = () => video.currentTime > 0.1 && done();
          setTimeout(fail, patience, "the video does not play");
        })""",
        PATIENCE,
    )
    assert video.evaluate("video => video.videoWidth") > 0


# -- Take away ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "ending"),
    [(EXERCISE, ".py"), (EXERCISE, ".ipynb"), ("tutorials/exercises/index.html", "_jupyter.zip")],
)
def test_a_download_is_the_file_on_the_server(page, ending, window, address):
    window.goto(address + page)
    link = window.locator(f"a[download][href$='{ending}']").first
    with window.expect_download() as download:
        link.click()
    file = (SITE / page).parent / link.get_attribute("href")
    assert download.value.suggested_filename == file.name
    assert Path(download.value.path()).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("page", PRINTED)
def test_a_page_is_printed_whole(page, window, address):
    window.set_viewport_size(A4)
    window.emulate_media(media="print")
    window.add_init_script(PROBE)
    window.goto(address + page)
    window.evaluate("probe.unfold()")
    assert not window.evaluate("probe.tooWide()")
    assert not window.evaluate("probe.cutOff()")
    height = window.locator("article").evaluate("article => article.scrollHeight")
    paper = window.pdf(format="A4", margin=dict.fromkeys(("top", "right", "bottom", "left"), "1cm"))
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) >= height // A4["height"]


# -- Without --------------------------------------------------------------------------------------


@without_scripts
def test_without_scripts_formulas_are_set(window, address):
    window.goto(address + FORMULAS)
    formula = window.locator("article .katex").first
    expect(formula.locator(".katex-html")).to_be_visible()
    assert formula.locator("math").count() == 1
    expect(formula).to_have_css("font-family", re.compile("^KaTeX_Main"))


@without_scripts
def test_without_scripts_the_site_can_be_walked(window, address):
    window.goto(address)
    drawer = window.locator(".sidebar-drawer")
    expect(drawer).not_to_be_in_viewport()
    window.locator(".nav-overlay-icon").click()
    expect(drawer).to_be_in_viewport()
    window.locator(".sidebar-tree a").nth(1).click()
    window.locator(".next-page").click()
    expect(window.locator("article h1")).to_be_visible()
    assert window.url.removeprefix(address).endswith(".html")


def test_the_site_works_from_a_folder_on_disk(window):
    errors = []  # but what a page that is left no longer waits for
    window.on("requestfailed", lambda one: "ABORTED" in one.failure or errors.append(one.url))
    window.goto((SITE / "index.html").as_uri())
    window.locator(f".sidebar-tree a[href='{VIDEO}']").click()
    figure = window.locator("article img").first
    assert figure.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    window.get_by_label("Search").fill("broadcasting")
    window.keyboard.press("Enter")
    window.locator("#search-results a").first.click()
    window.wait_for_load_state()
    assert "broadcast" in window.locator("article").inner_text().lower()
    assert not errors
