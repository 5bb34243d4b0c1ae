"""Pages and texts for learners use plain words: what to avoid, and what to write instead."""

import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXTS = (
    "README.md",
    "docs/*.md",
    "docs/concepts/*.md",
    "docs/errors/*/*.py",
    "tutorials/worked_examples/*",
    "tutorials/exercises/*",
    "tutorials/parts/*",
    "tutorials/algorithms/*",
    "tutorials/improved/*",
    "tutorials/practice/*",
    "tutorials/pitfalls/*",
    "tutorials/laboratory/*",
    "src/**/*.py",
    "src/**/*.toml",
    "docs/_ext/*.py",
    "benchmarks/*.py",
    "CONTRIBUTING.md",
)
INSTEAD = {
    r"mend(s|ed|ing)?|cures?|cured|remed(y|ies)": "fix",
    r"came back": "got",
    r"wanted": "expected",
    r"anew": "again",
    r"shall": "must, should or will",
    r"lies in|lie in|lies at|stands? in(?! for)|stands there": "is in, is at",
    r"told (once|at length)": "explained in",
    r"holds? .{1,40} to (its|their) word": "tests",
    r"one (value|mark|action|row|step|line|entry|dropdown|section|number|page|file) an? \w+": "per",
    r"belongs? into": "belongs in",
    r"looser than": "two exceptions",
    r"does what is asked by another way": "an independent reference implementation",
    r"do(es)? not bear": "is unsafe on",
    r"likelier|rarer": "more probable, less probable",
    r"for no better reason than": "just to",
    r"(must )?agree and vanish": "must match, and disappear",
    r"less honest": "can fail silently",
    r"uses the occasion": "also measures",
    r"nothing of it is left": "without building a graph",
    r"followed downwards": "minimising it",
    r"beside stable-baselines3": "against stable-baselines3",
    r"whatever (it|they|the site) (says|said)": "name the actor",
    r"relatives": "correlated, similar",
    r"before your eyes": "say what the reader sees",
}
MESSAGE = re.compile(r"^[\w.]*(Error|Exception|Warning):.*", re.MULTILINE | re.DOTALL)  # not ours
FILES = sorted({path for pattern in TEXTS for path in ROOT.glob(pattern) if path.is_file()})


def prose(path: Path) -> str:
    """Give what people read of a file: the comments and strings of Python, the text of Markdown."""
    if path.suffix == ".py":
        with tokenize.open(path) as file:
            tokens = list(tokenize.generate_tokens(file.readline))
        read = (tokenize.COMMENT, tokenize.STRING)
        texts = (token.string.lstrip("# ") for token in tokens if token.type in read)
        return " ".join(MESSAGE.sub("", text) for text in texts)
    return re.sub(r"^```\{code-cell\}.*?^```$", "", path.read_text("utf-8"), flags=re.M | re.S)


def found(text: str) -> list[str]:
    """List the wordings to avoid in a text, each with what to write instead."""
    text = re.sub(r"\s+", " ", text)
    return [
        f"{match[0]!r}: {better}"
        for wording, better in INSTEAD.items()
        for match in re.finditer(rf"\b({wording})\b", text, re.IGNORECASE)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_text_uses_plain_words(path: Path) -> None:
    assert not found(prose(path))


def test_wordings_are_found_across_lines_in_comments_strings_and_markdown(tmp_path: Path) -> None:
    script, page = tmp_path / "a.py", tmp_path / "a.md"
    script.write_text('wanted = 1\n# What came\n# back\n"""It shall."""\n', encoding="utf-8")
    page.write_text("Mended\n```{code-cell} python\nwanted = 1\n```\nanew\n", encoding="utf-8")
    assert len(found(prose(script))) == len(found(prose(page))) == 2
    assert not found("The call returns a number, as recommended; here it stays.")
