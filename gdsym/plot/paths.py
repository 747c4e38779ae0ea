"""A descent drawn on a flat picture: line, spaced markers, start and end, and the place where it leaves the frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.plot import style
from gdsym.plot.spans import Span, is_lost

Array = npt.NDArray[np.float64]

FINE, APART = 0.002, 0.02  # least distances, in frame sides, of drawn points and of markers


def clipped(points: Array, frame: Sequence[Span]) -> tuple[Array, bool]:
    """One stretch of the path within the frame, cut at its edges: that of the start, else of the end, else the first.

    True if the path leaves the frame behind it.
    """
    inside = is_inside(points, frame)
    if not inside.any():
        return points[:0], True
    outside = np.flatnonzero(~inside)
    first = int(outside[-1]) + 1 if inside[-1] and not inside[0] else int(np.argmax(inside))
    last = int(min(outside[outside > first], default=len(points)))
    rows = points[first:last]
    if first > 0:
        rows = np.vstack([_edge(points[first], points[first - 1], frame), rows])
    if last < len(points):
        rows = np.vstack([rows, _edge(points[last - 1], points[last], frame)])
    return rows, last < len(points)


def is_inside(points: Array, frame: Sequence[Span]) -> npt.NDArray[np.bool_]:
    low, high = np.array(frame).T
    return np.asarray(((points >= low) & (points <= high)).all(axis=-1))


def _edge(a: Array, b: Array, frame: Sequence[Span]) -> Array:
    """Where the way from a, inside, to b, outside, crosses the frame."""
    low, high = np.array(frame).T
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(b == a, np.inf, (np.where(b > a, high, low) - a) / (b - a))
    return np.asarray(a + max(min(float(shares.min()), 1.0), 0.0) * (b - a))


def spaced(points: Array, frame: Sequence[Span], least: float) -> npt.NDArray[np.intp]:
    """Numbers of rows that lie at least `least` frame sides from the last one taken; first and last are kept."""
    if len(points) < 2:
        return np.arange(len(points))
    rows, kept = unit(points, frame), [0]
    for k in range(1, len(rows)):
        if np.abs(rows[k] - rows[kept[-1]]).max() >= least:
            kept.append(k)
    return np.array(kept if kept[-1] == len(rows) - 1 else [*kept, len(rows) - 1])


def unit(points: Array, frame: Sequence[Span]) -> Array:
    """In frame sides, from the lower left corner."""
    low, high = np.array(frame).T
    return np.asarray((points - low) / (high - low), dtype=float)


def dense(points: Array, frame: Sequence[Span], least: float = 0.03) -> Array:
    """What of a path is in the frame, as points close together, in frame sides."""
    inside, _ = clipped(points, frame)
    kept = unit(inside[spaced(inside, frame, least)], frame)
    if len(kept) < 2:
        return kept
    counts = np.ceil(np.abs(np.diff(kept, axis=0)).max(axis=1) / least).astype(int) + 1
    return np.concatenate([np.linspace(a, b, n) for a, b, n in zip(kept[:-1], kept[1:], counts, strict=True)])


def draw_path(ax: Any, points: Array, frame: Sequence[Span], which: int, *, on_curve: bool = False) -> bool:
    """The descent's way, run number `which`, under the curve that it is on; True if it leaves the frame."""
    colour, dash = style.COLOURS[(which + 1) % len(style.COLOURS)], style.DASHES[which % len(style.DASHES)]
    inside, leaves = clipped(points, frame)
    line = inside[spaced(inside, frame, FINE)]
    wide = {"linewidth": 1.2, "zorder": 4, "path_effects": style.halo(2.6)}
    thin = {"linewidth": 0.9, "zorder": 1.8} if on_curve else wide
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
    if is_inside(points[0], frame):
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


def told(points: Array, frame: Sequence[Span], run: Any) -> list[str]:
    """The words for the signs of a run that are in the picture: where it starts, and how it ends."""
    inside, leaves = clipped(points, frame)
    if not len(inside):
        return []
    last = ("diverges", "leaves the frame") if leaves else ("last finite point", "end")
    return [*(["start"] if is_inside(points[0], frame) else []), last[not is_lost(run)]]


def fate(run: Any, leaves: bool) -> str:
    """What is said of a run that has no end; nothing of the others."""
    return "" if not is_lost(run) else "diverges" if leaves or run.status == "diverged" else "not finite"


def key(shown: Sequence[str], colour: Any = style.INK) -> list[Any]:
    """Legend handles for the signs that are in the picture, each with its word."""
    from matplotlib.lines import Line2D

    looks: dict[str, dict[str, Any]] = {
        "start": {"marker": "o", "markersize": 6, "markerfacecolor": "white", "markeredgewidth": 1.2},
        "end": {"marker": "s", "markersize": 5, "markeredgewidth": 0},
        "last finite point": {"marker": "s", "markersize": 5, "markeredgewidth": 0},
        "minimum": {"marker": "*", "markersize": 8.5, "markeredgewidth": 0, "color": style.INK},
        "end, at the minimum": {"marker": "*", "markersize": 8.5, "markeredgewidth": 0, "color": style.INK},
        "saddle": {"marker": "X", "markersize": 6, "markeredgewidth": 0, "color": style.INK},
        "leaves the frame": {"marker": arrowhead(0, 1), "markersize": 7, "markeredgewidth": 0},
        "diverges": {"marker": arrowhead(0, 1), "markersize": 7, "markeredgewidth": 0},
    }
    return [Line2D([], [], linestyle="none", label=word, **{"color": colour, **looks[word]}) for word in shown]


def note(words: str) -> list[Any]:
    """A legend handle without a sign; none without words."""
    from matplotlib.lines import Line2D

    return [Line2D([], [], linestyle="none", label=words)] if words else []
