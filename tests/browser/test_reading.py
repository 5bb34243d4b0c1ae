"""What a page shows is read as it is meant: nothing is cut, signs are signs, links open folds."""

import re

import pytest
from playwright.sync_api import expect
from visiting import DESKTOP, PATIENCE, PHONE, with_scripts_and_without


@pytest.fixture
def dark(new_window):
    """A dark window as narrow as a phone."""
    return new_window(viewport=PHONE, color_scheme="dark")


@pytest.mark.parametrize("page", ["parts/exercise_14_gae", "algorithms/sac"])
def test_each_part_of_a_formula_can_be_seen_on_a_phone(page, dark, address):
    dark.goto(f"{address}tutorials/{page}.html")
    ends = dark.locator("div.math .base").evaluate_all(
        """all => all.map(part => [part, part.closest("div.math")]).map(([part, box]) =>
        part.getBoundingClientRect().right - box.getBoundingClientRect().left - box.scrollWidth)"""
    )
    assert len(ends) > 3
    assert max(ends) <= 1


def test_the_keyboard_scrolls_what_is_wide_and_its_edge_is_seen(dark, address):
    dark.goto(f"{address}benchmark.html")
    wide = dark.locator("article :is(pre, .table-wrapper)[tabindex]:visible").first
    expect(wide).to_have_css("background-image", re.compile("gradient"))
    wide.focus()
    dark.keyboard.press("ArrowRight")
    wide.evaluate(
        """(box, patience) => new Promise((done, fail) => {
          box.onscroll = done;
          if (box.scrollLeft) done();
          setTimeout(fail, patience, "it does not scroll");
        })""",
        PATIENCE,
    )


def test_a_verdict_has_a_sign_and_a_colour_and_wraps(dark, address):
    dark.goto(f"{address}check.html")
    signs, colours = set(), set()
    for verdict in ("passed", "not-yet", "not-attempted-yet"):
        line = dark.locator(f".verdict-{verdict}").first
        signs.add(line.evaluate("it => getComputedStyle(it, '::before').content"))
        colours.add(line.evaluate("it => getComputedStyle(it).color"))
        text = line.locator("xpath=ancestor::pre")
        assert text.evaluate("text => text.scrollWidth <= text.clientWidth")
    assert len(signs) == len(colours) == 3


def test_films_are_side_by_side_near_the_top_with_posters_and_dark(dark, address):
    dark.set_viewport_size(DESKTOP)
    dark.goto(f"{address}tutorials/improved/sac_improved.html")
    before, after = dark.locator("video").all()
    assert before.bounding_box()["y"] == after.bounding_box()["y"] < DESKTOP["height"]
    for film in (before, after):
        assert film.get_attribute("poster")
        assert "invert" in film.evaluate("film => getComputedStyle(film).filter")


@with_scripts_and_without
def test_a_link_opens_one_entry_of_the_error_index(window, address):
    window.goto(f"{address}errors.html#no-grad-fn")
    expect(window.locator("#no-grad-fn .error-message")).to_be_in_viewport()
    expect(window.locator(".error-message:visible")).to_have_count(1)
