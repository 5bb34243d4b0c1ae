"""Readers push the pole, play and set a learning rate, or see the results without scripts."""

import re

import pytest
from playwright.sync_api import expect
from serving import SITE
from visiting import DESKTOP, PATIENCE, PHONE

POLE = "document.querySelector('.pole-pole').getAttribute('transform')"


@pytest.fixture
def opened(browser, address):
    """Give a function that opens the landing page in a fresh window."""
    contexts = []

    def open_page(size=DESKTOP, url=address, **options):
        contexts.append(browser.new_context(viewport=size, **options))
        contexts[-1].set_default_timeout(PATIENCE)
        page = contexts[-1].new_page()
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()


def steps(page):
    """Read how many steps the game took so far."""
    return int(page.locator(".pole-numbers b").first.inner_text())


def test_a_key_pushes_the_pole_at_once_and_the_page_still_scrolls(opened):
    page = opened(reduced_motion="reduce")
    still = page.evaluate(POLE)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator(".pole-pole")).not_to_have_attribute("transform", still)
    page.keyboard.press("ArrowDown")
    page.evaluate("new Promise(done => addEventListener('scroll', done, {once: true}))")
    assert page.evaluate("scrollY") > 0


def test_keys_in_the_search_field_push_nothing(opened):
    page = opened(reduced_motion="reduce")
    page.get_by_label("Search").press("ArrowRight")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert steps(page) == 0


def test_it_moves_until_paused_and_is_still_where_readers_want_less_motion(opened):
    page = opened()
    page.get_by_role("button", name="Pause").click()
    paused = steps(page)
    moved = opened(reduced_motion="reduce")
    expect(moved.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert steps(moved) == 0
    assert steps(page) == paused


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("from_disk", [True, False], ids=["from disk", "served"])
def test_policies_and_readers_play(size, from_disk, opened, address):
    page = opened(size, (SITE / "index.html").as_uri() if from_disk else address)
    status = page.get_by_role("status")
    for name in ("Random", "Scripted"):
        player = page.get_by_role("button", name=name)
        player.focus()
        page.keyboard.press("Enter")
        expect(player).to_have_attribute("aria-pressed", "true")
        expect(status).to_have_text(re.compile(r"after \d+ steps\. Best: \d+\."))
    page.get_by_role("button", name="You").click()
    assert steps(page) == 0
    page.get_by_role("button", name="Push →").hover()
    page.mouse.down()
    expect(status).to_contain_text("Push to play again.")
    page.mouse.up()
    assert steps(page) < 20  # all pushes went to the right


def test_without_scripts_the_results_stand_there_at_the_same_height(opened):
    without, scripted = opened(java_script_enabled=False), opened()
    expect(without.locator("#interactive-pole").get_by_text("Half-trained")).to_be_visible()
    boxes = [page.locator("#interactive-pole").bounding_box() for page in (without, scripted)]
    assert boxes[0] == boxes[1]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_slider_finds_a_learning_rate_that_diverges(size, opened):
    page = opened(size, (SITE / "concepts" / "training_step.html").as_uri())
    figure = page.locator("#interactive-valley")
    rate, said = (
        figure.get_by_role("slider", name="Learning rate"),
        figure.locator("p[role=status]"),
    )
    expect(said).not_to_contain_text("diverges")
    before = figure.locator(".valley-sgd").first.get_attribute("points")
    rate.focus()
    page.keyboard.press("End")
    expect(said).to_contain_text(
        "SGD (dashed) diverges, Momentum (dotted) diverges, Adam (solid) 0"
    )
    assert figure.locator(".valley-sgd").first.get_attribute("points") != before
    page.keyboard.press("Home")
    expect(said).not_to_contain_text("diverges")
    curved = figure.get_by_role("button", name="Curved valley")
    curved.click()
    expect(curved).to_have_attribute("aria-pressed", "true")
    without = opened(size, page.url, java_script_enabled=False).locator("#interactive-valley")
    expect(without.locator("svg")).to_be_visible()
    assert without.bounding_box()["height"] == figure.bounding_box()["height"]
