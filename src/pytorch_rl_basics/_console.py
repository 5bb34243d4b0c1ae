"""Print on any console: where its encoding lacks a character, write a plainer one."""

import codecs
import sys

PLAINER = {"✓": "+", "✗": "x", "·": ".", "…": "...", "→": "->", "×": "*", "−": "-"}


def _plainer(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(PLAINER.get(character, "?") for character in missing), error.end


codecs.register_error("plainer", _plainer)


def printable(text: str) -> str:
    r"""Replace the characters of a text that standard output cannot print.

    >>> printable("no character: \udcff")
    'no character: ?'
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, "plainer").decode(encoding)
