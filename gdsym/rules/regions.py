"""The rational parts of a formula: `+ - * /` and whole powers, and what is a letter to them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import sympy

from gdsym.rules.powers import number_of
from gdsym.rules.shapes import is_one_minus_logistic, logistic_exponential
from gdsym.rules.terms import coefficient
from gdsym.written.nodes import (
    Add,
    Base,
    Const,
    Dec,
    Div,
    Fn,
    Mul,
    Neg,
    Node,
    Num,
    Partial,
    Pow,
    Sym,
    kinds_of,
    larger,
    walk,
)

PLAIN = kinds_of(Num, Dec, Const, Sym, Base, Add, Mul, Neg, Div)  # of which only names are letters
SLOPES = kinds_of(Partial)
SHORT = 5  # nodes
HIGHEST = 64  # power: x^10000 + x has many factors, x^200 + y^200 + 1 has none, and finding that out takes for ever
LARGEST = 80  # nodes: polynomials are quick below, and above nobody reads the result


def rational(node: Node) -> bool:
    """Is it a sum, a product, a quotient, a whole power? A sigmoid is a letter: s (1 - s) is what people want to read."""
    if isinstance(node, (Add, Mul, Neg)):
        return True
    if isinstance(node, Div):
        return logistic_exponential(node) is None
    if isinstance(node, Pow):
        power = whole(node.exponent)
        return power is not None and abs(power) <= HIGHEST
    return False


def whole(exponent: Node) -> int | None:
    """The whole number that an exponent is, with its sign."""
    number = number_of(exponent)
    return None if number is None or number.denominator != 1 else int(number)


def many_letters(node: Node, most: int) -> bool:
    """Are there more letters than so many?"""
    if not node.kinds & ~PLAIN:
        return len(node.free) > most
    return len(letters_of(node, most)) > most


def told_apart(bracket: Node) -> bool:
    """Has a sum no letter in two of its terms, no fraction and no number in front of all, so that nothing in it can be collected?"""
    seen: set[Node] = set()
    if all(abs(coefficient(term)) != 1 for term in bracket.children):
        return False
    for term in bracket.children:
        letters = letters_of(term)
        if not seen.isdisjoint(letters) or any(isinstance(part, Div) for part in regions(term)):
            return False
        seen.update(letters)
    return True


def letters_of(node: Node, most: float = math.inf) -> list[Node]:
    """What is a letter to the polynomials, in the order in which it stands; one more than `most` of them is enough."""
    found: dict[Node, None] = {}
    todo = [node]
    while todo and len(found) <= most:
        part = todo.pop()
        if isinstance(part, (Num, Dec)):
            continue
        if rational(part):
            todo.extend(reversed(part.children[: 1 if isinstance(part, Pow) else None]))
        else:
            found[part] = None
    return list(found)


def size(node: Node) -> int:
    """How much there is to read: nodes, without the minus signs."""
    return sum(1 for part in walk(node) if not isinstance(part, Neg))


def short(node: Node) -> bool:
    """Nothing makes it shorter."""
    return not larger(node, 2 * SHORT) and size(node) <= SHORT


def large(node: Node) -> bool:
    """Will the polynomials have too many nodes? A part that is a letter to them counts once."""
    count, todo = 0, [node]
    while todo and count <= LARGEST:
        part = todo.pop()
        count += 1
        todo.extend(part.children if rational(part) else ())
    return count > LARGEST


def regions(node: Node) -> Iterator[Node]:
    """The rational parts of a rational formula."""
    if rational(node):
        yield node
        for part in node.children[: 1 if isinstance(node, Pow) else None]:
            yield from regions(part)


def waits_for_slopes(node: Node) -> bool:
    """Terms with y' and without, 2 x + 2 y y', which one solves for y': they stay apart."""
    if not isinstance(node, Add) or not node.has(SLOPES):
        return False
    behind = (term.arg if isinstance(term, Neg) and isinstance(term.arg, Add) else term for term in node.children)
    terms = [part for term in behind for part in (term.children if isinstance(term, Add) else (term,))]
    return not all(term.has(SLOPES) for term in terms)


def high_power(node: Node) -> bool:
    """An expanded (a + b)^20 has 21 terms: left alone."""
    return any(
        isinstance(p, Pow) and isinstance(p.exponent, Num) and p.exponent.value > 4 and isinstance(p.base, Add)
        for p in walk(node)
    )


def value(node: Node, letters: dict[Node, Any]) -> Any:
    if node in letters:
        return letters[node]
    if isinstance(node, Num):
        return sympy.Rational(node.value.numerator, node.value.denominator)
    parts = [value(child, letters) for child in node.children]
    if isinstance(node, Add):
        return sympy.Add(*parts)
    if isinstance(node, Mul):
        return sympy.Mul(*parts)
    if isinstance(node, Neg):
        return -parts[0]
    return parts[0] / parts[1] if isinstance(node, Div) else parts[0] ** parts[1]


def opens_logistic(node: Node, found: Node) -> bool:
    """Was s (1 - s), s a logistic function, multiplied out without an s less?"""
    turned = one_minus_logistic(node)
    if not turned or any(part in turned for part in regions(found)):
        return False
    before, after = (sum(logistic_exponential(part) is not None for part in walk(side)) for side in (node, found))
    return after >= before


def one_minus_logistic(node: Node) -> tuple[Node, ...]:
    """The brackets 1 - s, s a logistic function, each once."""
    return tuple(dict.fromkeys(part for part in regions(node) if is_one_minus_logistic(part)))


def mixed_divisors(node: Node) -> tuple[Node, ...]:
    """Sums below a fraction bar that hold s and 1 - s: y s + (1 - y) (1 - s), which is positive as it stands."""
    below = (bar.den for bar in regions(node) if isinstance(bar, Div) and logistic_exponential(bar) is None)
    sums = dict.fromkeys(part for den in below for part in walk(den) if isinstance(part, Add))
    return tuple(s for s in sums if not is_one_minus_logistic(s) and any(map(is_one_minus_logistic, walk(s))))


def erf_squared_below(node: Node) -> bool:
    """Is there 1 - erf(u)^2 below a bar? It cancels far out, where 1 - erf(u) is known by what it lacks."""
    dens = (bar.den for bar in regions(node) if isinstance(bar, Div))
    powers = (part.base for den in dens for part in regions(den) if isinstance(part, Pow))
    return any(isinstance(base, Fn) and base.func is sympy.erf for base in powers)
