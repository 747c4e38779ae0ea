"""Which part of a cost is no finite number, and for which sample: `log(w x_i) at i = 3: argument -2`."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import singledispatchmethod
from typing import Any

import numpy as np
import sympy

from gdsym.descent import wholes
from gdsym.descent.formulas import Formulas
from gdsym.descent.looked import entry_at, folded, reason_of
from gdsym.descent.special_values import special_value
from gdsym.descent.task import key_of
from gdsym.errors import shortened
from gdsym.record import record
from gdsym.writing.text import text
from gdsym.written import nodes as n
from gdsym.written.wholes import Inverted, OfMatrix, letters

MOST_TERMS = 5_000_000  # of one sum that are looked at together
COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
FUNCTIONS: Mapping[Any, Callable[..., Any]] = {
    sympy.exp: np.exp, sympy.log: np.log, sympy.sin: np.sin, sympy.cos: np.cos, sympy.tan: np.tan,
    sympy.asin: np.arcsin, sympy.acos: np.arccos, sympy.atan: np.arctan, sympy.sinh: np.sinh, sympy.cosh: np.cosh,
    sympy.tanh: np.tanh, sympy.asinh: np.arcsinh, sympy.acosh: np.arccosh, sympy.atanh: np.arctanh,
    sympy.Abs: np.abs, sympy.floor: np.floor, sympy.ceiling: np.ceil, sympy.sign: np.sign, sympy.Mod: np.mod,
    sympy.atan2: np.arctan2, sympy.Heaviside: lambda u, at=0.5: np.heaviside(u, at),
    sympy.Max: lambda *u: folded(np.maximum, u), sympy.Min: lambda *u: folded(np.minimum, u),
}  # fmt: skip


@record
class Culprit:
    """The part, the values of its indices, and why it has no value: its argument, or that it is too large."""

    part: n.Node
    place: tuple[tuple[n.Sym, int, int], ...]  # letter, value, where it counts from
    reason: str

    def __str__(self) -> str:
        at = ", ".join(f"{text(letter)} = {number}" for letter, number, _ in self.place)
        origins = {text(letter): origin for letter, _, origin in self.place}
        same = len(set(origins.values())) == 1
        counted = [f"{o}" for o in set(origins.values())] if same else [f"{o} for {s}" for s, o in origins.items()]
        where = f" at {at} (counted from {', '.join(counted)})" if at else ""
        return shortened(f"{text(self.part)}{where}: {self.reason}", 200)


def numbers(formulas: Formulas, params: Mapping[Any, Any]) -> dict[n.Node, Any]:
    """Data and parameters by the names in the formulas."""
    letters = [base for base in formulas.cost.free if isinstance(base, n.Sym | n.Base)]
    return {**formulas.data, **{base: params[key_of(base)] for base in letters if key_of(base) in params}}


def value_of(node: n.Node, formulas: Formulas, params: Mapping[Any, Any]) -> float:
    """A number that a formula stands for."""
    with np.errstate(all="ignore"):
        return float(_Look(formulas, numbers(formulas, params))(node))


def culprit(formulas: Formulas, params: Mapping[Any, Any]) -> Culprit | None:
    """The first part of cost or gradient that has no finite value at `params`; None if none is found.

    Outside a domain comes before too large: a written-out exp may overflow where the code that ran does not.
    """
    values = numbers(formulas, params)
    slopes = [g for g in formulas.gradients if isinstance(g, n.Node)]
    found = []
    for node in (formulas.cost, *slopes):
        look = _Look(formulas, values)
        try:
            with np.errstate(all="ignore"):
                look(node)
        except _NotKnownError:
            pass
        found += look.found
    outside = [c for c in found if "too large" not in c.reason]
    return next(iter([*outside, *found]), None)


class _NotKnownError(Exception):
    """This part cannot be looked at: no numbers for it, or too many terms."""


class _Look:
    """The value of a formula for all values of its bound indices together; what is not finite is noted.

    The index of a sum at depth d runs along axis d from the right, so that inner sums are reduced along axis 0.
    """

    def __init__(self, formulas: Formulas, values: Mapping[n.Node, Any]) -> None:
        self.formulas, self.values = formulas, values
        self.letters: dict[n.Node, Any] = {}
        self.live: Any = True
        self.found: list[Culprit] = []

    def __call__(self, node: n.Node) -> Any:
        value = np.asarray(self.value(node), dtype=float)
        if node.children and not isinstance(node, OfMatrix) and not isinstance(node, n.Indexed | n.Rel | n.Logic):
            self.note(node, value)
        return value

    def note(self, node: n.Node, value: Any) -> None:
        """Where the value is not finite although everything in it is."""
        bad = ~np.isfinite(value) & self.live
        if not bad.any() or isinstance(node, n.Bound | n.Cases):
            return
        inside = [np.asarray(self.value_again(c), dtype=float) for c in node.children]
        for part in inside:
            bad = bad & np.isfinite(part)
        if not bad.any():
            return
        at = tuple(int(a) for a in np.argwhere(bad)[0])
        letters = [s for s in self.letters if isinstance(s, n.Sym) and s in node.free]
        place = tuple((s, entry_at(self.letters[s], at, bad.ndim), self.counts_from(node, s)) for s in letters)
        arguments = [entry_at(part, at, bad.ndim) for part in inside]
        nan = bool(np.isnan(np.broadcast_to(value, bad.shape)[at]))
        self.found.append(Culprit(node, place, reason_of(node, arguments, nan)))

    def counts_from(self, node: n.Node, letter: n.Sym) -> int:
        """The index of the first entry of the axis along which the letter runs."""
        if isinstance(node, n.Indexed) and letter in node.indices:
            return self.formulas.origin(node.base, len(node.indices))[node.indices.index(letter)]
        found = [self.counts_from(c, letter) for c in node.children if letter in c.free]
        return min(found, default=self.formulas.first_index)

    def value_again(self, node: n.Node) -> Any:
        """A part's value without noting what is wrong in it a second time."""
        kept, self.found = self.found, []
        try:
            return self.value(node) if not isinstance(node, n.Rel | n.Logic) else 0.0
        finally:
            self.found = kept

    @singledispatchmethod
    def value(self, node: n.Node) -> Any:
        raise _NotKnownError

    @value.register(n.Num)
    def _(self, node: n.Num) -> Any:
        return node.value.numerator / node.value.denominator

    @value.register(n.Dec | n.Const)
    def _(self, node: n.Dec | n.Const) -> Any:
        return float(node.value)

    @value.register(n.Sym)
    def _(self, node: n.Sym) -> Any:
        if node not in self.letters and node not in self.values:
            raise _NotKnownError
        return self.letters.get(node, self.values.get(node))

    @value.register(OfMatrix)
    def _(self, node: OfMatrix) -> Any:
        table = self.table(node)
        found = wholes.number(node, table)
        if np.isfinite(table).all() and not np.isfinite(found):
            self.found.append(Culprit(node, (), wholes.reason(node, table)))
        return found

    def table(self, node: n.Node) -> Any:
        """The entries of a matrix; columns along the last axis, rows along the one before."""
        (row, column), size = letters(node), int(self(node.children[-1]))
        outer, live, numbers = self.letters, self.live, np.arange(1, size + 1)
        self.letters, self.live = {column: numbers, row: numbers[:, None]}, True
        body = self(node.children[0])
        self.letters, self.live = outer, live
        return np.broadcast_to(body, (size, size))

    def inverse(self, base: Inverted) -> Any:
        table = self.table(base)
        found = wholes.inverse(table)
        if np.isfinite(table).all() and not np.isfinite(found).all():
            self.found.append(Culprit(base, (), wholes.SINGULAR))
        return found

    @value.register(n.Indexed)
    def _(self, node: n.Indexed) -> Any:
        if isinstance(node.base, Inverted):
            row, column = (self(i).astype(int) - 1 for i in node.indices)
            return self.inverse(node.base)[row, column]
        if node.base not in self.values:
            raise _NotKnownError
        origins = self.formulas.origin(node.base, len(node.indices))
        array = np.asarray(self.values[node.base])
        place = [self(i).astype(int) - o for i, o in zip(node.indices, origins, strict=True)]
        if any((p < 0).any() or (p >= s).any() for p, s in zip(place, array.shape, strict=True)):
            raise _NotKnownError
        return array[tuple(place)]

    @value.register(n.Add)
    def _(self, node: n.Add) -> Any:
        return folded(np.add, [self(c) for c in node.children])

    @value.register(n.Neg)
    def _(self, node: n.Neg) -> Any:
        return -self(node.arg)

    @value.register(n.Mul)
    def _(self, node: n.Mul) -> Any:
        return folded(np.multiply, [self(c) for c in node.children])

    @value.register(n.Div)
    def _(self, node: n.Div) -> Any:
        return self(node.num) / self(node.den)

    @value.register(n.Pow)
    def _(self, node: n.Pow) -> Any:
        return np.power(self(node.base), self(node.exponent))

    @value.register(n.Root)
    def _(self, node: n.Root) -> Any:
        inside, degree = self(node.arg), self(node.degree)
        return np.sqrt(inside) if (degree == 2).all() else np.power(inside, 1 / degree)

    @value.register(n.Fn)
    def _(self, node: n.Fn) -> Any:
        known = FUNCTIONS.get(node.func) or special_value(node.func, len(node.children))
        if known is None:
            raise _NotKnownError
        return known(*(self(c) for c in node.children))

    @value.register(n.Sum)
    def _(self, node: n.Sum) -> Any:
        return self.along(node).sum(axis=0)

    @value.register(n.Prod)
    def _(self, node: n.Prod) -> Any:
        return self.along(node).prod(axis=0)

    def along(self, node: n.Bound) -> Any:
        """The body for every value of the index, which is the first axis."""
        first, last = self(node.lower), self(node.upper)
        if first.size != 1 or last.size != 1:
            raise _NotKnownError
        numbers = np.arange(int(first.flat[0]), int(last.flat[0]) + 1)
        outer, live, depth = self.letters, self.live, len(self.letters)
        size = len(numbers) * int(np.prod([v.size for v in outer.values()], dtype=float))
        if not 0 < size <= MOST_TERMS:
            raise _NotKnownError
        self.letters = {**outer, node.index: numbers.reshape(-1, *(1,) * depth)}
        body = self(node.body)
        self.letters, self.live = outer, live
        shape = np.broadcast_shapes(body.shape, (len(numbers), *(1,) * depth))
        return np.broadcast_to(body, shape)

    @value.register(n.Delta)
    def _(self, node: n.Delta) -> Any:
        return self(node.children[0]) == self(node.children[1])

    @value.register(n.Rel)
    def _(self, node: n.Rel) -> Any:
        return COMPARE[node.op](self(node.children[0]), self(node.children[1]))

    @value.register(n.Logic)
    def _(self, node: n.Logic) -> Any:
        if node.op in ("true", "false"):
            return node.op == "true"
        parts = [self(c) != 0 for c in node.children]
        return ~parts[0] if node.op == "not" else folded(np.logical_and if node.op == "and" else np.logical_or, parts)

    @value.register(n.Cases)
    def _(self, node: n.Cases) -> Any:
        """A branch counts where its condition holds and none before it did."""
        outer, open_, result = self.live, np.asarray(self.live), np.asarray(np.nan)
        for branch, condition in node.pairs:
            holds = (self(condition) != 0) & open_
            self.live = holds
            result = np.where(holds, self(branch), result)
            open_ = open_ & ~holds
            self.live = open_
        self.live = outer
        return result
