"""The constant c with claim = c * derivative: free of parameters and data, found in two ways and judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import sympy
from flint import fmpq

from gdsym.counterexample import nonzero
from gdsym.derivation import Derivation
from gdsym.matrix_claims import in_matrices, one_number, shared_factor
from gdsym.named import put_in, size_letters
from gdsym.rules.polynomials import MANY, expansion
from gdsym.rules.regions import rational
from gdsym.verify import Evidence, Formulas, Point, agree
from gdsym.verify.evidence import Unknown
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import ONE, TRUE, D, Mul, Node, Sym, walk

SIZE, LETTERS = 4, (9, 25, 49, 121, 169)  # squares, so that a power 1/2 of them is a number
WITHIN = 2  # an index, of an entry that is neither the first nor the last
STEP = 4  # what a letter is multiplied by, to see its power
LARGEST = 10**15  # beyond, a float does not tell a number from its neighbours
DENSE = 60  # power in polynomials that SymPy divides by each other
MOST_NODES = 300  # of formulas that are divided by each other symbolically
IRRATIONAL = (sympy.pi, sympy.E, sympy.sqrt(2), sympy.sqrt(3), sympy.sqrt(5), sympy.log(2), sympy.log(10))


def ratio_of(
    truth: Node,
    claim: Node,
    d: Derivation,
    params: frozenset[Node],
    also: frozenset[Node] = frozenset(),
    given: Node = TRUE,
) -> Any:
    """The factor as SymPy, or None: the judge has said yes to factor * truth = claim where `given` holds. The letters `also` may stand in it."""
    if in_matrices(truth, claim):
        found = shared_factor(truth, claim, d.where, lambda a, b: ratio_of(a, b, d, params, also, given))
        return found if found is not None and scaled(found, truth, claim, d, given) else None
    for found in (*_by_numbers(truth, claim, d, params), *_by_division(truth, claim, d, params)):
        if _constants(found, d, also) and scaled(found, truth, claim, d, given):
            return found
    return None


def scaled(factor: Any, truth: Node, claim: Node, d: Derivation, given: Node = TRUE) -> Evidence:
    """Is the claim the factor times the derivative, wherever that exists and `given` holds?"""
    c, slope = from_sympy(factor), slope_of(d, factor)
    return agree(Mul(c, truth), claim, given=given, where=d.where, beside=(d.node,), slope=slope)


def slope_of(d: Derivation, factor: Any = 1) -> D:
    """The derivative that is asked for, still to be worked out, of the factor times the function."""
    pending = d.works[-1].lhs
    return pending if factor == 1 else D(Mul(from_sympy(factor), pending.body), pending.var)


def _by_division(truth: Node, claim: Node, d: Derivation, params: frozenset[Node]) -> Iterator[Any]:
    """Claim / derivative cancelled as SymPy does it, sums and functions as atoms: `m + 1`, `1/sqrt(N)`."""
    if sum(1 for node in (truth, claim) for _ in walk(node)) > MOST_NODES:
        return
    sides = [put_in(node, d.where) for node in (claim, truth)]
    above, below = (sympy.factor_terms(side.to_sympy().as_dummy()) for side in sides)
    large = any(max(expansion(side, rational)) >= MANY for side in sides) or any(map(_has_high_powers, (above, below)))
    try:
        ratio = above / below if large else sympy.cancel(above / below)
    except (sympy.PolynomialError, NotImplementedError, ZeroDivisionError):
        return
    names = {s.symbol for s in (*truth.free, *claim.free) if isinstance(s, Sym) and s not in params}
    if (
        ratio.free_symbols <= names
        and not ratio.has(sympy.Sum, sympy.Indexed)
        and ratio != 0
        and ratio.is_finite is not False
    ):
        yield ratio if large else sympy.factor(ratio)


def _has_high_powers(formula: Any) -> bool:
    """SymPy writes polynomials with all their coefficients: x^(10^8) has too many, and so has e^(10^8 x)."""
    exponents = (power.exp for power in formula.atoms(sympy.Pow, sympy.exp))
    return any(abs(number) > DENSE for exponent in exponents for number in exponent.atoms(sympy.Rational))


def _by_numbers(truth: Node, claim: Node, d: Derivation, params: frozenset[Node]) -> Iterator[Any]:
    """A number times powers of letters, read off values at a few points."""
    try:
        both = Formulas(truth, claim, where=d.where, balls=True)
    except Unknown:
        return
    letters = sorted(
        (s for s in truth.free | claim.free if isinstance(s, Sym) and s not in params and s not in d.where),
        key=lambda s: s.name,
    )
    indices = _indices(d)
    within: dict[Node, Any] = {s: fmpq(WITHIN) for s in letters if s.symbol in indices}
    letters = [s for s in letters if s not in within]
    for seed in range(4):
        found = _monomial(both, letters, within, seed)
        if found is not None:
            yield found


def _constants(factor: Any, d: Derivation, also: frozenset[Node]) -> bool:
    """May these letters stand in a factor? Sizes, letters that the cost does not have, and those that only scale it.

    Another entry has another index, so no factor holds the index of the entry, nor is 1 where an index is another.
    """
    cost = put_in(d.node, d.where)
    if factor.has(sympy.KroneckerDelta) or _indices(d) & factor.free_symbols:
        return False
    sizes = size_letters(cost)
    inside = [s for s in cost.free if isinstance(s, Sym) and s.symbol in factor.free_symbols and s not in sizes | also]
    if not inside:
        return True
    alone = Formulas(ONE, one_number(cost))
    return all(_only_scales(alone, s) for s in inside)


def _indices(d: Derivation) -> set[Any]:
    """The letters of the entry that was derived."""
    cost = put_in(d.node, d.where)
    return {name.symbol for var in d.variables for name in var.free - cost.free if isinstance(name, Sym)}


def _only_scales(cost: Formulas, letter: Sym) -> bool:
    """Does another value of the letter multiply the cost by the same number everywhere?"""
    grown = [(_ratio(cost, {letter: fmpq(8)}, seed), _ratio(cost, {letter: fmpq(2)}, seed)) for seed in range(1, 9)]
    if any(after is None or before is None for after, before in grown):
        return False
    told = [(after, before) for after, before in grown if nonzero(after) or nonzero(before)][
        :3
    ]  # 0 is any multiple of 0
    if not told or not all(nonzero(before) for _, before in told):
        return False
    times = [after / before for after, before in told]
    return not any(nonzero(t - times[0]) for t in times[1:])


def _monomial(both: Formulas, letters: list[Sym], within: Mapping[Node, Any], seed: int) -> Any:
    """C prod s^n from ratios where one letter at a time is multiplied by 4."""
    others = iter(LETTERS * len(letters))
    fixed: dict[Node, Any] = {s: fmpq(SIZE if s in both.roles.sizes else next(others)) for s in letters}
    fixed |= within
    start = _ratio(both, fixed, seed)
    if start is None or start == 0:
        return None
    value, at = sympy.Integer(1), fmpq(1)
    for s in letters:
        power = _power(_ratio(both, {**fixed, s: STEP * fixed[s]}, seed), start)
        if power is None:
            return None
        value *= s.symbol ** sympy.Rational(power, 2)
        at *= fmpq(int(sympy.sqrt(int(fixed[s].p)))) ** power
    number = _number(start / at)
    return None if number is None else value * number


def _ratio(both: Formulas, fixed: Mapping[Node, Any], seed: int) -> Any:
    values = {s: Fraction(int(v.p), int(v.q)) for s, v in fixed.items()}
    point = Point(values=values, seed=seed, box="mixed" if seed % 2 else "positive", roles=both.roles)
    truth, claim = both.at(point)
    if truth is None or claim is None or not nonzero(truth):
        return None
    return claim / truth


def _power(moved: Any, start: Any) -> int | None:
    """N with moved / start = 2^n, or None."""
    if moved is None:
        return None
    quotient = moved / start
    for n in (0, 2, -2, 4, -4, 6, -6, 1, -1, 3, -3):
        power = fmpq(2) ** n
        if quotient == power if isinstance(quotient, fmpq) else quotient.contains(power):
            return n
    return None


def _number(value: Any) -> Any:
    """The simple number that the value is, or lies around: a fraction, or one times pi, e, a root, a logarithm."""
    if isinstance(value, fmpq):
        return sympy.Rational(int(value.p), int(value.q))
    for constant in (sympy.S.One, *IRRATIONAL, *(1 / c for c in IRRATIONAL), sympy.pi**2):
        unit = from_sympy(constant)
        exact = Formulas(unit).at(Point())[0]
        near = _fraction(value / exact)
        if near is not None:
            return near * constant
    return None


def _fraction(value: Any) -> Any:
    if not abs(value) < LARGEST:
        return None
    near = Fraction(float(value.mid())).limit_denominator(1000)
    inside = value.contains(fmpq(near.numerator, near.denominator))
    return sympy.Rational(near.numerator, near.denominator) if inside else None
