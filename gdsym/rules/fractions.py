"""Fractions and sums: what cancels, and what stands in front of a sum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from gdsym.rules.counting import counted_terms
from gdsym.rules.powers import base_exponent, base_of, number_of, raised, reduced, root_below
from gdsym.rules.shapes import is_negated, logistic_exponential, nameless
from gdsym.rules.terms import coefficient, signed
from gdsym.rules.tidy import Tidy, calculate
from gdsym.written.matrices import FACTORS
from gdsym.written.nodes import (
    Add,
    Cases,
    Div,
    Integral,
    Mul,
    Neg,
    Node,
    Num,
    Pow,
    Prod,
    Root,
    Sum,
    Sym,
    kinds_of,
    mul,
)

FRACTIONS, ROOTS = kinds_of(Div), kinds_of(Root)
SUMS = (Sum, Prod, Integral)


def cancel(node: Node) -> Node:
    """Common factors of numerator and denominator cancel; what does not depend on the index leaves the sum."""
    rule = CANCEL.get(type(node))
    if rule is None:
        return node
    node = rule(node)
    return _divided(node) if isinstance(node, Div) else node


def without_fractions(node: Node) -> Node:
    """Arithmetic; a product with fractions waits until its factors cancel."""
    return node if isinstance(node, Mul) and node.has(FRACTIONS) and _has_fraction(node) else calculate(node)


def _has_fraction(product: Node) -> bool:
    """Is a factor, or a factor of it, a fraction?"""
    return any(
        isinstance(f, Div) or (isinstance(f, (Mul, Neg)) and f.has(FRACTIONS) and _has_fraction(f))
        for f in product.children
    )


def _cancel_sum(node: Node) -> Node:
    assert isinstance(node, Sum)
    negative, body = (True, node.body.arg) if isinstance(node.body, Neg) else (False, node.body)
    ups, downs = split(body)
    if node.index not in body.free:
        counted = counted_terms(node, body)
        return node if counted is None else signed(negative, counted)
    ahead = [f for f in ups if node.index not in f.free]
    below = [f for f in downs if node.index not in f.free]
    inside = [f for f in ups if node.index in f.free]
    if not inside or not (ahead or below or negative):
        return node
    under = [f for f in downs if node.index in f.free]
    core = Div(mul(*inside), mul(*under)) if under else mul(*inside)
    return signed(negative, rebuilt([*ahead, Sum(core, *node.children[1:])], below))


def _cancel_integral(node: Node) -> Node:
    """A factor that does not depend on the variable of integration, and a minus, stand in front."""
    negative, body = (True, node.children[0].arg) if isinstance(node.children[0], Neg) else (False, node.children[0])
    index = node.children[1]
    ups, downs = split(body)
    ahead, inside = ([f for f in ups if (index in f.free) is within] for within in (False, True))
    below, under = ([f for f in downs if (index in f.free) is within] for within in (False, True))
    if not inside or not (ahead or below or negative):
        return node
    core = Div(mul(*inside), mul(*under)) if under else mul(*inside)
    return signed(negative, rebuilt([*ahead, Integral(core, *node.children[1:])], below))


def split(node: Node) -> tuple[list[Node], list[Node]]:
    """Factors above and below the fraction bar of a product or quotient."""
    ups: list[Node] = []
    downs: list[Node] = []
    factors = node.children if isinstance(node, Mul) else (node,)
    for factor in factors:
        if isinstance(factor, Div) and not _is_letter(factor, factors):
            inner_up, inner_down = split(factor.num)
            den_up, den_down = split(factor.den)
            ups += inner_up + den_down
            downs += inner_down + den_up
        elif isinstance(factor, Mul):
            inner_up, inner_down = split(factor)
            ups += inner_up
            downs += inner_down
        else:
            ups.append(factor)
    return ups, downs


def _is_letter(factor: Div, factors: Iterable[Node]) -> bool:
    """A logistic function stays in one piece, but for 1 / (1 + e^u) beside e^u: that is one fraction."""
    exponential = logistic_exponential(factor)
    return exponential is not None and (is_negated(exponential.children[0]) or exponential not in factors)


def opened(node: Node) -> tuple[list[Node], list[Node]]:
    """Factors above and below the bar, those of a sum's body that do not depend on its index included."""
    ups, downs = split(node)
    for factor in tuple(ups):
        if isinstance(factor, Neg):
            up, down = opened(factor.arg)
            ups, downs = ups + up, downs + down
        elif isinstance(factor, Sum):
            up, down = free_factors(factor)
            ups, downs = ups + up, downs + down
        elif isinstance(factor, Num) and factor.value.denominator > 1:
            downs = [*downs, Num(factor.value.denominator)]
    return ups, downs


def free_factors(node: Sum) -> tuple[list[Node], list[Node]]:
    """The factors of a sum's body, above and below the bar, that do not depend on the index."""
    body = node.body.arg if isinstance(node.body, Neg) else node.body
    ups, downs = opened(body)
    return [f for f in ups if node.index not in f.free], [f for f in downs if node.index not in f.free]


def _cancel_product(node: Node) -> Node:
    """The whole product as one fraction, if something in it cancels or several fractions meet."""
    types = set(map(type, node.children))
    if isinstance(node, Mul) and Div not in types and Mul not in types:
        return node
    ups, downs = _quotients_opened(*split(node))
    if not downs:
        return node
    if node.has(ROOTS) and (less := root_below(ups, downs)) is not None:
        return rebuilt(*less)
    top, bottom = _coefficient_of(ups), _coefficient_of(downs)
    ups, downs = [f for f in ups if not isinstance(f, Num)], [f for f in downs if not isinstance(f, Num)]
    new_ups, new_downs = _reduced(*_with_powers_above_zero(ups, downs))
    ratio = top / bottom if bottom else None
    fractions = sum(isinstance(f, (Div, Num)) for f in node.children) if isinstance(node, Mul) else 1
    untouched = len(new_ups) == len(ups) and len(new_downs) == len(downs) and not any(map(_inverse_of, ups + downs))
    beside = isinstance(node, Div) or (_beside_sums(node, ups) and not _is_of_sums(ups, downs))
    in_place = fractions < 2 and beside and not _nested(node)
    if ratio is None or (untouched and ratio.numerator == top and ratio.denominator == bottom and in_place):
        return node
    above = ([] if ratio.numerator == 1 else [Num(ratio.numerator)]) + new_ups
    below = ([] if ratio.denominator == 1 else [Num(ratio.denominator)]) + new_downs
    return rebuilt(above, below)


def _quotients_opened(ups: list[Node], downs: list[Node]) -> tuple[list[Node], list[Node]]:
    """(2/x)^2/x^2 = 2^2/(x^2 x^2): a power of a quotient is taken apart where what it is divided by stands beside it."""
    for side, other in ((ups, downs), (downs, ups)):
        for at, factor in enumerate(side):
            base, power = base_exponent(factor)
            if (
                not isinstance(base, Div)
                or power.denominator > 1
                or power < 2
                or logistic_exponential(base) is not None
            ):
                continue
            above, below = split(base)
            beside = {base_of(f) for f in (*side[:at], *side[at + 1 :], *other)}
            if not beside.isdisjoint(map(base_of, below)):
                new = [[raised(b, e * power) for b, e in map(base_exponent, part)] for part in (above, below)]
                kept = [*side[:at], *side[at + 1 :], *new[0]], [*other, *new[1]]
                return _quotients_opened(*(kept if side is ups else kept[::-1]))
    return ups, downs


def _inverse_of(factor: Node) -> Node | None:
    """The x^(1/2) of x^(-1/2)."""
    power = number_of(factor.exponent) if isinstance(factor, Pow) else None
    return raised(factor.children[0], -power) if power is not None and power < 0 else None


def _with_powers_above_zero(ups: list[Node], downs: list[Node]) -> tuple[list[Node], list[Node]]:
    """x^(-1/2)/x = 1/(x^(1/2) x): where there is a bar, negative powers cross it."""
    crossed = [[inverse for f in side if (inverse := _inverse_of(f)) is not None] for side in (ups, downs)]
    kept = [[f for f in side if _inverse_of(f) is None] for side in (ups, downs)]
    return kept[0] + crossed[1], crossed[0] + kept[1]


def _beside_sums(node: Node, ups: list[Node]) -> bool:
    """Is it a fraction beside a sum over an index, without a bracket? In 1/m (a - b) sum that goes above the bar."""
    return any(map(_stands_beside, ups)) and not any(isinstance(f, Add) for f in node.children)


def _nested(node: Node) -> bool:
    """Is a factor above or below the bar a fraction itself, or a case distinction, which stands beside it?"""
    parts = [f for side in node.children for f in (side.children if isinstance(side, Mul) else (side,))]
    return isinstance(node, Div) and any(
        isinstance(f, Cases) or (isinstance(f, Div) and not _is_letter(f, parts)) for f in parts
    )


def _divided(node: Div) -> Node:
    """(2 u + 4 v)/2 = u + 2 v, where the number below divides what stands above."""
    if not isinstance(node.num, Add) or not isinstance(node.den, Num):
        return node
    terms = [calculate(Mul(Num(1 / node.den.value), term)) if node.den.value else term for term in node.num.children]
    whole = all(coefficient(term).denominator == 1 for term in terms)
    return Add(*terms) if whole and node.den.value not in (0, 1) else node


def _coefficient_of(factors: Iterable[Node]) -> Fraction:
    value = Fraction(1)
    for factor in factors:
        if isinstance(factor, Num):
            value *= factor.value
    return value


def _reduced(ups: list[Node], downs: list[Node]) -> tuple[list[Node], list[Node]]:
    """Equal bases above and below: the smaller exponent goes; of (x y)^2 x goes if nothing else does."""
    ups, downs = reduced(ups, _named_as(ups, downs), calculate)
    for apart in (False, True):
        above, below = exponents(ups, apart), exponents(downs, apart)
        common = {base: min(above[base], below[base]) for base in above.keys() & below.keys()}
        if common:
            less = [[(b, e - common.get(b, Fraction(0))) for b, e in side.items()] for side in (above, below)]
            up, down = ([raised(b, e) for b, e in side if e] for side in less)
            return up, down
    return ups, downs


def _named_as(ups: list[Node], downs: list[Node]) -> list[Node]:
    """The factors below the bar; sums that differ from one above in the letter of their index only are written as that."""
    sums = {nameless(f): f for f in map(base_of, ups) if isinstance(f, Sum)}
    if not sums or not any(isinstance(base_of(f), Sum) for f in downs):
        return downs
    return [raised(sums.get(nameless(base), base), e) for base, e in map(base_exponent, downs)]


def exponents(factors: Iterable[Node], apart: bool = False) -> dict[Node, Fraction]:
    """Base -> exponent; taken `apart`, (x y^2)^2 is x, twice, and y, four times."""
    out: dict[Node, Fraction] = {}
    for factor in factors:
        base, exponent = base_exponent(factor)
        own = [(base, Fraction(1))]
        if apart and isinstance(base, Mul) and exponent.denominator == 1:
            own = [base_exponent(part) for part in base.children]
        for part, power in own:
            out[part] = out.get(part, Fraction(0)) + power * exponent
    return out


def rebuilt(above: list[Node], below: list[Node]) -> Node:
    """One fraction; a sum stands beside the bar, with names and numbers of the fraction in front, but over another sum above it."""
    if not below:
        return mul(*_numbers_first(above))
    beside = [f for f in above if _stands_beside(f)]
    if not beside or _is_of_sums(above, below):
        return Div(mul(*_numbers_first(above)), mul(*below))
    ahead = [f for f in above if not _stands_beside(f)]
    return Mul(Div(mul(*_numbers_first(ahead)), mul(*below)), *beside)


def _is_of_sums(above: Sequence[Node], below: Iterable[Node]) -> bool:
    """A sum over a sum, with numbers and letters at most: a weighted mean, not a share times a sum."""
    return any(isinstance(base_of(f), SUMS) for f in below) and all(isinstance(f, (*SUMS, Num, Sym)) for f in above)


def _stands_beside(factor: Node) -> bool:
    return isinstance(factor, (Sum, Prod, Integral, Cases, *FACTORS))


def _numbers_first(factors: list[Node]) -> list[Node]:
    value = _coefficient_of(factors)
    rest = [f for f in factors if not isinstance(f, Num)]
    return rest if value == 1 else [Num(value), *rest]


CANCEL: dict[type[Node], Tidy] = {
    Sum: _cancel_sum, Integral: _cancel_integral, Mul: _cancel_product, Div: _cancel_product,
}  # fmt: skip
