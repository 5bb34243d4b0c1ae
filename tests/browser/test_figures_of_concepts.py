"""The figures on autograd, shapes and the target network's lag answer readers."""

import re

import pytest
from playwright.sync_api import expect
from serving import SITE
from visiting import DESKTOP, PATIENCE, PHONE, PROBE

PAGES = {
    "autograd": "concepts/tensors_and_gradients.html",
    "shapes": "tutorials/exercises/exercise_7_select_log_probs.html",
    "lag": "tutorials/exercises/exercise_8_target_network.html",
}


@pytest.fixture(params=["served, desktop", "from disk, phone"])
def figure(request, browser, address):
    """Give a function that opens a page, and gives its figure and what that says."""
    root, size = (address, DESKTOP) if "served" in request.param else (SITE.as_uri() + "/", PHONE)
    window = browser.new_context(viewport=size, reduced_motion="reduce").new_page()
    window.set_default_timeout(PATIENCE)
    window.add_init_script(PROBE)

    def open_page(name):
        window.goto(root + PAGES[name])
        box = window.locator(f"#interactive-{name}")
        return box, box.locator(".interactive-said")

    yield open_page
    assert not window.evaluate("probe.tooWide()")
    window.context.close()


def press(box, *labels):
    """Press buttons with the keyboard alone."""
    for label in labels:
        button = box.get_by_role("button", name=label, exact=True)
        button.press("Enter")
        expect(button).to_be_focused()


def test_the_graph_is_computed_step_by_step(figure):
    box, said = figure("autograd")
    graph = box.get_by_role("img")
    press(box, *["Next step"] * 4)
    expect(said).to_contain_text("loss = gap² = 1² = 1.")
    press(box, *["Next step"] * 6)
    expect(graph).to_have_accessible_name(re.compile("w = 1 .grad = 4"))
    press(box, "loss.backward()")
    expect(said).to_contain_text("RuntimeError: Trying to backward through the graph a second time")
    press(box, "Forward pass", "loss.backward()")
    expect(said).to_contain_text("w.grad still held 4, and backward() adds to it: 4 + 4 = 8.")
    box.get_by_role("button", name="product.detach()").click()
    press(box, "zero_grad()", "Forward pass", "loss.backward()")
    expect(said).to_contain_text("w gets no gradient, because detach() cut its path.")
    expect(graph).to_have_accessible_name(re.compile("w = 1 .grad = None.* b = 0.5 .grad = 2"))


def test_a_shape_is_predicted_before_it_is_shown(figure):
    box, said = figure("shapes")
    cells = box.locator(".shapes-result td")
    expect(cells).to_have_count(8)
    box.get_by_role("button", name="30: row 3, action 0").click()
    expect(cells.nth(3)).to_have_text("30")
    box.get_by_label("then").focus()
    box.get_by_label("then").press("ArrowDown")
    expect(cells).to_have_count(0)
    press(box, "(8,)")
    expect(said).to_contain_text("✗ Not (8,) but (8, 8).")
    expect(cells).to_have_count(64)
    box.get_by_label("squeeze").select_option("squeeze(1)")
    press(box, "(8,)")
    expect(said).to_contain_text("✓ Right, (8,). ")
    box.get_by_label("batch").select_option("1 state")
    press(box, "(1,)")
    expect(cells).to_have_count(1)


def test_sliders_choose_the_curve(figure):
    box, said = figure("lag")
    sliders = box.get_by_role("slider")
    expect(said).to_contain_text("comes close to Q*")
    for _ in range(3):
        sliders.first.press("ArrowLeft")
    expect(said).to_contain_text("sync_every 1, γ 0.99: after 149 updates and 149 copies")
    expect(said).to_contain_text("the values run away")
    sliders.last.press("Home")
    expect(said).to_contain_text("γ 0.5")
    expect(sliders.last).to_have_attribute("aria-valuetext", "0.5")


@pytest.mark.parametrize("name", PAGES)
def test_without_scripts_a_table_is_there(name, browser, address):
    window = browser.new_context(viewport=PHONE, java_script_enabled=False).new_page()
    window.goto(address + PAGES[name])
    box = window.locator(f"#interactive-{name}")
    expect(box.locator("table")).to_be_visible()
    expect(box.locator("button, input, select")).to_have_count(0)
    window.context.close()
