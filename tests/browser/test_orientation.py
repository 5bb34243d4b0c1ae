"""Readers see where they are, what is on the page and how to run it, without scrolling."""

import pytest
from playwright.sync_api import expect
from visiting import in_both_sizes

DEEP = [
    "tutorials/algorithms/sac.html",
    "tutorials/practice/scale_up.html",
    "mistakes/train_step.html",
    "host.html",
]
TO_RUN = ["concepts/modules.html", "tutorials/exercises/exercise_2_mlp.html", DEEP[0]]


@pytest.mark.parametrize("page", DEEP)
def test_the_sidebar_shows_the_current_entry(page, window, address):
    window.goto(address + page)
    entry = window.locator(".sidebar-tree .current-page > a")
    expect(entry).to_be_in_viewport(ratio=1)
    assert entry.bounding_box()["y"] >= window.locator(".sidebar-scroll").bounding_box()["y"]


def test_the_logo_and_the_name_take_one_line(window, address):
    window.goto(address)
    assert window.locator(".sidebar-brand").bounding_box()["height"] < 64


@pytest.mark.parametrize(("width", "seen"), [(1216, True), (1280, True), (1200, False)])
def test_the_table_of_contents_is_visible_from_1216_pixels(width, seen, window, address):
    window.set_viewport_size({"width": width, "height": 800})
    window.goto(address + TO_RUN[0])
    contents = expect(window.locator(".toc-tree"))
    contents.to_be_in_viewport() if seen else contents.not_to_be_in_viewport()
    assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")


@in_both_sizes
@pytest.mark.parametrize("page", TO_RUN)
def test_how_to_run_a_page_is_in_its_first_screen(page, window, address):
    window.goto(address + page)
    for link in window.locator(".page-bar a").all():
        expect(link).to_be_in_viewport(ratio=1)
        assert link.bounding_box()["height"] >= 24


@in_both_sizes
def test_the_first_screen_of_the_landing_page_has_a_sentence_start_and_the_pole(window, address):
    window.goto(address)
    hero = window.locator("article .hero")
    expect(hero).to_be_in_viewport(ratio=1)
    assert hero.locator("p").first.inner_text().count(".") == 1
    start = window.get_by_role("link", name="Start", exact=True)
    expect(start).to_be_in_viewport(ratio=1)
    expect(start).to_have_attribute("href", "install.html")
    expect(window.locator("#interactive-pole")).to_be_in_viewport(ratio=1)
