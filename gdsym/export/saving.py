"""Files that are complete or not there."""

from __future__ import annotations

import errno
import os
import re
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gdsym.errors import GdsymError

LONGEST_NAME = 255  # bytes, on every file system in use
STALE = 24 * 3600  # seconds after which nobody writes to a part any more
NO_SYNC = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)  # what file systems say that cannot


def written_whole(path: Path, content: str) -> Path:
    """Write a text, whole or not at all."""
    with put_in_place(path) as part:
        Path(part).write_text(content, encoding="utf-8", newline="\n")
    return path


@contextmanager
def put_in_place(path: Path, suffix: str = ".part") -> Iterator[str]:
    """The name of a file beside the target, which takes its place once written and on the disk.

    An interrupt, a crash or a power cut leaves the old file as it was, or the new one. A link stays one: what it leads to is
    written. A file that was there keeps its mode. Parts that a killed process left a day ago or earlier are removed.
    """
    refuse_odd_place(path)
    target = Path(os.path.realpath(path))
    try:
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()
        prefix = f".{path.stem[:40]}."
        _remove_stale(target.parent, prefix)
        handle, part = tempfile.mkstemp(dir=target.parent, prefix=prefix, suffix=suffix)
        os.close(handle)
        try:
            yield part
            os.chmod(part, mode)
            _to_disk(part)
            os.replace(part, target)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise GdsymError(
            f"{path.name!r:.80} cannot be written: {error.strerror or error!s:.100}. Choose another place, or make room there."
        ) from error


def _to_disk(part: str) -> None:
    """Wait until the contents are on the disk: a name may get there before them."""
    handle = os.open(part, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in NO_SYNC:
            raise
    finally:
        os.close(handle)


def _remove_stale(folder: Path, prefix: str) -> None:
    """Remove what writers of the same name that were killed have left; another process may be writing right now."""
    ours = re.compile(re.escape(prefix) + r"[a-z0-9_]{8}\.part")
    with suppress(OSError):
        for name in filter(ours.fullmatch, os.listdir(folder)):
            with suppress(OSError):
                if time.time() - os.stat(folder / name).st_mtime > STALE:
                    os.unlink(folder / name)


def refuse_odd_place(path: Path) -> None:
    """A file can be made there: the folder exists, the name is one that file systems take, nothing else has it."""
    if "\0" in str(path) or any(len(os.fsencode(part)) > LONGEST_NAME for part in path.parts):
        raise GdsymError(f"{path.name!r:.80} cannot be the name of a file; take a shorter one of plain letters.")
    if not path.parent.is_dir():
        raise GdsymError(f"The folder {str(path.parent)[-120:]!r} does not exist; create it first.")
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "a device or the like"
        raise GdsymError(f"{str(path)[-120:]!r} is {what}, which a file would replace; give the name of a file.")


def _umask() -> int:
    """The process's file mask; it can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
