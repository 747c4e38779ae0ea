"""Files that are complete or not there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from gdsym.errors import GdsymError


def written_whole(path: Path, content: str) -> Path:
    """Write beside the target, then rename: an interrupt leaves the old file as it was."""
    if not path.parent.is_dir():
        raise GdsymError(f"The folder {str(path.parent)[-120:]!r} does not exist; create it first.")
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


def _umask() -> int:
    """The process's file mask; it can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
