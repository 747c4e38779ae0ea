"""A descent drawn on a flat picture: line, spaced markers, start and end, and the place where it leaves the frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.plot import style
from gdsym.plot.spans import Span

Array = npt.NDArray[np.float64]

FINE, APART = 0.002, 0.02  # least distances, in frame sides, of drawn points and of markers


def clipped(points: Array, frame: Sequence[Span]) -> tuple[Array, bool]:
    """The rows up to the first that lies outside; that one is moved to the frame. True if there is one."""
    low, high = np.array(frame).T
    inside = ((points >= low) & (points <= high)).all(axis=1)
    if inside.all():
        return points, False
    out = int(np.flatnonzero(~inside)[0])
    if out == 0:
        return points[:0], True
    a, b = points[out - 1], points[out]
    with np.errstate(divide="ignore", invalid="ignore"):
        edge = np.where(b > a, high, low)
        shares = np.where(b == a, np.inf, (edge - a) / (b - a))
    return np.vstack([points[:out], a + max(min(float(shares.min()), 1.0), 0.0) * (b - a)]), True


def spaced(points: Array, frame: Sequence[Span], least: float) -> npt.NDArray[np.intp]:
    """Numbers of rows that lie at least `least` frame sides from the last one taken; first and last are kept."""
    if len(points) < 2:
        return np.arange(len(points))
    low, high = np.array(frame).T
    unit = (points - low) / (high - low)
    kept = [0]
    for k in range(1, len(unit)):
        if np.abs(unit[k] - unit[kept[-1]]).max() >= least:
            kept.append(k)
    return np.array(kept if kept[-1] == len(unit) - 1 else [*kept, len(unit) - 1])


def draw_path(ax: Any, points: Array, frame: Sequence[Span], which: int, *, on_curve: bool = False) -> bool:
    """The descent's way, run number `which`, under the curve that it is on; True if it leaves the frame."""
    colour, dash = style.COLOURS[(which + 1) % len(style.COLOURS)], style.DASHES[which % len(style.DASHES)]
    inside, leaves = clipped(points, frame)
    line = inside[spaced(inside, frame, FINE)]
    thin = (
        {"linewidth": 0.9, "zorder": 1.8}
        if on_curve
        else {"linewidth": 1.2, "zorder": 4, "path_effects": style.halo(2.6)}
    )
    ax.plot(line[:, 0], line[:, 1], color=colour, linestyle=dash, **thin)
    rows = inside[: len(inside) - 1] if leaves else inside
    dots = rows[spaced(rows, frame, APART)]
    marker = style.MARKERS[which % len(style.MARKERS)]
    ax.plot(
        dots[1:, 0],
        dots[1:, 1],
        marker,
        color=colour,
        markersize=3.8 if on_curve else 2.6,
        zorder=4.2,
        markeredgewidth=0,
    )
    if leaves and len(inside) > 1:
        leaving(ax, inside, frame, colour)
    return leaves


def leaving(ax: Any, inside: Array, frame: Sequence[Span], colour: Any) -> None:
    """An arrowhead on the frame, pointing the way in which the path goes out."""
    low, high = np.array(frame).T
    way = (inside[-1] - inside[-2]) / (high - low) * ax.bbox.size
    ax.plot(
        *inside[-1], marker=arrowhead(*way), markersize=9, color=colour, markeredgecolor="white", markeredgewidth=0.6,
        clip_on=False, zorder=6, linestyle="none",
    )  # fmt: skip


def arrowhead(x: float, y: float) -> list[tuple[float, float]]:
    """The corners of a narrow triangle that points towards (x, y)."""
    turn = complex(x, y) / (abs(complex(x, y)) or 1.0)
    corners = [turn * c for c in (1 + 0j, -0.7 + 0.62j, -0.35 + 0j, -0.7 - 0.62j)]
    return [(c.real, c.imag) for c in corners]


def draw_ends(ax: Any, points: Array, frame: Sequence[Span], which: int, end: bool = True) -> None:
    """An open circle at the start; a filled square at the end if `end`."""
    colour = style.COLOURS[(which + 1) % len(style.COLOURS)]
    low, high = np.array(frame).T
    if ((points[0] >= low) & (points[0] <= high)).all():
        ax.plot(
            *points[0],
            "o",
            markersize=6,
            markerfacecolor="white",
            markeredgecolor=colour,
            markeredgewidth=1.4,
            zorder=5,
        )
    if end:
        ax.plot(
            *points[-1],
            "s",
            markersize=5,
            markerfacecolor=colour,
            markeredgecolor="white",
            markeredgewidth=0.7,
            zorder=5.2,
        )


def is_at(point: Array, other: Array, frame: Sequence[Span], share: float = 0.015) -> bool:
    """Do two points look like one in this frame?"""
    low, high = np.array(frame).T
    return bool((np.abs(point - other) <= share * (high - low)).all())


def key(shown: Sequence[str], colour: Any = style.INK) -> list[Any]:
    """Legend handles for the signs that are in the picture, each with its word."""
    from matplotlib.lines import Line2D

    looks: dict[str, dict[str, Any]] = {
        "start": {"marker": "o", "markersize": 6, "markerfacecolor": "white", "markeredgewidth": 1.2},
        "end": {"marker": "s", "markersize": 5, "markeredgewidth": 0},
        "minimum": {"marker": "*", "markersize": 8.5, "markeredgewidth": 0, "color": style.INK},
        "end, at the minimum": {"marker": "*", "markersize": 8.5, "markeredgewidth": 0, "color": style.INK},
        "saddle": {"marker": "X", "markersize": 6, "markeredgewidth": 0, "color": style.INK},
        "leaves the frame": {"marker": arrowhead(0, 1), "markersize": 7, "markeredgewidth": 0},
        "diverges": {"marker": arrowhead(0, 1), "markersize": 7, "markeredgewidth": 0},
    }
    return [Line2D([], [], linestyle="none", label=word, **{"color": colour, **looks[word]}) for word in shown]
