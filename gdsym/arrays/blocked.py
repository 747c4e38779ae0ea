"""The same cost and gradient in one pass over blocks of samples: rows are read once, and what is made of them stays
in the processor's cache. Sums over the samples are added up block by block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any, ClassVar

import numpy as np

from gdsym.arrays.along import Along
from gdsym.arrays.emit import Emitted, Statement, emit
from gdsym.arrays.functions import OURS
from gdsym.arrays.graph import PARAM, Op
from gdsym.arrays.memory import is_on_disk
from gdsym.arrays.names import WORD, Names
from gdsym.arrays.program import Input, Program
from gdsym.record import changed, record

ENTRIES = 100_000  # of a matrix in a block: with what is made of it, it stays in a core's own cache
FEWEST = 512  # samples in a block, however wide: fewer cost more in calls than the cache gives back
NARROW = 16_384  # samples in a block of vectors, for the same reason
MANY = 1 << 18  # samples from which vectors go in blocks too
WIDE_DATA, WIDE_MADE = 32, 16  # entries a sample from which a pass less over the data, or a cached temporary, pays
LEAST = 3  # blocks


@record
class Blocked:
    """A program whose evaluation goes through the samples block by block; `uncopied` is `once` for a few evaluations."""

    floats: ClassVar[bool] = True
    inputs: tuple[Input, ...]
    once: tuple[Statement | str, ...]
    each: tuple[Statement | str, ...]
    value: str
    gradients: tuple[str, ...]
    needs: tuple[str, ...]
    uncopied: tuple[Statement | str, ...]

    @property
    def seldom(self) -> Blocked:
        """The same without copies of data in column order."""
        return changed(self, once=self.uncopied)


def in_blocks(
    program: Program, bound: Mapping[str, Any], along: Along | None, *, columns: bool = True
) -> Blocked | None:
    """The program in blocks for these data; None if that does not pay, or one pass is not enough.

    `along` is `along_samples(program)`. With `columns`, blocks of big matrices are copied to column order, which pays from a few passes on.
    """
    if along is None:
        return None
    total = next(np.shape(bound[name])[axis] for name, axis in along.leaves.items())
    rows = _rows(program, along, bound, total)
    return _Writer(program, along, bound, rows, columns).blocked() if rows and total >= LEAST * rows else None


def _rows(program: Program, along: Along, bound: Mapping[str, Any], total: int) -> int:
    """How many samples a block has; 0 if blocks do not pay. Never a power of 2: columns would share cache lines."""
    width = {name: int(np.size(bound[name])) // max(total, 1) for name in along.leaves}
    twice = max((width[name] for name in program.column_major if name in width), default=1)
    made = _made(program, along, bound)
    pays = twice >= WIDE_DATA or made >= WIDE_MADE or total >= MANY or any(is_on_disk(bound[name]) for name in width)
    return max(FEWEST, min(NARROW, ENTRIES // max(*width.values(), made) // 16 * 16)) + 8 if pays else 0


def _made(program: Program, along: Along, bound: Mapping[str, Any]) -> int:
    """Entries a sample of the widest thing that is computed: the largest other size, if any matrix is made."""
    matrices = any(op.ndim > 1 and op.needs & PARAM and place is not None for op, place in along.axis.items())
    others = [bound[s.name] for s in program.sizes if s.node != along.size and s.name in bound]
    return max(others, default=1) if matrices else 1


class _Writer:
    """Statements before the loop over blocks, in it, and after it."""

    def __init__(self, program: Program, along: Along, bound: Mapping[str, Any], rows: int, columns: bool) -> None:
        self.program, self.along, self.rows = program, along, rows
        self.named = {i.node: i.name for i in program.inputs}
        taken = [*self.named.values(), *OURS]
        self.names = Names([*taken, *(f"dJ_d{name}" for name in self.named.values())])
        self.blocks, self.at = self.names.own("blocks"), self.names.own("at")
        self.columns = {n for n in program.column_major if columns and not is_on_disk(bound[n])}

    def blocked(self) -> Blocked:
        inner = self.emit(self.along.sums, {})
        fixed = {op: name for op, name in inner.called.items() if self.along.axis.get(op) is None}
        totals = {op: self.names.own("total") for op in self.along.sums}
        outer = self.emit([self.program.graph.value, *self.program.graph.gradients], fixed | totals)
        called = {name: op for op, name in inner.called.items()}
        inside = [s for s in inner.each if self.along.axis[called[s.name]] is not None]
        before = [s for s in inner.each if s not in inside]
        loop = self.loop(inner, called, inside, list(totals.values()))
        made: tuple[Statement | str, ...] = (*inner.once, *outer.once)
        once, uncopied = (*made, self.cut(inner, called, self.columns)), (*made, self.cut(inner, called, set()))
        needs = dict.fromkeys((*inner.needs, *outer.needs, "import numpy as np"))
        return Blocked(
            self.program.inputs,
            once,
            (*before, *loop, *outer.each),
            outer.outputs[0],
            outer.outputs[1:],
            tuple(needs),
            uncopied,
        )

    def emit(self, outputs: Sequence[Op], known: Mapping[Op, str]) -> Emitted:
        return emit(outputs, self.names, lambda s: self.named[s], hoist=True, known=known, apart=self.is_apart)

    def is_apart(self, op: Op, users: Sequence[Op | None]) -> bool:
        """Is it the same for every block, but used in each?"""
        axis = self.along.axis
        fixed = axis.get(op) is None and bool(op.needs & PARAM) and op not in self.along.after
        return fixed and any(user is not None and axis.get(user) is not None for user in users)

    def arrays(self, inner: Emitted, called: Mapping[str, Op]) -> dict[str, int]:
        """What is cut into blocks: data, and what was made of data before the loop."""
        made = {s.name: self.along.axis.get(called[s.name]) for s in inner.once}
        text = " ".join([*(s.code for s in inner.each), *inner.outputs])
        used = set(WORD.findall(text))
        every = {**self.along.leaves, **{name: axis for name, axis in made.items() if axis is not None}}
        return {name: axis for name, axis in every.items() if name in used}

    def cut(self, inner: Emitted, called: Mapping[str, Op], columns: Set[str]) -> str:
        arrays = self.arrays(inner, called)
        parts = ", ".join(self.part(name, axis, name in columns) for name, axis in arrays.items())
        size = self.named[self.along.size]
        return f"{self.blocks} = [({parts},) for {self.at} in range(0, {size}, {self.rows})]"

    def part(self, name: str, axis: int, copied: bool) -> str:
        code = f"{name}[{':, ' * axis}{self.at}:{self.at} + {self.rows}]"
        return f"np.asfortranarray({code})" if copied else code

    def loop(
        self, inner: Emitted, called: Mapping[str, Op], inside: Sequence[Statement], totals: Sequence[str]
    ) -> list[str]:
        lines = [f"{s.name} = {s.code}" for s in inside]
        lines += [f"{total} += {code}" for total, code in zip(totals, inner.outputs, strict=True)]
        made = [s.name for s in inside if s.ndim]
        lines += [f"del {', '.join(made)}"] if made else []
        body = "\n".join(f"    {line}" for line in lines)
        head = f"for {', '.join(self.arrays(inner, called))}, in {self.blocks}:"
        return [f"{' = '.join(totals)} = 0.0", f"{head}\n{body}"]
