"""How large a formula's numbers get once SymPy evaluates them: bounds from the written form."""

from __future__ import annotations

import math

import sympy

from gdsym.reading import table
from gdsym.written import nodes as n

LARGEST = 1e300  # a constant part must fit a 64-bit float
MOST_DIGITS = 1_000  # of any exact number that may arise
LARGEST_EXPONENT = 10_000
LARGEST_SPECIAL = 100  # argument of factorial and its like, order of a polynomial or a Bessel function

GROWING = (sympy.exp, sympy.sinh, sympy.cosh)
SPECIAL = frozenset(entry.func for entry in table.SPECIAL.values())


COMPARING = (
    sympy.Max,
    sympy.Min,
    sympy.floor,
    sympy.ceiling,
    sympy.frac,
    sympy.Mod,
    sympy.sign,
    sympy.Abs,
    sympy.Heaviside,
)


def _compares(node: n.Node) -> bool:
    return isinstance(node, n.Rel) or (isinstance(node, n.Fn) and node.func in COMPARING)


def _runs(node: n.Node) -> bool:
    return any(isinstance(part, n.Bound) for part in n.walk(node))


class Sizes:
    """Bounds for the nodes of one reading, each computed once."""

    def __init__(self) -> None:
        self._largest: dict[n.Node, float] = {}
        self._digits: dict[n.Node, tuple[float, float]] = {}

    def refusal(self, node: n.Node) -> str | None:
        """Why SymPy must not see `node`, or None; its parts were asked before."""
        if isinstance(node, n.Pow) and self.largest(node.exponent) > LARGEST_EXPONENT:
            return f"This exponent is beyond {LARGEST_EXPONENT}."
        if isinstance(node, n.Fn) and node.func in SPECIAL and self._large_constant(node):
            return f"`{node.name}` of a number beyond {LARGEST_SPECIAL} is too large to be computed."
        if _compares(node) and any(not c.free and _runs(c) for c in node.children):
            return "A sum or integral without any name would have to be computed here to compare it; put in its value."
        if not node.free and not self.largest(node) <= LARGEST:
            return (
                f"This number is beyond {LARGEST:.0e}, or so small that 1 over it is: it does not fit a 64-bit float."
            )
        if max(self.digits(node)) > MOST_DIGITS:
            return f"Exact numbers of more than {MOST_DIGITS} digits would arise here."
        return None

    def _large_constant(self, node: n.Fn) -> bool:
        return any(not c.free and self.largest(c) > LARGEST_SPECIAL for c in node.children)

    def largest(self, node: n.Node) -> float:
        """A bound for the absolute value of a constant; names count as 1."""
        if node not in self._largest:
            try:
                self._largest[node] = _largest(node, [self.largest(c) for c in node.children])
            except OverflowError:
                self._largest[node] = math.inf
        return self._largest[node]

    def digits(self, node: n.Node) -> tuple[float, float]:
        """Bounds for the digits of the numerators and of the denominators that evaluating `node` can make."""
        if node not in self._digits:
            self._digits[node] = self._count_digits(node, [self.digits(c) for c in node.children])
        return self._digits[node]

    def _count_digits(self, node: n.Node, below: list[tuple[float, float]]) -> tuple[float, float]:
        if isinstance(node, n.Num):
            return math.log10(max(1, abs(node.value.numerator))), math.log10(node.value.denominator)
        above, under = sum(up for up, _ in below), sum(down for _, down in below)
        if isinstance(node, n.Add):
            return max(up for up, _ in below) + math.log10(len(below)) + under, under
        if isinstance(node, n.Div):
            return below[0][0] + below[1][1], below[0][1] + below[1][0]
        if isinstance(node, n.Pow):
            (up, down), often = below[0], max(1.0, self.largest(node.exponent))
            if isinstance(node.exponent, n.Num):
                return up * often, down * often
            most = (up + down) * often + sum(below[1])  # a negative exponent turns the fraction over
            return most, most
        return above, under


def _largest(node: n.Node, below: list[float]) -> float:
    if isinstance(node, (n.Num, n.Dec)):
        return abs(float(node.value))
    if isinstance(node, (n.Add, n.Sum, n.Integral)):
        return sum(below)
    if isinstance(node, n.Mul):
        return math.prod(below)
    if isinstance(node, n.Div):
        return below[0] * _largest_inverse(node.den, below[1])
    if isinstance(node, n.Pow):
        return math.pow(max(below[0], _largest_inverse(node.base, below[0]), 1.0), below[1])
    if isinstance(node, n.Fn):
        return _largest_of_function(node, below)
    return max(below, default=1.0 if not isinstance(node, n.Const) else 4.0)


def _largest_inverse(node: n.Node, size: float) -> float:
    """1/|u| for a plain number u; for anything else a guess that is large enough to catch tiny divisors."""
    if isinstance(node, (n.Num, n.Dec)):
        return 1 / size if size else 1.0
    return max(1.0, size) if not node.free else 1.0


def _largest_of_function(node: n.Fn, below: list[float]) -> float:
    first = max(below)
    if node.func in GROWING:
        return math.exp(first)
    if node.func in SPECIAL:
        return math.exp(math.lgamma(first + 1)) if first < 170 else math.inf
    return max(first, 1.0)
