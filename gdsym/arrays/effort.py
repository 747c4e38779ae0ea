"""What an evaluation costs: arithmetic operations, and bytes that arrays take to and from memory, as formulas in the sizes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy

from gdsym.arrays.affine import Affine, Clipped
from gdsym.arrays.emit import VIEWS
from gdsym.arrays.expand import reachable
from gdsym.arrays.graph import PARAM, Op
from gdsym.arrays.measure import Measure
from gdsym.arrays.program import Input, Program
from gdsym.arrays.whole_texts import WHOLES
from gdsym.record import record
from gdsym.written.nodes import Base, Sym

BYTES = 8  # of a double
STILL = {"leaf", "number", "size", "truth", "whole", "copy", "full", "arange", "lookup", "concatenate", "windows"} | {
    *VIEWS
}
FOLDS = {"sum", "prod", "max", "cumprod", "cumsum", "cummax"}


@record
class Effort:
    """Counts as SymPy polynomials in the sizes, which have their names in the code.

    An addition, a multiplication, a comparison or a function of one number is one operation; a matrix product of an
    (m, n) and an (n, p) array is 2 m n p of them, an inverse of n rows 2 n^3, a determinant 2 n^3/3. Bytes are 8 for each entry of an array that an operation reads or
    writes; plain numbers are free, and so are views.
    """

    operations: Any
    bytes: Any

    def __str__(self) -> str:
        word = "operation" if self.operations == 1 else "operations"
        moved = f", {self.bytes} bytes read and written" if self.bytes != 0 else ""
        return f"{self.operations} {word}{moved}"


def effort(program: Program) -> tuple[Effort, Effort]:
    """Before the first evaluation (from the data alone), and for each evaluation of value and gradient."""
    lengths = Lengths(program)
    ops = reachable(program.graph.swiftly([program.graph.value, *program.graph.gradients]))
    once = [op for op in ops if not op.needs & PARAM and op.needs]
    return _total(lengths, once), _total(lengths, [op for op in ops if op.needs & PARAM])


def _total(lengths: Lengths, ops: Iterable[Op]) -> Effort:
    done = [op for op in ops if op.kind not in STILL]
    moving = [op for op in ops if op.kind not in {"leaf", "number", "size", "truth", *VIEWS}]
    return Effort(
        sympy.expand(sum(_operations(lengths, op) for op in done)),
        sympy.expand(BYTES * sum(_moved(lengths, op) for op in moving)),
    )


def _moved(lengths: Lengths, op: Op) -> Any:
    """Entries read and written; a sum or product of n arrays takes n - 1 passes, each over the one before."""
    between = 2 * (len(op.args) - 2) if op.kind in ("add", "mul") else 0
    return sum(lengths.entries(a) for a in (op, *op.args) if a.ndim) + (between * lengths.entries(op) if op.ndim else 0)


def _operations(lengths: Lengths, op: Op) -> Any:
    if op.kind in ("add", "mul"):
        return (len(op.args) - 1) * lengths.entries(op)
    if op.kind in FOLDS:
        return lengths.entries(op.args[0])
    if op.kind in ("scatter", "spread"):
        return lengths.entries(op.args[1])
    if op.kind == "matmul":
        return 2 * lengths.entries(op.args[0]) * sympy.prod(lengths(op.args[1])[1:])
    if op.kind in WHOLES:  # by LU
        rows = lengths(op.args[0])[0]
        return 2 * rows**3 if op.kind == "inverse" else sympy.Rational(2, 3) * rows**3
    if op.kind == "correlated":
        return 2 * lengths.entries(op) * lengths.entries(op.args[1])
    if op.kind == "row_shares":
        return 2 * lengths.entries(op.args[1])
    if op.kind in ("vdot", "decay"):
        return 2 * lengths.entries(op.args[0])
    if op.kind == "fade":
        return 3 * lengths.entries(op)
    if op.kind == "einsum":
        return len(op.args) * sympy.prod(lengths.letters(op).values())
    return lengths.entries(op)


class Lengths(Measure):
    """Shapes of the operations as formulas in the sizes."""

    def __init__(self, program: Program) -> None:
        self._sizes = {i.node: sympy.Symbol(i.name, integer=True, positive=True) for i in program.sizes}
        self._leaves = {i.name: self._axes(program, i) for i in program.inputs}
        self._known = {}

    def _axes(self, program: Program, given: Input) -> tuple[Any, ...]:
        axes = program.shapes.arrays[given.node] if given.ndim and isinstance(given.node, Base) else ()
        unknown = sympy.Symbol(f"len({given.name})", integer=True, positive=True)
        told = (a.length or next(iter(a.least), None) for a in axes)
        return tuple(unknown if form is None else self._at(form) for form in told)

    def _at(self, form: Affine) -> Any:
        return sympy.Integer(form.const) + sum(c * self._size(s) for s, c in form.terms)

    def _size(self, letter: Sym) -> Any:
        if isinstance(letter, Clipped):
            return self._at(letter.form)  # of sizes that are large enough
        return self._sizes.get(letter) or sympy.Symbol(letter.name, integer=True, positive=True)

    def _entrywise(self, op: Op) -> tuple[Any, ...]:
        return self._together([self(a) for a in op.args])

    def _lookup(self, op: Op) -> tuple[Any, ...]:
        return (*self._together([self(a) for a in op.args[1:]]), *self(op.args[0])[len(op.args) - 1 :])

    def _together(self, shapes: list[tuple[Any, ...]]) -> tuple[Any, ...]:
        rank = max(map(len, shapes))
        padded = [(1,) * (rank - len(s)) + tuple(s) for s in shapes]
        return tuple(next((n for n in column if n != 1), 1) for column in zip(*padded, strict=True))

    def _part(self, start: Any, stop: Any, n: Any) -> Any:
        first, last = self._at(start), n if stop is None else self._at(stop)
        return (n + last if last.is_negative else last) - first

    def _arange(self, op: Op) -> tuple[Any, ...]:
        first, last = op.attr
        return (self._at(last) - self._at(first) + 1,)

    def _spots(self, op: Op) -> tuple[Any, ...]:
        return (*self(op.args[0])[:-1], self._at(op.attr))

    def _full(self, op: Op) -> tuple[Any, ...]:
        return tuple(self._at(length) for length in op.attr)

    _scatter = _spread = _full

    def _moving(self, op: Op) -> tuple[Any, ...]:
        count, *others = self(op.args[0])
        return (count - self._at(op.attr) + 1, *others)

    _moving_max = _moving

    def _windows(self, op: Op) -> tuple[Any, ...]:
        return self._cut(op, [self._at(width) for _, width in op.attr])

    def _diagonal(self, op: Op) -> tuple[Any, ...]:
        inner, pair = self(op.args[0]), op.attr
        return (*(n for p, n in enumerate(inner) if p not in pair), inner[pair[0]])
