"""Comparisons in case distinctions: (x + y)/2 > x says y > x, and what cannot be, or was taken before, is no case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gdsym.rules.polynomials import Polynomial, Polynomials, content
from gdsym.rules.regions import large, letters_of, size
from gdsym.written.nodes import (
    ONE,
    TRUE,
    ZERO,
    Add,
    Cases,
    Div,
    Logic,
    Mul,
    Neg,
    Node,
    Num,
    Pow,
    Rel,
    add,
    both,
    kinds_of,
    mul,
    rewrite,
    walk,
)

RELATIONS = kinds_of(Rel)
TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "==", "!=": "!="}
MOST = 60  # comparisons of one case distinction


class Said(NamedTuple):
    """A comparison as it stands, and what it says: how the difference, without a number in front, compares with 0."""

    shown: Node
    sign: str
    difference: Node


def comparisons(node: Node) -> Node:
    """The case distinction with its comparisons as short as they can be, without cases that never hold."""
    if not isinstance(node, Cases) or not node.has(RELATIONS):
        return node
    conditions = [list(_parts(condition)) for _, condition in node.pairs]
    if sum(map(len, conditions)) > MOST or not any(_compares_formulas(p) for parts in conditions for p in parts):
        return node
    said = [[_said(part) for part in parts] for parts in conditions]
    if all(
        one.shown == part
        for row, parts in zip(said, conditions, strict=True)
        for one, part in zip(row, parts, strict=True)
    ):
        return node
    return _without_idle(node, said)


def _parts(condition: Node) -> Iterator[Node]:
    if isinstance(condition, Logic) and condition.op == "and":
        yield from condition.children
    elif condition != TRUE:
        yield condition


def shorter(relation: Node) -> Node:
    """The comparison itself in its shorter form: t u = (t - 1) u says u = 0."""
    return _said(relation).shown


def _compares_formulas(part: Node) -> bool:
    """Is it a comparison of two formulas with letters, of -u with 0, or does it say where a formula is 0?"""
    if isinstance(part, Logic):
        return any(map(_compares_formulas, part.children))
    if not isinstance(part, Rel):
        return False
    if isinstance(part.children[0], Neg) and part.children[1] == ZERO:
        return True
    is_zero = part.op in ("==", "!=") and part.children[1] == ZERO
    return all(side.free for side in part.children) or (is_zero and isinstance(part.children[0], (Add, Mul, Div, Pow)))


def _said(part: Node) -> Said:
    if isinstance(part, Logic):
        return Said(rewrite(part, lambda p: _said(p).shown if isinstance(p, Rel) else p), "", part)
    if not isinstance(part, Rel) or large(whole := Add(part.children[0], Neg(part.children[1]))):
        return Said(part, "", part)
    letters = letters_of(whole)
    if not 0 < len(letters) <= 10:
        return Said(part, "", part)
    ratio = Polynomials(letters).ratio(whole)
    if ratio is None or not ratio[1].is_constant():
        return Said(part, "", part)
    if ratio[0].is_zero():
        return Said(part, part.op, ZERO)
    return _of(part, ratio[0], letters)


def _of(part: Rel, above: Polynomial, letters: list[Node]) -> Said:
    """The comparison of a polynomial with 0, written with plus signs only."""
    least = above / content(above)
    if len(least) == 1 and all(int(power) % 2 == 0 for power in least.monoms()[0]):
        return _of_squares(part, least.monoms()[0], least.leading_coefficient() < 0, letters)
    turned = least.leading_coefficient() < 0
    least = -least if turned else least
    sign = TURNED[part.op] if turned else part.op
    standing = [product.children for product in walk(part) if isinstance(product, Mul)]
    terms = [
        (coefficient > 0, _term(exponents, abs(int(coefficient)), letters, standing))
        for exponents, coefficient in least.to_dict().items()
    ]
    plus, minus = (add(*(term for positive, term in terms if positive is side)) for side in (True, False))
    shown = Rel(part.op, minus, plus) if turned else Rel(part.op, plus, minus)
    if not shown.children[0].free:
        shown = Rel(TURNED[part.op], *reversed(shown.children))
    better = _compares_formulas(part) and size(shown) < size(part) + isinstance(part.children[0], Neg)
    return Said(shown if better else part, sign, Add(plus, Neg(minus)))


def _of_squares(part: Rel, powers: tuple[int, ...], minus: bool, letters: list[Node]) -> Said:
    """x^2 < 0 never holds, and x^2 = 0 says x = 0."""
    sign = TURNED[part.op] if minus else part.op
    if sign == "<":
        return Said(part, sign, ZERO)
    if sign in ("==", "!="):
        powers = tuple([min(power, 1) for power in powers])
    shown = Rel(sign, _term(powers, 1, letters), ZERO)
    return Said(shown if size(shown) < size(part) else part, sign, shown.children[0])


def _term(
    exponents: tuple[int, ...], coefficient: int, letters: list[Node], standing: Iterable[Sequence[Node]] = ()
) -> Node:
    """A product of powers; its factors in the order of one of the products that are `standing` there."""
    number = Num(coefficient)
    powers = [
        letter if power == 1 else Pow(letter, Num(int(power)))
        for letter, power in zip(letters, exponents, strict=True)
        if power
    ]
    order = next((product for product in standing if set(powers).issubset(product)), ())
    if order:
        powers.sort(key=order.index)
    return mul(*([] if number == ONE and powers else [number]), *powers)


def _without_idle(node: Cases, said: list[list[Said]]) -> Node:
    """Every condition once; a case is left out if two of its conditions contradict each other, or if an earlier one holds wherever it does."""
    kept: list[Node] = []
    earlier: list[set[tuple[str, Node]]] = []
    for (value, _), row in zip(node.pairs, said, strict=True):
        facts = {
            (one.sign, one.difference): one.shown
            for one in row
            if one.sign not in ("==", ">=", "<=") or one.difference != ZERO
        }
        known = set(facts)
        if any(map(known.issuperset, earlier)) or _impossible(known):
            continue
        earlier.append(known)
        kept += [value, both(*facts.values())]
    return Cases(*kept)


def _impossible(facts: set[tuple[str, Node]]) -> bool:
    """Does it ask for 0 > 0, or for u > 0 and u < 0?"""
    signs: dict[Node, set[str]] = {}
    for sign, difference in facts:
        signs.setdefault(difference, set()).add(sign)
    return any(
        (difference == ZERO and not own.isdisjoint({">", "<", "!="})) or len(own & {">", "<", "=="}) > 1
        for difference, own in signs.items()
    )
