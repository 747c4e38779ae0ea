"""A figure as PNG or SVG, the same bytes every time."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from gdsym.errors import GdsymError, GdsymTypeError

DPI = 200
KINDS = {".png": {"Software": None}, ".svg": {"Date": None, "Creator": "gdsym"}}


def save(ax: Any, path: str | os.PathLike[str]) -> Path:
    """Write the figure of `ax` (an Axes, an array of them, or a Figure) as .png (200 dpi) or .svg.

    The file is whole or not there, and holds no date and no random names: equal figures give equal bytes.

    Raises:
        GdsymError: the suffix is neither .png nor .svg, or the folder does not exist.
    """
    import matplotlib

    path = Path(path)
    figure = _figure(ax)
    if path.suffix.lower() not in KINDS:
        raise GdsymError(
            f"Figures are saved as .png or .svg, not as {path.suffix or 'a bare name'}; rename {path.name[:80]}."
        )
    if not path.parent.is_dir():
        raise GdsymError(f"The folder {str(path.parent)[-120:]!r} does not exist; create it first.")
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem[:40]}.", suffix=".part")
    os.close(handle)
    kind = path.suffix.lower()
    try:
        with matplotlib.rc_context({"svg.hashsalt": "gdsym", "svg.fonttype": "path", "path.simplify": True}):
            figure.savefig(part, format=kind[1:], dpi=DPI, metadata=KINDS[kind])
        os.chmod(part, 0o644)
        os.replace(part, path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    return path


def _figure(ax: Any) -> Any:
    first = ax.flat[0] if hasattr(ax, "flat") else ax
    figure = first if hasattr(first, "savefig") else getattr(first, "figure", None)
    if figure is None or not hasattr(figure, "savefig"):
        raise GdsymTypeError(f"save writes an Axes or a Figure, not {type(ax).__name__}.")
    return figure
