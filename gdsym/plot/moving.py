"""A descent in motion: its points appear one after the other on the curve or the contour lines of J."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.errors import GdsymError
from gdsym.keywords import known_keywords
from gdsym.plot import paths, style
from gdsym.plot.curve import draw_curve, label_curve, raised, run_key
from gdsym.plot.heights import draw_critical, draw_field, frame_of
from gdsym.plot.labels import math_of, number
from gdsym.plot.runs import labels, listed
from gdsym.plot.section import Section, section
from gdsym.plot.slopes import half_length
from gdsym.plot.spans import Span, curve_span, given_spans, is_lost
from gdsym.record import record

Array = npt.NDArray[np.float64]
INTERVAL, REST = 80, 8  # milliseconds a picture; pictures for which the end stands still


@known_keywords
def animate(
    cost: Any,
    run: Any,
    data: Mapping[Any, Any] | None = None,
    *,
    params: Any = None,
    at: Mapping[Any, Any] | None = None,
    span: Any = None,
    frames: int = 60,
    ax: Any = None,
) -> Any:
    """The descent in motion, on the curve of one parameter (with its tangent) or the contour lines of two.

    Until it is played the Axes show the whole descent. `gd.plot.save(ax, "descent.gif")` writes it, a window plays it, and
    `ax.animation` is matplotlib's own object. Long runs are shown at steps that grow apart; the step stands above the picture.

    Args:
        cost: the `Cost`.
        run: a run, several, or a dict label -> run: they start together.
        data: as for `descend`; without it the first run's own.
        params: one or two of Symbols, entries `w[1]`, or names; may be left out if the cost has one or two numbers to choose.
        at: numbers for the other parameters; without it the end of the first run is used.
        span: as for `cost_curve` and `contour`; without it chosen from the runs.
        frames: how many steps are shown at most, 2 to 500; the last one stands still for a while.
        ax: the Axes to draw on; without it a new figure of column width.

    Returns:
        The Axes.

    Raises:
        GdsymError: no run is given, `frames` is no such number, or the picture itself cannot be drawn.

    Example:
        >>> from sympy import symbols
        >>> import gdsym as gd
        >>> w, b = symbols("w b")
        >>> cost = gd.Cost((w - 1)**2 + 3*(b + 2)**2, [w, b])
        >>> ax = gd.plot.animate(cost, cost.descend({w: 0, b: 0}, learning_rate=0.1, maxiter=30))
        >>> ax.get_xlabel(), ax.texts[-1].get_text()[:7]
        ('$w$', 'step 30')
    """
    runs = listed(run, "animate")
    if not runs:
        raise GdsymError("animate was given no run; make one with cost.descend(start, data).")
    if isinstance(frames, bool) or not isinstance(frames, int) or not 2 <= frames <= 500:
        raise GdsymError(f"frames is {frames!r:.40}; give a whole number from 2 to 500.")
    part = section(cost, params, _count(params, runs[0]), data, at, runs, "animate")
    with style.look():
        ax = style.axes_or_new(ax, height=2.75)
        frame = (_on_curve if len(part.entries) == 1 else _on_field)(ax, part, runs, span)
        if len(runs) > 1:
            style.key_above(ax, run_key(labels(run), [paths.fate(one, is_lost(one)) for one in runs]))
        rows, caption = tuple(_rows(part, one) for one in runs), _caption(ax, len(runs) == 1)
        _play(_Moving(ax, part, frame, rows, len(ax.lines), caption), _steps(runs, frames))
        return style.dressed(ax, boxed=len(part.entries) == 2)


def _count(params: Any, run: Any) -> int:
    """Over how many numbers the picture is: as many as are named, or as there are."""
    if params is None:
        return 1 if np.size(run.x) == 1 else 2
    return 2 if isinstance(params, (list, tuple)) and len(params) != 1 else 1


def _on_curve(ax: Any, part: Section, runs: Sequence[Any], span: Any) -> tuple[Span, Span]:
    spans = given_spans(part, span, "animate")
    reach = spans[0] if spans else curve_span(part, [part.path(r) for r in runs], [is_lost(r) for r in runs])
    frame = raised(ax, draw_curve(ax, part, reach), [part.heights(r) for r in runs])
    label_curve(ax, part)
    return frame


def _on_field(ax: Any, part: Section, runs: Sequence[Any], span: Any) -> tuple[Span, Span]:
    rows = [part.path(r) for r in runs]
    frame, found = frame_of(part, rows, [is_lost(r) for r in runs], span, "animate")
    draw_field(ax, part, frame, None, found, rows)
    draw_critical(ax, found, rows, frame)
    ax.set_xlabel(part.axis_label(0))
    ax.set_ylabel(part.axis_label(1))
    return frame[0], frame[1]


@record(eq=False)
class _Moving:
    """The picture at any step: what stands still is drawn once, the runs (steps, points, costs) anew for each."""

    ax: Any
    part: Section
    frame: tuple[Span, Span]
    runs: tuple[tuple[npt.NDArray[np.int64], Array, Array], ...]
    still: int  # so many lines of the Axes stand still
    said: Any

    def at(self, step: int) -> None:
        """Show every run as far as it is at this step, or to its end."""
        for line in self.ax.lines[self.still :]:
            line.remove()
        last = [max(int(np.searchsorted(steps, step, side="right")) - 1, 0) for steps, _, _ in self.runs]
        for which, row in enumerate(last):
            self._show(which, row)
        cost = f", {math_of(f'{self._name} = {number(float(self.runs[0][2][last[0]]))}')}"
        self.said.set_text(f"step {step}" + (cost if len(self.runs) == 1 else ""))

    @property
    def _name(self) -> str:
        return self.part.label.strip("$").partition("(")[0]

    def _show(self, which: int, row: int) -> None:
        points = self.runs[which][1][: row + 1]
        leaves = paths.draw_path(self.ax, points, self.frame, which, on_curve=len(self.part.entries) == 1)
        paths.draw_ends(self.ax, points, self.frame, which, end=not leaves)
        if (
            not leaves and len(self.runs) == len(self.part.base) == 1
        ):  # the curve is all of J, so its slope is the step's
            self._tangent(points[-1])

    def _tangent(self, point: Array) -> None:
        slope = float(self.part.slope(point[:1])[0])
        ends = point[0] + half_length(slope, self.frame) * np.array([-1.0, 1.0])
        self.ax.plot(ends, point[1] + slope * (ends - point[0]), color=style.COLOURS[1], linewidth=1.0, zorder=3)


def _rows(part: Section, run: Any) -> tuple[npt.NDArray[np.int64], Array, Array]:
    costs = part.heights(run)
    points = np.column_stack([part.path(run), costs]) if len(part.entries) == 1 else part.path(run)
    return run.history.step, points, costs


def _caption(ax: Any, alone: bool) -> Any:
    """Where the step is said: above the picture, or in its corner if the names of the runs stand there."""
    place = (0.99, 1.01, "bottom") if alone else (0.98, 0.02, "bottom")
    return ax.text(
        *place[:2],
        "",
        transform=ax.transAxes,
        ha="right",
        va=place[2],
        fontsize=8.5,
        zorder=7,
        path_effects=style.halo(),
    )


def _steps(runs: Sequence[Any], frames: int) -> list[int]:
    """All steps if there are few, else some that grow apart, the last one always."""
    last = max(int(run.history.step[-1]) for run in runs)
    if last < frames:
        return list(range(last + 1))
    grown = np.geomspace(1, last, frames - 1).round().astype(int)
    least = np.arange(1, frames)  # no step twice
    return [0, *np.minimum(np.maximum(grown, least), last).tolist()]


def _play(moving: _Moving, steps: Sequence[int]) -> None:
    """The animation is the Axes' own, so that it lives as long as they do; their last picture stands."""
    from matplotlib.animation import FuncAnimation

    class Played(FuncAnimation):
        def __del__(self) -> None:
            """Not to be played is no mistake: a picture of the end is one, too."""

    pictures = [*steps, *[steps[-1]] * REST]
    show, figure = moving.at, moving.ax.figure
    moving.ax.animation = Played(figure, show, pictures, init_func=lambda: show(steps[0]), interval=INTERVAL)
    show(steps[-1])
