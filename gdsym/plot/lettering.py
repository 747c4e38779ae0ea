"""The heights of contour lines, small, in gaps of the lines: where there is room, and away from the descents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.plot import paths
from gdsym.plot.labels import math_of, number
from gdsym.plot.scales import LONG, shown
from gdsym.plot.spans import Span

Array = npt.NDArray[np.float64]
FEW = 8  # so many lines all have their height
MOST = 6
EDGE, CLEAR, APART = 0.075, 0.05, 0.03  # in frame sides: from the frame, from a descent or label, from the next line
FAR = 0.2  # more room than that is as good


def write_heights(
    ax: Any, drawn: Any, lines: Array, own: bool, frame: Sequence[Span], taken: Sequence[Array], lowest: float
) -> str:
    """One height a line, of some outer lines or of all that the caller gave; in words what is taken off them, if anything."""
    off = lowest if abs(lowest) >= LONG * float(np.ptp(lines)) else 0.0
    wanted = (
        np.arange(len(lines))[::-1] if own and len(lines) <= FEW else np.arange(len(lines) - 1, len(lines) // 3, -2)
    )
    places = dict(_places([paths.unit(p.vertices, frame) for p in drawn.get_paths()], wanted, frame, taken))
    if places:
        texts = {
            lines[k]: math_of(("+" if off else "") + number(lines[k] - off, _digits(lines[k] - off))) for k in places
        }
        low, high = np.array(frame).T
        spots = [tuple(low + spot * (high - low)) for spot in places.values()]
        ax.clabel(drawn, levels=sorted(texts), fmt=texts, fontsize=6.5, inline=True, inline_spacing=2, manual=spots)
        for text in drawn.labelTexts:
            text.set_color("#2a363f")
            text.set_zorder(1.5)
    return f"heights above {math_of(shown(off))}" if off and places else ""


def _digits(level: float) -> int:
    """As many as a round level needs; three of any other."""
    return next((d for d in (3, 4, 5) if abs(float(f"{level:.{d}g}") - level) <= 1e-9 * abs(level)), 3)


def _places(
    ways: Sequence[Array], wanted: npt.NDArray[np.int_], frame: Sequence[Span], taken: Sequence[Array]
) -> Iterator[tuple[int, Array]]:
    """For each line that has room its number and the best place, in frame sides."""
    crowd = np.concatenate([np.full((1, 2), 9.0), *(paths.dense(t, frame) for t in taken)])
    count = 0
    for k in wanted:
        spots = ways[k][((ways[k] > EDGE) & (ways[k] < 1 - EDGE)).all(axis=1)]
        beside = np.concatenate([np.full((1, 2), 9.0), *ways[max(k - 1, 0) : k], *ways[k + 1 : k + 2]])
        if not len(spots) or count == MOST:
            continue
        room = np.where(_away(spots, beside) >= APART, np.minimum(_away(spots, crowd), FAR), 0.0)
        best = spots[int(np.argmax(room + 0.1 * _flat(spots)))]
        if _away(best[None], crowd)[0] >= CLEAR and _away(best[None], beside)[0] >= APART:
            crowd, count = np.vstack([crowd, best]), count + 1
            yield int(k), best


def _away(spots: Array, others: Array) -> Array:
    return np.asarray(np.linalg.norm(spots[:, None] - others[None], axis=2).min(axis=1))


def _flat(spots: Array) -> Array:
    """1 where the line runs across, where it is easy to read, 0 where it goes up."""
    if len(spots) < 2:
        return np.ones(len(spots))
    step = np.abs(np.gradient(spots, axis=0))
    return np.asarray(step[:, 0] / np.maximum(step.sum(axis=1), 1e-12))
