"""Every page says where it is in the course and how to run it; every card what its page takes."""

import re
import time

import pytest
from built import PAGES, SCRIPT_PAGES, SITE
from docutils import nodes
from docutils.utils import new_document
from orientation import minutes
from provenance import colab_address
from test_downloads import RUN_TIMES, cells
from test_pages import linked

WORKFLOW = SITE.parents[2] / ".github" / "workflows" / "publish.yml"
INSIDE = [page for page in PAGES if re.match(r"(concepts|mistakes|tutorials/\w+)/(?!index)", page)]
NOTEBOOKS = {path.stem: path for path in sorted(SITE.glob("notebooks/*/*.ipynb"))}
A_FEW = 16  # CPU seconds, on a machine that may be slow


@pytest.mark.parametrize("page", INSIDE)
def test_a_page_says_which_one_of_its_folder_it_is(page, soups):
    folder = page.rpartition("/")[0]
    sidebar = linked("index.html", soups["index.html"].select(".sidebar-tree a.reference"))
    beside = [entry for entry in sidebar if re.fullmatch(rf"{folder}/(?!index)\w+\.html", entry)]
    title = soups[f"{folder}/index.html"].find("h1").get_text().rstrip("¶")
    (crumbs,) = soups[page].select("article .breadcrumb")
    assert crumbs.get_text() == f"{title} › {beside.index(page) + 1} of {len(beside)}"
    assert linked(page, crumbs.select("a")) == [f"{folder}/index.html"]
    assert len(soups[page].select(".page-bar")) == (folder != "mistakes")


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("install", "Start › 1 of 4"),
        ("learning_path", "Start › 4 of 4"),
        ("habits", "Concepts and exercises"),
        ("tutorials/exercises/index", "Concepts and exercises"),
        ("errors", "When it fails"),
        ("host", "About"),
    ],
)
def test_a_page_without_a_folder_says_its_part_of_the_sidebar(page, text, soups):
    assert soups[f"{page}.html"].select_one("article .breadcrumb").get_text() == text


@pytest.mark.parametrize("page", SCRIPT_PAGES)
def test_a_script_s_page_says_at_its_top_what_it_takes_and_how_to_run_it(page, soups):
    name = page.rpartition("/")[2].removesuffix(".html")
    bar = soups[page].select_one("h1 + .page-bar")
    facts = rf"\d+ min to read · runs in {RUN_TIMES[name]} · needs PyTorch( and Gymnasium)?"
    assert re.fullmatch(facts, bar.find("p").get_text())
    assert [link.get_text() for link in bar.select("a")] == ["Notebook", "Script", "Install"]
    *files, install = linked(page, bar.select("a"))
    assert [file.rpartition("/")[2] for file in files] == [f"{name}.ipynb", f"{name}.py"]
    assert install == "install.html"


@pytest.mark.parametrize("page", SCRIPT_PAGES)
def test_what_plays_a_game_needs_gymnasium(page, soups):
    facts = soups[page].select_one(".page-bar p").get_text()
    if re.match("tutorials/(algorithms|improved)/", page):
        assert facts.endswith("PyTorch and Gymnasium")
    if page.endswith(("cubic_gradient.html", "zero_grad.html")):
        assert facts.endswith("needs PyTorch")


def test_prose_and_code_take_time_but_not_the_data_of_a_figure():
    prose = nodes.paragraph("", "word " * 400)
    code, figure = nodes.literal_block("", "x\n" * 60), nodes.raw("", "0,1 " * 9000)
    document = new_document("page")
    document += [prose, code, figure]
    assert minutes(document) == 400 / 200 + 60 / 30


def test_each_page_with_cells_has_a_notebook(soups):
    pages = {path.parent.name.replace("pages", "") + f"/{name}" for name, path in NOTEBOOKS.items()}
    assert {"/cartpole", "/why", "/habits", "/check", "concepts/modules"} <= pages
    for page in (f"{name.lstrip('/')}.html" for name in pages):
        links = soups[page].select("h1 + .page-bar a")
        assert [link.get_text() for link in links] == ["Notebook", "Install"], page


@pytest.mark.filterwarnings("default")  # some pages show one
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_notebook_of_a_page_runs_in_a_few_seconds(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    install, *code = cells(NOTEBOOKS[name], "code")
    assert 'metadata.version("pytorch-rl-basics")' in install
    start = time.process_time()
    exec("\n".join(code), {"__name__": "__main__"})
    assert time.process_time() - start < A_FEW


def test_each_card_has_a_picture_a_sentence_and_what_its_page_takes(soups):
    pictures = {}
    for page in PAGES:
        for card in soups[page].select(".sphx-glr-thumbcontainer"):
            (target,) = linked(page, card.select("a"))
            assert card.select_one(".card-text").get_text().endswith((".", "!", "?"))
            facts = soups[target].select_one(".page-bar p").get_text()
            assert card.select_one(".card-facts").get_text() == facts
            pictures[target] = str(card.select_one("svg.thumb"))
    assert pictures.keys() == set(SCRIPT_PAGES)
    assert len(set(pictures.values())) == len(SCRIPT_PAGES)


def test_colab_opens_what_the_workflow_publishes():
    publish = {"GITHUB_WORKFLOW": "publish", "GITHUB_REPOSITORY": "Owner/name"}
    address = colab_address(publish)
    assert address == "https://colab.research.google.com/github/Owner/name/blob/notebooks/"
    assert colab_address(publish | {"GITHUB_WORKFLOW": "check"}) == colab_address({}) == ""
    assert re.search(r"git push .* notebooks$", WORKFLOW.read_text(), re.MULTILINE)
