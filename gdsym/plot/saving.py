"""A figure as PNG or SVG, an animation as GIF, the same bytes every time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from gdsym.arguments import file_path
from gdsym.errors import GdsymError, GdsymTypeError
from gdsym.export.saving import put_in_place
from gdsym.keywords import known_keywords

DPI, MOVING_DPI = 200, 150
KINDS = {".png": {"Software": None}, ".svg": {"Date": None, "Creator": "gdsym"}, ".gif": {}}


@known_keywords
def save(ax: Any, path: str | os.PathLike[str]) -> Path:
    """Write the figure of `ax` (an Axes, an array of them, or a Figure) as .png (200 dpi) or .svg; what `animate` drew also as .gif.

    The file is whole or not there, and holds no date and no random names: equal figures give equal bytes. Where no figure can
    be shown (backend Agg) one that `gd.plot` made is closed in pyplot; it can still be saved again.

    Args:
        ax: what a function of `gd.plot` returned. path: where to; the folder exists.

    Returns:
        The path.

    Raises:
        GdsymError: the suffix is none of these, .gif is asked of a picture that does not move, or the folder does not exist.

    Example:
        >>> import tempfile
        >>> import gdsym as gd
        >>> ax = gd.plot.cost_curve(gd.Cost("(w - 3)**2", ["w"]), "w", span=(0, 6))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     gd.plot.save(ax, f"{folder}/curve.png").name
        'curve.png'
    """
    import matplotlib

    path = file_path(path)
    figure = _figure(ax)
    if path.suffix.lower() not in KINDS:
        raise GdsymError(
            f"Figures are saved as .png or .svg, animations also as .gif, not as {path.suffix or 'a bare name'}; rename {path.name[:80]}."
        )
    kind = path.suffix.lower()
    moving = _animation(ax) if kind == ".gif" else None
    settings = {"svg.hashsalt": "gdsym", "svg.fonttype": "path", "path.simplify": True}
    with put_in_place(path, kind) as part, matplotlib.rc_context(settings):
        if moving is not None:
            _write_moving(figure, moving, part)
        else:
            figure.savefig(part, format=kind[1:], dpi=DPI, metadata=KINDS[kind], facecolor="auto")
    _close_unseen(figure)
    return path


def _close_unseen(figure: Any) -> None:
    """Out of pyplot's list: a script that saves many figures would keep all of them."""
    import matplotlib
    from matplotlib import pyplot

    if getattr(figure, "made_by_gdsym", False) and matplotlib.get_backend().lower() == "agg":
        pyplot.close(figure)


def _write_moving(figure: Any, moving: Any, path: str) -> None:
    """All pictures in the layout of the one that stands, so that nothing jumps (and it is made once)."""
    figure.canvas.draw()
    layout = figure.get_layout_engine()
    figure.set_layout_engine("none")
    try:
        moving.save(path, writer="pillow", dpi=MOVING_DPI)
    finally:
        figure.set_layout_engine(layout)


def _animation(ax: Any) -> Any:
    found = [one.animation for one in _figure(ax).axes if hasattr(one, "animation")]
    if len(found) != 1:
        raise GdsymError(
            f"A .gif shows one animation, and this figure has {len(found)}: save what gd.plot.animate returned, or write .png."
        )
    return found[0]


def _figure(ax: Any) -> Any:
    first = ax.flat[0] if isinstance(ax, np.ndarray) and ax.size else ax
    figure = first if hasattr(first, "savefig") else getattr(first, "figure", None)
    figure = getattr(figure, "figure", figure)  # of a part of a figure the whole
    if figure is None or not hasattr(figure, "savefig"):
        raise GdsymTypeError(f"save writes an Axes or a Figure, not {type(ax).__name__}.")
    return figure
