"""Cost against step for several learning rates on one picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.arguments import members
from gdsym.errors import GdsymError
from gdsym.keywords import known_keywords
from gdsym.plot import paths, style
from gdsym.plot.curve import run_key
from gdsym.plot.labels import cost_name, math_of, name_of, number
from gdsym.plot.runs import MOST, costs_of, labels, listed
from gdsym.plot.spans import Span, is_lost

Array = npt.NDArray[np.float64]
DECADES_DOWN = 12  # a cost that falls further is at its lowest as far as the eye goes


@known_keywords
def learning_rates(
    runs: Any,
    start: Mapping[Any, Any] | None = None,
    rates: Sequence[float] | None = None,
    *,
    data: Mapping[Any, Any] | None = None,
    maxiter: int = 100,
    ax: Any = None,
) -> Any:
    """Cost against step, on a logarithmic scale, for several runs; those that diverge end at the frame and say so.

    Args:
        runs: runs as `descend` returns them, a dict label -> run, or a `Cost` (then with `start` and `rates`).
        start, rates, data, maxiter: for a `Cost`: one descent for each rate is made.
        ax: the Axes to draw on; without it a new figure of column width.

    Returns:
        The Axes.

    Raises:
        GdsymError: no run is given, or a cost without start or rates; no run that moves.

    Example:
        >>> from sympy import symbols
        >>> import gdsym as gd
        >>> w = symbols("w")
        >>> ax = gd.plot.learning_rates(gd.Cost(w**2, [w]), {w: 1}, [0.1, 1.5], maxiter=20)
        >>> ax.get_xlabel()
        'step'
    """
    given = _made(runs, start, rates, data, maxiter) if hasattr(runs, "descend") else runs
    shown = listed(given, "learning_rates")
    if not shown:
        raise GdsymError("learning_rates was given no run; give runs, or a cost with start and rates.")
    names = labels(given)
    lines, low = _lines(shown)
    if not any(np.isfinite(line[:, 1]).any() for line in lines):
        raise GdsymError(
            "All runs stay at the lowest cost, which has no place on a logarithmic scale; give runs that move."
        )
    with style.look():
        ax = style.axes_or_new(ax)
        draw_lines(ax, lines, shown, runs, "" if low == 0 else " above its lowest")
        style.key_above(ax, run_key(names))
        return style.dressed(ax)


def draw_lines(ax: Any, lines: Sequence[Array], runs: Sequence[Any], given: Any, what: str) -> None:
    """The rows (step, power of ten) of every run in one frame, with its axes; `what` they count, behind the cost's name."""
    frame = _frame(runs, lines)
    for which, line in enumerate(lines):
        _draw(ax, line, frame, which)
    _set_axes(ax, frame, what, runs, given)
    _say_lost(ax, lines, frame, runs)


def _made(cost: Any, start: Any, rates: Any, data: Any, maxiter: int) -> dict[Any, Any]:
    rates = None if rates is None else members(rates, "rates", "give a list of learning rates, e.g. [0.1, 1]")
    settings = None if rates is None else [{"learning_rate": rate} for rate in rates]
    runs = made(cost, start, settings, data, maxiter, "learning_rates", "rates", "[0.1, 1]")
    return dict(zip(rates, runs, strict=True))


def made(
    cost: Any, start: Any, settings: Sequence[Mapping[str, Any]] | None, data: Any, maxiter: int,
    what: str, asked: str, example: str,
) -> list[Any]:  # fmt: skip
    """A descent for each of the settings, which `what` (a function's name) calls `asked`."""
    if start is None or settings is None:
        missing = " and ".join(n for n, v in (("start", start), (asked, settings)) if v is None)
        raise GdsymError(f"{what} of a cost needs {missing}: {what}(cost, {{w: 0}}, {example}, data=...).")
    if len(settings) > MOST:
        raise GdsymError(
            f"{what} tells {MOST} runs apart, but {len(settings)} {asked} were given: choose some of them."
        )
    return [cost.descend(start, data, maxiter=maxiter, **one) for one in settings]


def _lines(runs: Sequence[Any]) -> tuple[list[Array], float]:
    """Rows (step, log10 J); if a cost is not positive everywhere, of J above the lowest that was reached."""
    rows = [costs_of(run) for run in runs]
    low = min(0.0, *(float(line[:, 1].min()) for line in rows))
    with np.errstate(divide="ignore"):
        return [np.column_stack([line[:, 0], np.log10(line[:, 1] - low)]) for line in rows], low


def _frame(runs: Sequence[Any], lines: Sequence[Array]) -> tuple[Span, Span]:
    """Steps of the runs that stay; heights from the lowest to a little above the start."""
    stay = [line for run, line in zip(runs, lines, strict=True) if not is_lost(run)] or [line[:8] for line in lines]
    last = max(float(line[-1, 0]) for line in stay) or 1.0
    heights = np.concatenate([line[:, 1] for line in stay])
    finite = heights[np.isfinite(heights)]
    if not len(finite):
        return (-0.02 * last, 1.02 * last), (-1.0, 1.0)
    begun = [float(line[0, 1]) for line in lines if np.isfinite(line[0, 1])]
    top = max([float(finite.max()), *begun])
    if all(map(is_lost, runs)):
        top = min(top, max(begun, default=top) + DECADES_DOWN - 1)  # where all grow, the start is in the picture
    bottom = max(float(finite.min()), top - DECADES_DOWN)
    more = max(top - bottom, 0.5)
    lost = any(map(is_lost, runs))
    return (-0.02 * last, 1.02 * last), (bottom - 0.07 * more, top + (0.25 if lost else 0.06) * more)


def _draw(ax: Any, line: Array, frame: tuple[Span, Span], which: int) -> None:
    """One run; an exact zero is drawn as a fall through the floor."""
    colour, dash = style.COLOURS[(which + 1) % len(style.COLOURS)], style.DASHES[which % len(style.DASHES)]
    inside, leaves = paths.clipped(_on_paper(line, frame), frame)
    shown = inside[paths.spaced(inside, frame, 0.001)]
    ax.plot(shown[:, 0], shown[:, 1], color=colour, linestyle=dash, linewidth=1.2, zorder=3)
    dots = inside[: len(inside) - 1] if leaves else inside
    dots = dots[paths.spaced(dots, frame, 0.05)]
    ax.plot(
        dots[:, 0],
        dots[:, 1],
        style.MARKERS[which % len(style.MARKERS)],
        color=colour,
        markersize=3.4,
        markeredgewidth=0,
        zorder=4,
    )
    ax.set_xlim(frame[0])
    ax.set_ylim(frame[1])
    if leaves and len(inside) > 1:
        paths.leaving(ax, inside, frame, colour)


def _on_paper(line: Array, frame: tuple[Span, Span]) -> Array:
    """The line with a number everywhere: below the frame where the cost is exactly 0."""
    return np.column_stack([line[:, 0], np.where(np.isfinite(line[:, 1]), line[:, 1], frame[1][0] - 1)])


def _say_lost(ax: Any, lines: Sequence[Array], frame: tuple[Span, Span], runs: Sequence[Any]) -> None:
    """A word for each run that is lost, beside the end of its line, where it covers no line and no other word."""
    size = 72 * np.array(style.inches(ax))
    crowd = np.concatenate([paths.dense(_on_paper(line, frame), frame) for line in lines]) * size
    for which, (line, run) in enumerate(zip(lines, runs, strict=True)):
        inside, leaves = paths.clipped(_on_paper(line, frame), frame)
        word = paths.fate(run, leaves)
        if word and len(inside):
            box = 4.0 * len(word), 9.0
            end = paths.unit(inside[-1], frame) * size
            side, down = _free(end, box, size, crowd)
            ax.annotate(
                word, inside[-1], xytext=(6 * side, -down), textcoords="offset points", va="top",
                ha="left" if side > 0 else "right", color=style.darker(style.COLOURS[(which + 1) % len(style.COLOURS)]),
                path_effects=style.halo(), zorder=5,
            )  # fmt: skip
            across = end[0] + 6 * side + np.linspace(0, side * box[0], 9)
            crowd = np.concatenate(
                [crowd, *(np.column_stack([across, across * 0 + end[1] - down - h]) for h in (2, 5, 8))]
            )


def _free(end: Array, box: tuple[float, float], size: Array, crowd: Array) -> tuple[float, float]:
    """On which side of a place, and how far below it (in points), a word of this size has most room; near ones first."""
    best, least = (1.0, 2.0), np.inf
    for down in (2.0, 12.0, 22.0, -11.0, 32.0, 42.0, -21.0):
        for side in (1.0, -1.0):
            low = np.array([end[0] + (6 if side > 0 else -6 - box[0]), end[1] - down - box[1]])
            high = low + box
            if (low < 0).any() or (high > size + (4, 0)).any():
                continue
            hits = int(((crowd > low - 1) & (crowd < high + 1)).all(axis=1).sum())
            if hits < least:
                best, least = (side, down), hits
    return best


def _set_axes(ax: Any, frame: tuple[Span, Span], what: str, runs: Sequence[Any], given: Any) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    if math.floor(frame[1][1]) > math.ceil(frame[1][0]):
        ax.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: math_of(f"10^{{{v:.0f}}}")))
    else:  # no two powers of ten in the frame
        ticks = [v for v in MaxNLocator(4).tick_values(*(10.0**end for end in frame[1])) if v > 0]
        ax.set_yticks([math.log10(v) for v in ticks], [math_of(number(v, 3)) for v in ticks])
        ax.set_ylim(frame[1])
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    ax.set_xlabel("step")
    keys = runs[0].history.params
    args = [name_of(p) for p in given.problem.params] if hasattr(given, "problem") else _names(keys)
    ax.set_ylabel(cost_name(getattr(runs[0], "name", "J"), args) + what)


def _names(keys: Any) -> list[str]:
    from gdsym.writing.names import latex_name

    return [latex_name(str(getattr(k, "label", k))) for k in keys]
