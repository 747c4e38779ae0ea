"""e^u / (1 + e^u) is the logistic function of u: 1 / (1 + e^-u)."""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from gdsym.rules.fractions import cancel, rebuilt, split
from gdsym.rules.shapes import is_negated, negated
from gdsym.rules.tidy import calculate
from gdsym.step import Reason
from gdsym.written.nodes import ONE, Add, Div, Fn, Mul, Neg, Node, is_num, replace, walk
from gdsym.written.trees import fresh

FUNCTIONS = frozenset((Fn,))
NAMED = 3  # nodes of an exponent that gets a letter of its own in a reason, and more


def as_logistic(node: Node) -> Node:
    """A factor e^u / (1 + e^u) is 1 / (1 + e^-u), also where its parts stand apart."""
    while found := _found(node):
        exponential, below, ups, downs = found
        ups.remove(exponential)
        downs[downs.index(below)] = replace(below, {exponential: Fn(sympy.exp, opposite(exponential.children[0]))})
        node = cancel(rebuilt(ups, downs))
    return node


def typed_in_functions(node: Node) -> frozenset[Node]:
    """The products and quotients that functions are taken of: they stand as the user wrote them."""
    found: set[Node] = set()
    todo = [(node, False)]
    seen = set(todo)
    while todo:
        part, inside = todo.pop()
        if inside and _found(part):
            found.add(part)
        below = inside or isinstance(part, Fn)
        new = {(child, below) for child in part.children} - seen
        seen |= new
        todo += new
    return frozenset(found)


def _found(node: Node) -> tuple[Fn, Add, list[Node], list[Node]] | None:
    """An e^u above the bar with a 1 + e^u below it, and all factors above and below."""
    if not isinstance(node, (Mul, Div)) or not node.has(FUNCTIONS):
        return None
    ups, downs = _split(node)
    for below in downs:
        for exponential in ups:
            if isinstance(exponential, Fn) and isinstance(below, Add) and _is_one_plus(below, exponential):
                return exponential, below, ups, downs
    return None


def _split(node: Node) -> tuple[list[Node], list[Node]]:
    """The factors above and below; a logistic function is a fraction here."""
    ups, downs = split(node)
    fractions = [f for f in ups if isinstance(f, Div)]
    return [f for f in ups if not isinstance(f, Div)], [*downs, *(f.den for f in fractions)]


def _is_one_plus(node: Add, exponential: Fn) -> bool:
    first, *rest = node.children
    return (
        exponential.func is sympy.exp
        and bool(exponential.free)
        and len(rest) == 1
        and ((is_num(first, 1) and rest[0] == exponential) or (first == exponential and is_num(rest[0], 1)))
    )


def opposite(u: Node) -> Node:
    """-u with its signs worked out: x - 1 of 1 - x, y z of -y z."""
    bare = calculate(u)
    if is_negated(bare):
        return negated(bare)
    if not isinstance(bare, Add):
        return Neg(bare)
    plus = [term.arg for term in bare.children if isinstance(term, Neg)]
    minus = [Neg(term) for term in bare.children if not isinstance(term, Neg)]
    return Add(*plus, *minus) if len(plus) >= len(minus) else Neg(bare)


def law_used(nodes: Iterable[Node], taken: Iterable[Node]) -> Reason:
    """The law as it was used, with z for a longer exponent: `e^z / (1 + e^z) = 1 / (1 + e^-z) with z = w x + b`."""
    exponents = list(
        dict.fromkeys(found[0].children[0] for node in nodes for part in walk(node) if (found := _found(part)))
    )
    u = calculate(exponents[0])
    minus = is_negated(u)
    z = negated(u) if minus else u
    short = len(exponents) == 1 and len(list(walk(z))) < NAMED
    letter = z if short else fresh("z", taken)
    signed = Neg(letter) if minus else letter
    above, below = (Fn(sympy.exp, exponent) for exponent in (signed, opposite(signed)))
    law = (Div(above, Add(ONE, above)), " = ", Div(ONE, Add(ONE, below)))
    return law if short or len(exponents) > 1 else (*law, " with ", letter, " = ", z)
