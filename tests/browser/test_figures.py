"""The figures answer readers, by keyboard and by pointer, and show results without scripts."""

import re

import pytest
from playwright.sync_api import expect
from serving import SITE
from visiting import DESKTOP, PHONE, PROBE

PAGES = {
    "pole": "index.html",
    "valley": "concepts/training_step.html",
    "autograd": "concepts/tensors_and_gradients.html",
    "shapes": "tutorials/exercises/exercise_7_select_log_probs.html",
    "lag": "tutorials/exercises/exercise_8_target_network.html",
}


@pytest.fixture(params=["served, desktop", "from disk, phone"])
def figure(request, new_window, address):
    """Give a function that opens a page, and gives its figure and what that says."""
    root, size = (address, DESKTOP) if "served" in request.param else (SITE.as_uri() + "/", PHONE)
    window = new_window(viewport=size, reduced_motion="reduce")
    window.add_init_script(PROBE)

    def open_page(name):
        window.goto(root + PAGES[name])
        box = window.locator(f"#interactive-{name}")
        return box, box.locator("p[role=status]")

    yield open_page
    assert not window.evaluate("probe.tooWide()")


def press(box, *labels):
    """Press buttons with the keyboard alone."""
    for label in labels:
        button = box.get_by_role("button", name=label, exact=True)
        button.press("Enter")
        expect(button).to_be_focused()


def test_a_key_pushes_the_pole_at_once_and_the_page_still_scrolls(figure):
    box, _ = figure("pole")
    pole, page = box.locator(".pole-pole"), box.page
    still = pole.get_attribute("transform")
    page.get_by_label("Search").press("ArrowRight")  # it is the search field's
    expect(box.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(pole).to_have_attribute("transform", still)
    page.locator(":focus").blur()
    page.keyboard.press("ArrowRight")
    expect(box.get_by_role("button", name="Pause")).to_be_visible()
    expect(pole).not_to_have_attribute("transform", still)
    page.keyboard.press("ArrowDown")
    page.evaluate("scrollY || new Promise(done => addEventListener('scroll', done, {once: true}))")


def test_policies_and_readers_play(figure):
    box, said = figure("pole")
    steps, page = box.locator(".pole-numbers b").first, box.page
    for name in ("Random", "Scripted"):
        press(box, name)
        expect(box.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
        expect(said).to_have_text(re.compile(r"after \d+ steps\. Best: \d+\."))
    box.get_by_role("button", name="You").click()
    expect(steps).to_have_text("0")
    box.get_by_role("button", name="Push →").hover()
    page.mouse.down()
    expect(said).to_contain_text("Push to play again.")
    page.mouse.up()
    assert int(steps.inner_text()) < 20  # all pushes went to the right
    box.get_by_role("button", name="Play", exact=True).click()  # once the pole lies
    expect(said).to_contain_text("Press Play")
    expect(box.get_by_role("button", name="Pause")).to_be_visible()


def test_the_pole_moves_until_it_is_paused(window, address):
    window.goto(address)
    window.get_by_role("button", name="Pause").click()
    steps = window.locator(".pole-numbers b").first
    paused = steps.inner_text()
    window.evaluate("new Promise(done => setTimeout(done, 100))")
    assert steps.inner_text() == paused


def test_a_slider_finds_a_learning_rate_that_diverges(figure):
    box, said = figure("valley")
    rate, path = box.get_by_role("slider", name="Learning rate"), box.locator(".valley-sgd").first
    expect(said).not_to_contain_text("diverges")
    before = path.get_attribute("points")
    rate.press("End")
    expect(said).to_contain_text("SGD (dashed) diverges, Momentum (dotted) diverges, Adam (solid)")
    expect(path).not_to_have_attribute("points", before)
    rate.press("Home")
    expect(said).not_to_contain_text("diverges")
    press(box, "Curved valley")
    curved = box.get_by_role("button", name="Curved valley")
    expect(curved).to_have_attribute("aria-pressed", "true")


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
    expect(cells).to_have_count(0)
    press(box, "(8, 1)")
    expect(cells).to_have_count(8)
    box.get_by_role("button", name="30: row 3, action 0").click()
    expect(cells.nth(3)).to_have_text("30")
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
def test_without_scripts_results_are_there(name, new_window, address):
    boxes = []
    for scripts in (False, True):
        window = new_window(java_script_enabled=scripts)
        window.goto(address + PAGES[name])
        boxes.append(window.locator(f"#interactive-{name}"))
    expect(boxes[0].locator("table, .valley-legend")).to_be_visible()
    expect(boxes[0].locator("button, input, select")).to_have_count(0)
    if name in ("pole", "valley"):
        assert boxes[0].bounding_box()["height"] == boxes[1].bounding_box()["height"]
