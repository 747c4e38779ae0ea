"""One look for all figures: column width, small serif letters, thin lines, colours that everybody can tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from gdsym.errors import GdsymTypeError
from gdsym.plot.labels import letters, shortened
from gdsym.plot.scales import take_out

WIDTH, HEIGHT = 3.4, 2.5  # inches: one column of a two-column page
ROW = 20.0  # letters of a legend in an inch of the Axes, with room for the signs
NAME = 19.0  # letters of an axis's name in an inch of the Axes
NAME_SIZE = 9.5
SMALLEST = 0.65  # times its size, for a name that is longer
ABOVE = ("lower left", (0.0, 1.005))

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

KEPT = ("figure.dpi", "font.serif", "font.sans-serif", "font.monospace")  # of the caller's settings

# set only inside `with look():`, so that nobody else's figures change
LOOK = MappingProxyType(
    {
        "mathtext.fontset": "stix",
        "font.size": 9.0,
        "axes.titlesize": 9.0,
        "axes.labelsize": NAME_SIZE,
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
    """A context in which our settings hold, whatever the caller's style is; afterwards the caller's own hold again."""
    import matplotlib
    from matplotlib import style

    kept = {name: matplotlib.rcParams[name] for name in KEPT}
    letters = {"font.family": [FONT, *matplotlib.rcParams["font.family"]]}  # the caller's for what ours does not have
    return style.context(["default", kept | dict(LOOK) | letters])


def axes_or_new(ax: Any, *, solid: bool = False, height: float = HEIGHT, above: float = 0.0) -> Any:
    """The caller's Axes after a check, a flat one on a light ground; or those of a new figure of column width.

    `solid` means 3-D, `above` are inches over the Axes that stay free.
    """
    if ax is None:
        from matplotlib import pyplot

        figure = pyplot.figure(figsize=(WIDTH, height + above), layout=None if solid else "constrained")
        figure.made_by_gdsym = True
        box = (0.02, 0.01, 0.96, 0.99 * height / (height + above))
        return figure.add_axes(box, projection="3d") if solid else figure.add_subplot()
    if not hasattr(ax, "plot") or not hasattr(ax, "figure"):
        raise GdsymTypeError(
            f"ax is {type(ax).__name__}; one matplotlib Axes is needed, or leave ax out for a new figure."
        )
    if solid != hasattr(ax, "plot_surface"):
        needed = 'a 3-D one: figure.add_subplot(projection="3d")' if solid else "a flat one: figure.add_subplot()"
        raise GdsymTypeError(f"ax is a {'flat' if solid else '3-D'} Axes, but this picture needs {needed}.")
    if not solid and _is_dark(ax):
        ax.set_facecolor("white")  # colours and rims are for a light ground; what is outside stays as it is
    return ax


def _is_dark(drawn: Any) -> bool:
    """Is the ground of an Axes or a figure, or what shines through it, dark?"""
    from matplotlib.colors import to_rgba

    red, green, blue, cover = to_rgba(drawn.get_facecolor())
    under = getattr(drawn, "figure", drawn)
    if cover < 0.5:
        return under is not drawn and _is_dark(under)
    return 0.299 * red + 0.587 * green + 0.114 * blue < 0.5


def dressed(ax: Any, *, boxed: bool = False) -> Any:
    """Thin spines, small ticks outside; `boxed` keeps the frame on all sides."""
    for side, spine in ax.spines.items():
        spine.set_linewidth(0.6)
        spine.set_visible(boxed or side in ("left", "bottom"))
    ax.tick_params(which="major", width=0.6, length=3, labelsize=LOOK["xtick.labelsize"], pad=2.5, labelfontfamily=FONT)
    ax.tick_params(which="minor", width=0.4, length=1.8)
    for axis, side in zip((ax.xaxis, ax.yaxis), inches(ax), strict=True):
        take_out(axis)
        set_letters(axis, side)
    return ax


def darker(colour: str) -> Any:
    """A colour for letters, which need more contrast than lines."""
    from matplotlib.colors import to_rgb

    return tuple(0.72 * part for part in to_rgb(colour))


def halo(width: float = 2.0, colour: str = "white") -> list[Any]:
    """A light rim that keeps lines and letters legible on any ground."""
    from matplotlib import patheffects

    return [patheffects.withStroke(linewidth=width, foreground=colour)]


def set_letters(axis: Any, inches: float) -> None:
    """The name and the numbers of an axis in our letters, whoever made it; a name too long for it in smaller ones."""
    name = axis.label
    share = NAME * inches / max(letters(name.get_text()), 1)
    name.set_fontsize(NAME_SIZE * min(1.0, max(share, SMALLEST)))
    for text in (name, *(label for tick in axis.get_major_ticks() for label in (tick.label1, tick.label2))):
        text.set_fontfamily(FONT)
        text.set_math_fontfamily(LOOK["mathtext.fontset"])
        text.set_usetex(False)


def inches(ax: Any) -> tuple[float, float]:
    """Width and height of the Axes, before a layout engine has seen them."""
    box, figure = ax.get_position(original=True), ax.figure
    return box.width * figure.bbox.width / figure.dpi, box.height * figure.bbox.height / figure.dpi


def key_above(ax: Any, handles: Sequence[Any], place: tuple[str, tuple[float, float]] = ABOVE) -> None:
    """A legend without frame above the axes, where it covers nothing; in rows that fit the Axes' width."""
    if not handles:
        return
    row = max(int(ROW * inches(ax)[0]), 16)
    for handle in handles:
        handle.set_label(shortened(handle.get_label(), row - 8))
    lengths = [letters(h.get_label()) + 8 for h in handles]
    columns = len(handles) if sum(lengths) <= row else max(1, row // max(lengths))
    columns = -(-len(handles) // -(-len(handles) // columns))  # rows of equal length
    ink = "white" if _is_dark(ax.figure) else INK
    key = ax.legend(
        handles=list(handles), loc=place[0], bbox_to_anchor=place[1], ncols=columns, frameon=False, labelcolor=ink,
        borderaxespad=0.1, borderpad=0.1, handlelength=1.9, handletextpad=0.4, columnspacing=1.1, labelspacing=0.25,
    )  # fmt: skip
    for sign in key.legend_handles:
        if hasattr(sign, "set_marker") and sign.get_color() == INK:
            sign.set_color(ink)


def pastel(count: int) -> list[Any]:
    """`count` colours from viridis, dark (low) to light (high), mixed with white so that lines on them stand out."""
    import numpy as np
    from matplotlib import colormaps

    full = colormaps["viridis"](np.linspace(0.12, 1.0, max(count, 1)))
    full[:, :3] = 0.42 + 0.58 * full[:, :3]
    return [tuple(c) for c in full]
