"""Files that are complete or not there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from gdsym.errors import GdsymError

LONGEST_NAME = 255  # bytes, on every file system in use


def written_whole(path: Path, content: str) -> Path:
    """Write beside the target, then rename: an interrupt leaves the old file as it was."""
    refuse_odd_place(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem[:40]}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(content)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def refuse_odd_place(path: Path) -> None:
    """A file can be made there: the folder exists, the name is one that file systems take."""
    if "\0" in str(path) or any(len(os.fsencode(part)) > LONGEST_NAME for part in path.parts):
        raise GdsymError(f"{path.name!r:.80} cannot be the name of a file; take a shorter one of plain letters.")
    if not path.parent.is_dir():
        raise GdsymError(f"The folder {str(path.parent)[-120:]!r} does not exist; create it first.")


def _umask() -> int:
    """The process's file mask; it can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
