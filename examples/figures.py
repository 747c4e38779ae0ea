"""Frames for several pictures side by side."""

from __future__ import annotations

from typing import Any

from gdsym.plot import style

COLUMN, HEIGHT = 3.2, 2.5  # inches, of one panel


def panels(count: int, *, height: float = HEIGHT, width: float = COLUMN, solid: tuple[int, ...] = ()) -> list[Any]:
    """`count` Axes in a row; those in `solid` are 3-D."""
    from matplotlib.figure import Figure

    with style.look():
        figure = Figure(figsize=(width * count, height), layout="constrained")
        return [figure.add_subplot(1, count, at + 1, projection="3d" if at in solid else None) for at in range(count)]


def blank(*, height: float = HEIGHT, width: float = 3.4) -> Any:
    """One empty Axes."""
    return panels(1, height=height, width=width)[0]


def finished(ax: Any, *, legend: bool = False) -> Any:
    """The house look for an Axes that was drawn by hand."""
    with style.look():
        if legend:
            style.key_above(ax, ax.get_legend_handles_labels()[0])
        return style.dressed(ax)
