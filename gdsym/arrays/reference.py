"""The literal meaning of a formula, entry by entry and term by term: the judge of compiled code at tiny sizes."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import singledispatchmethod
from typing import Any

import mpmath
import numpy as np
import sympy

from gdsym.arrays import exact
from gdsym.errors import Unsupported
from gdsym.verify.numbers import ball, rational
from gdsym.verify.primitives import primitive
from gdsym.written import nodes as n
from gdsym.written.wholes import Inverted, OfMatrix, letters

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip

FUNCTIONS: dict[Any, Callable[..., float]] = {
    sympy.exp: math.exp, sympy.log: math.log, sympy.sin: math.sin, sympy.cos: math.cos, sympy.tan: math.tan,
    sympy.asin: math.asin, sympy.acos: math.acos, sympy.atan: math.atan, sympy.sinh: math.sinh, sympy.cosh: math.cosh,
    sympy.tanh: math.tanh, sympy.asinh: math.asinh, sympy.acosh: math.acosh, sympy.atanh: math.atanh,
    sympy.Abs: abs, sympy.floor: math.floor, sympy.ceiling: math.ceil, sympy.erf: math.erf, sympy.erfc: math.erfc,
    sympy.gamma: math.gamma, sympy.loggamma: math.lgamma, sympy.atan2: math.atan2, sympy.Max: max, sympy.Min: min,
    sympy.sign: lambda u: float((u > 0) - (u < 0)), sympy.Mod: operator.mod,
    sympy.factorial: lambda u: math.gamma(u + 1),
    sympy.polygamma: lambda k, u: float(mpmath.psi(int(k), u)), sympy.digamma: lambda u: float(mpmath.psi(0, u)),
    sympy.trigamma: lambda u: float(mpmath.psi(1, u)), sympy.binomial: lambda u, k: float(mpmath.binomial(u, k)),
    sympy.beta: lambda u, v: float(mpmath.beta(u, v)),
    sympy.Heaviside: lambda u, at=0.5: at if u == 0 else float(u > 0),
    sympy.sec: lambda u: 1 / math.cos(u), sympy.csc: lambda u: 1 / math.sin(u), sympy.cot: lambda u: 1 / math.tan(u),
    sympy.sech: lambda u: 1 / math.cosh(u), sympy.csch: lambda u: 1 / math.sinh(u),
    sympy.coth: lambda u: 1 / math.tanh(u), sympy.frac: lambda u: u - math.floor(u),
    sympy.erf2: lambda u, v: float(mpmath.erf(v) - mpmath.erf(u)),
    sympy.acot: lambda u: math.atan(1 / u) if u else math.pi / 2,
}  # fmt: skip


def _by_balls(node: n.Fn, args: Sequence[float]) -> float:
    """A value in ball arithmetic; ValueError where there is none."""
    known = primitive(node.func)
    if known is None:
        raise Unsupported(f"The function {node.name} has no numbers to compute with.")
    found = ball(known((0,) * len(args), [rational(Fraction(u)) for u in args]))
    if not found.is_finite():
        raise ValueError(f"{node.name} has no value here")
    return float(found.mid())


class Literal:
    """Evaluates formulas at given numbers and arrays; `origins` says from where each axis counts."""

    def __init__(self, values: Mapping[n.Node, Any], origins: Mapping[n.Node, tuple[int, ...]]) -> None:
        self.values, self.origins = values, origins
        self.letters: dict[n.Node, int] = {}
        self.known: dict[object, float] = {}
        self.tables: dict[n.Node, tuple[tuple[Fraction, ...], ...]] = {}

    def __call__(self, node: n.Node) -> float:
        """The value; each part is computed once per value of its indices."""
        if not node.children:
            return self.value(node)
        key = (node, *[(a, v) for a, v in self.letters.items() if a in node.free])
        if key not in self.known:
            self.known[key] = self.value(node)
        return self.known[key]

    def array(self, letters: tuple[n.Sym, ...], node: n.Node, shape: tuple[int, ...], origin: tuple[int, ...]) -> Any:
        """The formula at every value of some letters."""
        result = np.empty(shape)
        for place in np.ndindex(*shape):
            self.letters = {a: p + o for a, p, o in zip(letters, place, origin, strict=True)}
            result[place] = self(node)
        self.letters = {}
        return result

    @singledispatchmethod
    def value(self, node: n.Node) -> float:
        raise Unsupported(f"{type(node).__name__} has no value of its own: {sympy.sstr(node.to_sympy())[:120]}.")

    @value.register(n.Num)
    def _(self, node: n.Num) -> float:
        return node.value.numerator / node.value.denominator if node.value.denominator != 1 else int(node.value)

    @value.register(n.Dec | n.Const)
    def _(self, node: n.Dec | n.Const) -> float:
        return float(node.value)

    @value.register(n.Sym)
    def _(self, node: n.Sym) -> float:
        return self.letters[node] if node in self.letters else self.values[node]

    @value.register(n.Indexed)
    def _(self, node: n.Indexed) -> float:
        if isinstance(node.base, Inverted):
            row, column = (int(self(i)) - 1 for i in node.indices)
            return float(exact.inverse(self._table(node.base))[row][column])
        origins = self.origins[node.base]
        place = tuple(int(self(i)) - o for i, o in zip(node.indices, origins, strict=True))
        if min(place) < 0:
            raise IndexError(f"entry {place} lies before the array {node.base.name}")
        return float(self.values[node.base][place])

    @value.register(OfMatrix)
    def _(self, node: OfMatrix) -> float:
        det = exact.determinant(self._table(node))
        if node.word == "sign_det":
            return float((det > 0) - (det < 0))
        return float(det) if node.word == "det" else math.log(det if node.word == "logdet" else abs(det))

    def _table(self, node: n.Node) -> tuple[tuple[Fraction, ...], ...]:
        """The entries of a matrix, row by row."""
        if node not in self.tables:
            (row, column), outer = letters(node), self.letters
            reach = range(1, int(self(node.children[-1])) + 1)
            found = []
            for i in reach:
                entries = []
                for j in reach:
                    self.letters = {row: i, column: j}
                    entries.append(Fraction(self(node.children[0])))
                found.append(tuple(entries))
            self.letters, self.tables[node] = outer, tuple(found)
            exact.refuse_nearly_singular(self.tables[node])
        return self.tables[node]

    @value.register(n.Add)
    def _(self, node: n.Add) -> float:
        return sum(self(c) for c in node.children)

    @value.register(n.Neg)
    def _(self, node: n.Neg) -> float:
        return -self(node.arg)

    @value.register(n.Mul)
    def _(self, node: n.Mul) -> float:
        return math.prod(self(c) for c in node.children)

    @value.register(n.Div)
    def _(self, node: n.Div) -> float:
        return self(node.num) / self(node.den)

    @value.register(n.Pow)
    def _(self, node: n.Pow) -> float:
        base, exponent = self(node.base), self(node.exponent)
        return base**exponent if exponent == int(exponent) else math.pow(base, exponent)

    @value.register(n.Root)
    def _(self, node: n.Root) -> float:
        degree = self(node.degree)
        return math.sqrt(self(node.arg)) if degree == 2 else math.pow(self(node.arg), 1 / degree)

    @value.register(n.Fn)
    def _(self, node: n.Fn) -> float:
        args = [self(c) for c in node.children]
        return float(FUNCTIONS[node.func](*args)) if node.func in FUNCTIONS else _by_balls(node, args)

    @value.register(n.Sum)
    def _(self, node: n.Sum) -> float:
        return math.fsum(self._terms(node))

    @value.register(n.Prod)
    def _(self, node: n.Prod) -> float:
        return math.prod(self._terms(node))

    def _terms(self, node: n.Bound) -> list[float]:
        first, last = int(self(node.lower)), int(self(node.upper))
        outer, terms = self.letters, []
        for number in range(first, last + 1):
            self.letters = {**outer, node.index: number}
            terms.append(self(node.body))
        self.letters = outer
        return terms

    @value.register(n.Delta)
    def _(self, node: n.Delta) -> float:
        return float(self(node.children[0]) == self(node.children[1]))

    @value.register(n.Rel)
    def _(self, node: n.Rel) -> float:
        return COMPARE[node.op](self(node.children[0]), self(node.children[1]))

    @value.register(n.Logic)
    def _(self, node: n.Logic) -> float:
        if node.op == "not":
            return not self(node.children[0])
        if node.op in ("true", "false"):
            return node.op == "true"
        return (all if node.op == "and" else any)(self(c) for c in node.children)

    @value.register(n.Cases)
    def _(self, node: n.Cases) -> float:
        return next((self(v) for v, c in node.pairs if self(c)), math.nan)
