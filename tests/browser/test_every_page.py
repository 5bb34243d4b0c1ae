"""Every page, light and dark, on a desktop and a phone, does what its readers need and no more."""

import json
import re
from pathlib import Path
from statistics import median
from urllib.parse import unquote

import pytest
from serving import PAGES, SITE
from visiting import THEMES

WEIGHTS = Path(__file__).parents[2] / "docs" / "page_weights.json"  # what the page "Host it" says
READING, WITH_PICTURES = 200_000, 450_000  # bytes that a first visit may load
FILES = 38
# Where fonts come after the first paint, a formula's letters change their widths, and a line may
# then break elsewhere: up to what Core Web Vitals call good.
MOVED_BY_FONTS = 0.1

on_every_page = pytest.mark.parametrize("page", PAGES)
in_both_themes = pytest.mark.parametrize("theme", THEMES)


@on_every_page
@in_both_themes
def test_axe_finds_nothing_and_all_text_stands_out(page, theme, visit):
    assert not visit(page, theme).inaccessible


@on_every_page
def test_every_link_leads_somewhere(page, visit):
    for link in visit(page, "light").links:
        name, _, anchor = unquote(link).partition("#")
        name = name or "index.html"
        assert (SITE / name).is_file(), link
        if anchor and name in PAGES:
            assert anchor in visit(name, "light").ids, link


@on_every_page
@in_both_themes
def test_nothing_is_asked_of_another_host(page, theme, visit):
    assert not visit(page, theme).elsewhere


@on_every_page
@in_both_themes
def test_the_console_stays_empty_and_nothing_is_missing(page, theme, visit):
    assert not visit(page, theme).errors


@on_every_page
@in_both_themes
def test_nothing_moves_while_the_page_loads(page, theme, visit):
    seen = visit(page, theme)
    assert not seen.moved_by_pictures
    assert sum(value for value, _ in seen.moved_by_fonts) <= MOVED_BY_FONTS, seen.moved_by_fonts


@on_every_page
def test_pictures_and_videos_say_their_size(page, visit):
    assert not visit(page, "light").without_size


@on_every_page
@in_both_themes
def test_a_phone_scrolls_down_only(page, theme, visit):
    assert not visit(page, theme).too_wide


@on_every_page
def test_no_id_stands_twice(page, visit):
    assert not visit(page, "light").repeated_ids


@on_every_page
def test_a_first_visit_is_light(page, visit):
    seen = visit(page, "light")
    limit = WITH_PICTURES if seen.pictures else READING
    assert seen.weight <= limit
    assert len(seen.files) <= FILES


def test_the_page_on_hosting_says_what_pages_weigh(visit, pytestconfig):
    seen = {page: visit(page, "light") for page in PAGES if not page.startswith("_modules/")}
    heaviest = max(seen, key=lambda page: seen[page].weight)
    weights = {
        "pages": len(seen),
        "typical first visit, kB": round(median(v.weight for v in seen.values()) / 1000),
        "typical next page, kB": round(median(v.own_weight for v in seen.values()) / 1000),
        "typical requests": round(median(len(v.files) for v in seen.values())),
        "heaviest page": heaviest,
        "its first visit, kB": round(seen[heaviest].weight / 1000),
    }
    if pytestconfig.getoption("--write"):
        WEIGHTS.write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")
    written = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    assert written.pop("heaviest page") == weights.pop("heaviest page")
    assert written == pytest.approx(weights, rel=0.1)


@in_both_themes
def test_text_in_figures_stands_out(browser, address, theme):
    style = Path(__file__).parents[2].joinpath("docs", "matplotlibrc").read_text()
    colours = re.findall(
        r"^(?:text\.color|axes\.labelcolor|[xy]tick\.color): (\w{6})$", style, re.M
    )
    assert len(colours) == 4
    colours += re.findall(r'"(\w{6})"', style)  # those of lines, which their labels take
    colours = [f"#{colour}" for colour in colours]
    window = browser.new_context(color_scheme=theme).new_page()
    window.add_init_script(path=Path(__file__).with_name("probe.js"))
    window.goto(address)
    ratios = dict(zip(colours, window.evaluate("x => probe.inFigures(x)", colours), strict=True))
    assert min(ratios.values()) >= 4.5, ratios
    window.context.close()
