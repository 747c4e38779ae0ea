"""What rises like an exponential, what vanishes like a sigmoid, and which sums of them are kept on a scale of their own."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from gdsym.arrays.align import unaligned
from gdsym.arrays.graph import PARAM, Graph, Op, Value
from gdsym.arrays.product import Product, factors_of
from gdsym.arrays.specials import POSITIVE as SPECIALS
from gdsym.record import record
from gdsym.written.nodes import Sym

Letters = frozenset[Sym]
POSITIVE = ("exp", "one_plus_exp", "sigmoid", "softplus", "cosh", "sech2", "erfc", "ierfc", "mills_less", *SPECIALS)
KEPT = ("mul", "div", "sqrt", "transpose", "expand", "maximum", "sum", "prod")  # positive if all that they join is


@record
class Mixture:
    """The sum of the terms, each summed over the letters."""

    letters: Letters
    terms: tuple[Product, ...]
    parts: tuple[Value, Value] | None = None  # of a sum whose bounds move: top and rest
    falling: bool = False  # sums of reciprocals of exponentials
    bounded: bool = False  # sums of sigmoids, which may vanish but not rise


def noted(g: Graph, value: Value, letters: Letters, terms: Sequence[Product]) -> Value:
    """`value`, remembered as the sum of terms that hold exponentials, or sigmoids that may all be 0."""
    above = [[v for v, n in t.powers.items() if n > 0] for t in terms]
    if any(is_exponential(g, v) for t in above for v in t):
        g.mixtures.setdefault(value, Mixture(letters, tuple(terms)))
    elif _may_vanish(g, terms, letters):
        g.mixtures.setdefault(value, Mixture(letters, tuple(terms), bounded=True))
    return value


def is_exponential(g: Graph, value: Value) -> bool:
    """Does it grow like exp?"""
    if value in g.mixtures:
        return not g.mixtures[value].bounded
    return (value.op.kind in ("exp", "cosh", "sinh") and value.op not in g.tame) or is_steep_power(value.op)


def is_steep_power(op: Op) -> bool:
    """Is it b^c with a c that moves? Such a power is a function for b > 0 only, exp(c log b)."""
    return op.kind == "pow" and bool(op.args[1].needs & PARAM)


def without_one(g: Graph, value: Value, one: Fraction | int = 1) -> Value | None:
    """The u if the value is 1 + u (or another number + u)."""
    op, flip = (value.op.args[0], -1) if value.op.kind == "neg" else (value.op, 1)
    if op.kind != "add":
        return None
    signs: tuple[int, ...] = op.attr
    terms = [(flip * s, a) for s, a in zip(signs, op.args, strict=True)]
    ones = [p for p, (s, a) in enumerate(terms) if a.kind == "number" and s * a.attr == one]
    if not ones:
        return None
    return Value(g.add(tuple(t for p, t in enumerate(terms) if p != ones[0])), value.axes)


def log_of_base(g: Graph, base: Value) -> Value:
    """The c log b in a power b^c is c log1p(b - 1) where b is written as 1 + u."""
    rest = without_one(g, base)
    return Value(g.make("log", base.op), base.axes) if rest is None else Value(g.make("log1p", rest.op), rest.axes)


def is_scaled(g: Graph, value: Value) -> bool:
    """Is it exp(top) rest, with another scale than its like?"""
    return is_tail(g, value) or is_exponential(g, value)


def two_exponentials(g: Graph, value: Value) -> tuple[Fraction, Value, Value] | None:
    """(c, u, v) of a value that is c (exp(u) - exp(v))."""
    mixture: Mixture | None = g.mixtures.get(value)
    if mixture is None or mixture.letters or mixture.parts or len(mixture.terms) != 2:
        return None
    first, second = mixture.terms
    inner = [
        Value(v.op.args[0], v.axes)
        for t in (first, second)
        for v, n in t.powers.items()
        if v.op.kind == "exp" and n == 1
    ]
    if len(inner) != 2 or first.weight != 1 or second.weight != 1 or first.coefficient != -second.coefficient:
        return None
    return first.coefficient, inner[0], inner[1]


def _may_vanish(g: Graph, terms: Sequence[Product], letters: Letters) -> bool:
    """Are there sigmoids in all terms that can be nearly 0 at once? Not for sigmoid(u) + sigmoid(-u)."""
    falling = [{v for v, n in t.powers.items() if n > 0 and is_tail(g, v)} for t in terms]
    if not all(falling) or not (len(terms) > 1 or letters):
        return False
    sure = [next(iter(f)) for f, t in zip(falling, terms, strict=True) if len(f) == 1 and _is_weighted(g, t, f)]
    return not any(Value(g.neg(v.op.args[0]), v.axes) in {Value(w.op.args[0], w.axes) for w in sure} for v in sure)


def is_tail(g: Graph, value: Value) -> bool:
    """Is it a sigmoid, or a sum of them that may be nearly 0?"""
    own = value.op.kind == "sigmoid" and value.op.args[0].kind != "abs"
    return own or (value in g.mixtures and g.mixtures[value].bounded)


def _is_weighted(g: Graph, term: Product, falling: set[Value]) -> bool:
    """Is what else the term holds certainly not 0?"""
    return all(v in falling or n < 0 or positive(g, v) or not v.axes for v, n in term.powers.items())


def positive(g: Graph, value: Value) -> bool:
    """Is it positive whatever the parameters and data are?"""
    mixture: Mixture | None = g.mixtures.get(value)
    if mixture is not None:
        return all(t.coefficient > 0 and all(positive(g, v) for v in t.powers) for t in mixture.terms)
    return _positive(value.op)


def _positive(op: Op) -> bool:
    if op.kind == "number":
        return bool(op.attr > 0)
    if op.kind == "add":
        return all(s > 0 for s in op.attr) and all(map(_positive, op.args))
    return op.kind in POSITIVE or (op.kind in KEPT and all(map(_positive, op.args)))


def is_at_least_0(g: Graph, value: Value) -> bool:
    """Is it a product of roots, absolute values, squares and positive values?"""
    if value.op.kind == "add":
        parts = zip(value.op.attr, value.op.args, strict=True)
        return all(s > 0 and is_at_least_0(g, unaligned(a, value.axes)) for s, a in parts)
    p = factors_of(g, value)
    return p.coefficient > 0 and all(
        n % 2 == 0 or v.op.kind in ("sqrt", "abs") or positive(g, v) for v, n in p.powers.items()
    )


TAILS = ("sigmoid", "exp", "expm1", "erfc")  # tiny in one tail: a quotient by it overflows before the product cancels


def meets(rest: Product, terms: Sequence[Product]) -> bool:
    """Does a steep factor of the rest cancel, or become another one, in one of the terms?"""
    steep = [(v, k) for v, k in rest.powers.items() if v.op.kind in TAILS]
    return any(abs(t.powers.get(v, 0)) < abs(k) for t in terms for v, k in steep)
