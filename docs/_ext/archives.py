"""Zip files whose bytes depend on nothing but what they hold."""

import os
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path


def write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files by name, in order of their names, dated by the commit."""
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, time.gmtime(seconds)[:6])
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED)


def rewrite_zip(path: Path) -> None:
    """Write a zip again without the dates and the order of files on the disk that made it."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    write_zip(path, files)
