"""Import torch, and name a file of the user's own that hides a module which torch needs."""

import os
import sys
from importlib.machinery import ModuleSpec, PathFinder


class Guard:
    """Refuse to import a local file that has the name of an installed module.

    Attributes:
        hidden: the name of the module that such a file hides, and the file, once there is one.
    """

    def __init__(self) -> None:
        try:
            self.here = os.getcwd()
        except OSError:  # it was deleted
            self.here = os.sep
        local = {self.here, self._absolute(os.path.dirname(*sys.argv[:1] or [""]))}
        self.elsewhere = [entry for entry in sys.path if self._absolute(entry) not in local]
        self.hidden: tuple[str, str] | None = None

    def _absolute(self, folder: str) -> str:
        return os.path.normpath(os.path.join(self.here, folder))

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Raise an ImportError for such a file; leave all others to the finders that follow."""
        found = None if path else PathFinder.find_spec(name)
        installed = found and found.origin and PathFinder.find_spec(name, self.elsewhere)
        if found and installed and found.origin != installed.origin:
            self.hidden = name, str(found.origin)
            raise ImportError(name)
        return None


def import_torch() -> None:
    """Import torch.

    Raises:
        ImportError: a file hides a module of Python or of a package; the message names the file.
    """
    guard = Guard()
    sys.meta_path.insert(sys.meta_path.index(PathFinder), guard)  # after the built-in modules
    try:
        import torch  # noqa: F401
    except Exception:
        if guard.hidden is None:
            raise
    finally:
        sys.meta_path.remove(guard)
    command_line = f"-m {__package__}" in " ".join(sys.orig_argv) and sys.argv[:1] == ["-m"]
    if guard.hidden is not None:
        module, file = guard.hidden
        message = f"{file} hides the module {module!r} that PyTorch imports. Rename this file."
        if command_line:
            print(f"python -m {__package__}: {message}", file=sys.stderr)
            raise SystemExit(2)
        raise ImportError(message)
    if command_line and os.path.dirname(os.path.dirname(__file__)) != guard.here:
        sys.path[:] = guard.elsewhere  # what is imported later is not in this folder either


import_torch()
