"""One look for all figures: column width, small serif letters, thin lines, colours that everybody can tell apart."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from gdsym.errors import GdsymTypeError
from gdsym.plot.labels import math_of, number

COMMANDS = re.compile(r"\\[a-z]+")  # takes the room of one letter
ROW = 57  # letters in a row of a legend, with room for the signs

WIDTH, HEIGHT = 3.4, 2.5  # inches: one column of a two-column page

# Okabe and Ito (2008): told apart by people with any kind of colour vision
BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"
INK, GREY = "#000000", "#6E6E6E"

COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, INK)
DASHES: tuple[Any, ...] = (
    "-",
    (0, (5, 1.5)),
    (0, (1.2, 1.2)),
    (0, (6, 1.5, 1.2, 1.5)),
    (0, (8, 2)),
    (0, (3, 1, 1, 1, 1, 1)),
    "-",
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")

FONT = "STIXGeneral"  # comes with matplotlib, so that a figure is the same everywhere

# set only inside `with look():`, so that nobody else's figures change
LOOK = MappingProxyType(
    {
        "font.family": FONT,
        "mathtext.fontset": "stix",
        "font.size": 9.0,
        "axes.titlesize": 9.0,
        "axes.labelsize": 9.5,
        "xtick.labelsize": 8.5,
        "ytick.labelsize": 8.5,
        "legend.fontsize": 8.5,
        "axes.linewidth": 0.6,
        "lines.linewidth": 1.3,
        "lines.markersize": 4.0,
        "axes.grid": False,
        "axes.unicode_minus": True,
        "axes.formatter.use_mathtext": True,
        "path.simplify": True,
    }
)


def look() -> Any:
    """A context in which our settings hold; afterwards the caller's own hold again."""
    import matplotlib

    return matplotlib.rc_context(dict(LOOK))


def axes_or_new(ax: Any, *, solid: bool = False, height: float = HEIGHT) -> Any:
    """The caller's Axes after a check, or those of a new figure of column width; `solid` means 3-D."""
    if ax is None:
        from matplotlib import pyplot

        figure = pyplot.figure(figsize=(WIDTH, height), layout=None if solid else "constrained")
        return figure.add_axes((0.02, 0.01, 0.96, 0.99), projection="3d") if solid else figure.add_subplot()
    if not hasattr(ax, "plot") or not hasattr(ax, "figure"):
        raise GdsymTypeError(
            f"ax is {type(ax).__name__}; one matplotlib Axes is needed, or leave ax out for a new figure."
        )
    if solid != hasattr(ax, "plot_surface"):
        needed = 'a 3-D one: figure.add_subplot(projection="3d")' if solid else "a flat one: figure.add_subplot()"
        raise GdsymTypeError(f"ax is a {'flat' if solid else '3-D'} Axes, but this picture needs {needed}.")
    return ax


def dressed(ax: Any, *, boxed: bool = False) -> Any:
    """Thin spines, small ticks outside; `boxed` keeps the frame on all sides."""
    for side, spine in ax.spines.items():
        spine.set_linewidth(0.6)
        spine.set_visible(boxed or side in ("left", "bottom"))
    ax.tick_params(which="major", width=0.6, length=3, labelsize=LOOK["xtick.labelsize"], pad=2.5, labelfontfamily=FONT)
    ax.tick_params(which="minor", width=0.4, length=1.8)
    _power_beside_label(ax)
    return ax


def _power_beside_label(ax: Any) -> None:
    """The power of ten of the y axis stands in its label; above the axes it would stand under the key."""
    from matplotlib.ticker import FuncFormatter, ScalarFormatter

    formatter = ax.yaxis.get_major_formatter()
    if not isinstance(formatter, ScalarFormatter):
        return
    formatter.set_locs(ax.get_yticks())
    if not formatter.get_offset():
        return
    power = math.floor(math.log10(max(map(abs, ax.get_ylim()))))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: math_of(number(v / 10.0**power, 6))))
    name, *held = ax.get_ylabel().split(" at ")  # what is held is no part of the number
    ax.set_ylabel(" at ".join([f"{name} / {math_of(f'10^{{{power}}}')}", *held]))


def halo(width: float = 2.0, colour: str = "white") -> list[Any]:
    """A light rim that keeps lines and letters legible on any ground."""
    from matplotlib import patheffects

    return [patheffects.withStroke(linewidth=width, foreground=colour)]


def key_above(ax: Any, handles: Sequence[Any]) -> None:
    """A legend without frame above the axes, where it covers nothing; in rows that fit a column's width."""
    if not handles:
        return
    lengths = [len(_plain(h.get_label())) + 8 for h in handles]
    columns = len(handles) if sum(lengths) <= ROW else max(1, ROW // max(lengths))
    columns = -(-len(handles) // -(-len(handles) // columns))  # rows of equal length
    ax.legend(
        handles=list(handles), loc="lower left", bbox_to_anchor=(0.0, 1.005), ncols=columns, frameon=False,
        borderaxespad=0.1, borderpad=0.1, handlelength=1.9, handletextpad=0.4, columnspacing=1.1, labelspacing=0.25,
    )  # fmt: skip


def _plain(label: str) -> str:
    """A label without the signs of mathtext that take no room on paper."""
    return "".join(c for c in COMMANDS.sub("a", label) if c not in "{}$\\")


def pastel(count: int) -> list[Any]:
    """`count` colours from viridis, dark (low) to light (high), mixed with white so that lines on them stand out."""
    import numpy as np
    from matplotlib import colormaps

    full = colormaps["viridis"](np.linspace(0.12, 1.0, max(count, 1)))
    full[:, :3] = 0.42 + 0.58 * full[:, :3]
    return [tuple(c) for c in full]
