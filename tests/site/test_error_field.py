"""The field of the error index finds a message's entry, and says so where there is none."""

import random
import re
import tomllib
from pathlib import Path

import pytest
from built import run

from pytorch_rl_basics.checker import error_index

ASK = """const index = new script.Index(given.entries);
return given.messages.map((message) => index.search(message));"""
ELSEWHERE = Path(__file__).with_name("messages_of_other_programs.txt").read_text("utf-8")
TYPE = re.compile(r"(?:[\w.]+\.)?\w*(?:Error|Warning)\b:?\s*|")
TRACEBACK = """\
Traceback (most recent call last):
  File "/home/me/train.py", line 12, in <module>
    loss = learn(agent, batch)
  File "/home/me/.venv/lib/python3.12/site-packages/torch/nn/modules/module.py", line 1751, in call
    return self._call_impl(*args, **kwargs)
           ~~~~~~~~~~~~~~~^^^^^^^^^^^^^^^^^
{}
"""
CELL = """\
RuntimeError                              Traceback (most recent call last)
Cell In[7], line 3
      1 batch = buffer.sample(32)
----> 3 loss = learn(agent, batch)

{}"""


@pytest.fixture(scope="module")
def entries(soups):
    """Read titles and messages from the built page, as the page's script does."""
    return {
        section["id"]: (
            [str(section.h3.contents[0]), *(form.text for form in section.select(".error-form"))],
            section.select_one(".error-message").text,
        )
        for section in soups["errors.html"].select(".error-entry")
    }


@pytest.fixture(scope="module")
def search(entries):
    """Return a function that gives each message's entries, and the nearest ones."""
    slugs = list(entries)
    index = [{"titles": titles, "message": message} for titles, message in entries.values()]

    def search(messages):
        found = run("error_index.js", ASK, {"entries": index, "messages": messages})
        return [[[slugs[i] for i in some] for some in each] for each in found]

    return search


def another(message: str, title: str, rng: random.Random) -> str:
    """Replace what differs in another program: names, devices, shapes and numbers."""

    def replaced(pattern, new):
        keep = lambda found: found[0] if found[0].strip("'\"`") in title else new()  # noqa: E731
        return re.sub(pattern, keep, message)

    message = replaced(
        r"[`'\"][\w.-]+[`'\"]", lambda: f"'{''.join(rng.choices('abcdefgh_', k=8))}'"
    )
    message = replaced(r"\b(?:cpu|cuda:0|meta)\b", lambda: rng.choice(["mps", "cuda:1", "xpu"]))
    message = replaced(
        r"\[\d+(?:, \d+)*\]", lambda: str(rng.sample(range(1, 99), rng.randint(1, 4)))
    )
    return replaced(r"(?<![\w.])\d+(?:\.\d+)?", lambda: str(rng.randrange(1, 9999)))


def test_each_message_finds_its_own_entry_first_with_other_numbers_names_and_shapes(
    entries, search
):
    asked = []
    for seed in range(3):
        for slug, (titles, message) in entries.items():
            text = another(message, titles[0], random.Random(seed))
            alone = text[TYPE.match(text).end() :]
            asked += [(slug, text), (slug, alone), (slug, " ".join(text.split()))]
            asked += [(slug, TRACEBACK.format(text)), (slug, CELL.format(text)), (slug, titles[0])]
            asked += [(slug, f"I get this error: {text}. How do I fix it?")]
            words = alone.split()
            if len(words) > 12:  # a part of the message
                asked += [(slug, " ".join(words[: len(words) * 2 // 3]))]
    asked += [(slug, form) for slug, (titles, _) in entries.items() for form in titles[1:]]
    found = search([text for _, text in asked])
    wrong = [(a, hits) for a, (hits, _) in zip(asked, found, strict=True) if hits[:1] != [a[0]]]
    assert not wrong


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
    assert hits[:1] == [entry]


def test_a_message_that_is_not_in_the_index_has_no_entry_but_three_near_ones(search):
    messages = ELSEWHERE.splitlines()
    assert len(messages) >= 80
    found = search(messages)
    assert {text: hits for text, (hits, _) in zip(messages, found, strict=True) if hits} == {}
    assert all(len(nearest) == 3 for _, nearest in found)


@pytest.mark.parametrize(
    "text",
    ["my agent is bad", "The return does not go up!", "what's wrong?", "how do I train a robot"],
)
def test_words_without_an_error_have_no_entry_and_no_near_ones(text, search):
    assert search([text]) == [[[], []]]


def test_each_address_that_a_report_may_give_is_an_entry(entries):
    data = Path(error_index.__file__).with_name("errors.toml")
    assert tomllib.loads(data.read_text(encoding="utf-8")).keys() <= entries.keys()
