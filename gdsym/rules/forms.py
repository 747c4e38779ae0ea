"""The forms of a fraction of polynomials that people write: factored, sorted by Kronecker deltas, as one fraction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import reduce
from operator import mul as mul_of
from typing import Any, TypeAlias

import sympy

from gdsym.rules import polynomials as poly
from gdsym.rules.polynomials import Factors, Ratio

Form: TypeAlias = tuple[int, Callable[[], Any]]


def forms(ratio: Ratio, bare: Ratio, letters: Sequence[Any], standing: Collection[Any] = ()) -> Iterator[Form]:
    """Factored; factored, unless that makes (x + y) (x - y) of x^2 - y^2; factored, but (x + 1) (x - 1) as x^2 - 1; as one fraction, multiplied out. Before each the least that there is to read."""
    (top, above), (bottom, below) = (poly.as_standing(*poly.factors(side), standing) for side in bare)
    bottom, below = poly.grouped(bottom, below, standing)
    constant, bar = top / bottom, poly.least_of(below)
    brackets, others = _simple(above)
    joined = reduce(mul_of, brackets) if len(brackets) > 1 else None
    if joined is None or len(joined) > 2 or any(s * bracket in standing for bracket in brackets for s in (1, -1)):
        yield poly.least_of(above) + bar, lambda: poly.product(constant, above, below, letters)
    if joined is not None:
        yield (
            poly.least_of(others) + poly.least(joined) + bar,
            lambda: poly.product(constant, others, below, letters) * poly.written(joined, letters),
        )
    grouped = poly.grouped(*poly.factors(ratio[1]), () if ratio[1].is_constant() else standing)
    row = [factor for factor, _ in grouped[1] if len(factor) > 1]
    stood = len(row) > 1 and len(ratio[1]) > 2 and all(factor in standing for factor in row)
    if stood or any(power > 1 and len(factor) > 1 for factor, power in grouped[1]):  # nobody multiplies (t^3 - t)^2 out
        yield poly.least(ratio[0]) + poly.least_of(grouped[1]) - 1, lambda: _over(ratio[0], *grouped, letters)
        return
    yield poly.least(ratio[0]) + poly.least(ratio[1]) - 1, lambda: _expanded(ratio, letters)


def _simple(found: Factors) -> tuple[list[poly.Polynomial], Factors]:
    """The brackets among the factors that are no powers, and the other factors."""
    brackets = [factor for factor, power in found if power == 1 and len(factor) > 1]
    return brackets, [(factor, power) for factor, power in found if factor not in brackets]


def by_names(ratio: Ratio, names: Sequence[int], letters: Sequence[Any]) -> Iterator[Form]:
    """What each of some letters is multiplied by, in brackets: delta_kl (u + v) - delta_jl w, (x^2 + 1) cos x + x sin x."""
    above, below = ratio
    groups = poly.by_letters(above, names) if names and len(below) == 1 else []
    if 1 < len(groups) < len(above):
        parts = [poly.factors(rest) for _, rest in groups]
        least = sum(poly.least_of(found) + sum(own) for (own, _), (_, found) in zip(groups, parts, strict=True))

        def form() -> Any:
            bottom = poly.written(below, letters)
            terms = (
                poly.product(constant, found, [], letters)
                * sympy.Mul(*(x**e for x, e in zip(letters, own, strict=True)))
                for (own, _), (constant, found) in zip(groups, parts, strict=True)
            )
            return sympy.Add(*terms) / bottom

        yield least, form


def _expanded(ratio: Ratio, letters: Sequence[Any]) -> Any:
    """One fraction, multiplied out."""
    above, below = ratio
    minus = above.leading_coefficient() < 0
    top, bottom = poly.written(-above if minus else above, letters), poly.written(below, letters)
    if bottom.is_Number and bottom != 1 and top.is_Add:
        return sympy.Mul((-1 if minus else 1) / bottom, top, evaluate=False)
    return -top / bottom if minus else top / bottom


def _over(above: poly.Polynomial, constant: Any, below: poly.Factors, letters: Sequence[Any]) -> Any:
    """Multiplied out above the bar, in brackets as they stood below."""
    size = poly.content(above)
    number, top = size / constant, poly.written(above / size, letters)
    bottom = poly.product(constant / constant, below, [], letters)
    return sympy.Mul(sympy.Rational(int(number.p), int(number.q)), top / bottom, evaluate=not top.is_Add)
