"""Every page, light and dark, on a desktop and a phone, does what its readers need and no more."""

import json
import re
from pathlib import Path
from statistics import median

import pytest
from serving import PAGES
from visiting import THEMES

WEIGHTS = Path(__file__).parents[2] / "docs" / "page_weights.json"  # what the page "Host it" says
READING, WITH_PICTURES = 200_000, 450_000  # bytes that a first visit may load
FILES = 38
FAULTS = ["asked_elsewhere", "errors", "moved_by_pictures", "too_wide", "inaccessible"]
# Where fonts come after the first paint, a formula's letters change their widths, and a line may
# then break elsewhere: up to what Core Web Vitals call good.
MOVED_BY_FONTS = 0.1

on_every_page = pytest.mark.parametrize("page", PAGES)
in_both_themes = pytest.mark.parametrize("theme", THEMES)


@on_every_page
@in_both_themes
@pytest.mark.parametrize("fault", FAULTS)
def test_a_page_has_none_of_the_faults_that_a_visit_notes(fault, page, theme, visit):
    assert not getattr(visit(page, theme), fault)


@on_every_page
@in_both_themes
def test_fonts_move_little(page, theme, visit):
    moved = visit(page, theme).moved_by_fonts
    assert sum(value for value, _ in moved) <= MOVED_BY_FONTS, moved


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
