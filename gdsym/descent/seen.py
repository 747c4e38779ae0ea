"""Which data a run has seen: shapes, and a check sum over entries here and there; a run goes on with the same only."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.errors import DescentError
from gdsym.record import record
from gdsym.written.nodes import Node

if TYPE_CHECKING:
    from gdsym.descent.run import Run

LOOKED_AT = 1024  # entries of an array
ALIKE = 1e-6  # relative: two formulas with these values are taken for one cost


@record
class Print:
    """Shape and check sum of an array; the sum is None where entries would have to be computed."""

    shape: tuple[int, ...]
    sum: int | None

    def differs(self, other: Print) -> bool:
        known = self.sum is not None and other.sum is not None
        return self.shape != other.shape or (known and self.sum != other.sum)


def prints(data: Mapping[Node, Any]) -> dict[str, Print]:
    """Letter -> print; however an array lies in memory, whatever type its numbers had; -0.0 is 0."""
    return {str(getattr(node, "name", node)): _print(value) for node, value in data.items()}


def _print(value: Any) -> Print:
    if isinstance(value, (float, int)):
        return Print((), zlib.crc32(struct.pack("d", value + 0.0)))
    if hasattr(value, "chunks"):  # lazy: to look at entries is to compute them
        return Print(tuple(value.shape), None)
    some = array = np.asarray(value)
    if array.size > LOOKED_AT:
        each = LOOKED_AT ** (1 / array.ndim)  # places along an axis
        some = array[tuple(slice(None, None, max(1, round(size / each))) for size in array.shape)]
    return Print(array.shape, zlib.crc32((np.ascontiguousarray(some, dtype=float) + 0.0).data))


def refuse_other_data(run: Run, seen: Mapping[str, Print]) -> None:
    """Raise DescentError if the run to go on with has seen other data, or has descended another cost."""
    resume, formulas = run.resume, run.known.formulas
    if resume is None or resume.seen is None or formulas is None:
        return
    differ = [_told(name, resume.seen[name], p) for name, p in seen.items() if name in resume.seen]
    new = [f"{name} is new" for name in seen if name not in resume.seen]
    gone = [f"{name} is gone" for name in resume.seen if name not in seen]
    if found := [*filter(None, differ), *new, *gone]:
        raise DescentError(
            f"The run to go on with was made with other data: {', '.join(found)[:200]}. Its history would be that of two costs. "
            "Give the data of that run; or begin anew where it has ended: start=run.params, without resume."
        )
    if resume.formulas is not None and resume.formulas.cost != formulas.cost and not _alike(run, resume):
        raise DescentError(
            f"The run to go on with has descended another cost: {resume.fun:.6g} at its last row, where this one is "
            f"{run.cost_at_start():.6g}. Resume with the cost of that run; or begin anew: start=run.params, without resume."
        )


def _told(name: str, old: Print, new: Print) -> str:
    if not old.differs(new):
        return ""
    if old.shape != new.shape:
        return f"{name} had shape {old.shape} and has {new.shape}"
    return f"{name} holds other numbers" if new.shape else f"{name} is another number"


def _alike(run: Run, resume: Any) -> bool:
    """Do two formulas, written differently, give one number where the first has ended?"""
    now, then = run.cost_at_start(), float(resume.fun)
    return bool(abs(now - then) <= ALIKE * max(abs(now), abs(then), abs(float(resume.history.cost[0])) * ALIKE))
