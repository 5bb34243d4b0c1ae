"""The built site, served on this machine alone, with the headers that it asks of its host."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITE = Path(__file__).parents[2] / "docs" / "_build" / "html"
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))


def headers() -> list[tuple[str, str, str]]:
    """Read `_headers`, as hosts do: a line with a pattern of paths, then a line for each header."""
    found, pattern = [], ""
    listed = SITE / "_headers"
    for line in listed.read_text().splitlines() if listed.exists() else ():
        if line.startswith("/"):
            pattern = line.strip()
        elif line.strip():
            name, _, value = line.strip().partition(": ")
            found.append((pattern, name, value))
    return found


class Handler(SimpleHTTPRequestHandler):
    """Sends files, and says nothing about it."""

    rules = headers()

    def end_headers(self) -> None:
        """Add the site's own headers."""
        asked = {name: value for rule, name, value in self.rules if fnmatch(self.path, rule)}
        for name, value in asked.items():
            self.send_header(name, value)
        super().end_headers()

    def send_error(self, code: int, *_: object) -> None:
        """Answer an unknown address with the site's page for it, as hosts do."""
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write((SITE / "404.html").read_bytes())

    def log_message(self, *_: object) -> None:
        """Print nothing: the tests note what was asked for."""


class Server(ThreadingHTTPServer):
    """A server to which a browser that leaves in the middle of a file is no news."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Print nothing: what a page lacks shows in the page."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback; give its address."""
    with Server(("127.0.0.1", 0), partial(Handler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
