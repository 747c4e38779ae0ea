"""e^u / (1 + e^u) is the logistic function of u: 1 / (1 + e^-u)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

import sympy

from gdsym.rules.dropping import drop
from gdsym.rules.fractions import cancel, rebuilt, split
from gdsym.rules.regions import letters_of
from gdsym.rules.shapes import is_negated, logistic_exponential, negated
from gdsym.rules.tidy import calculate
from gdsym.step import Reason
from gdsym.written.nodes import ONE, Add, Div, Fn, Mul, Neg, Node, is_num, kinds_of, mul, replace, rewrite, walk
from gdsym.written.trees import fresh

FUNCTIONS = kinds_of(Fn)
LETTERS = ("z", "u", "v", "s")  # for an exponent
NAMED = 3  # nodes of an exponent that gets a letter of its own in a reason, and more


def as_logistic(node: Node) -> Node:
    """A factor e^u / (1 + e^u) is 1 / (1 + e^-u), also where its parts stand apart."""
    while found := _found(node):
        exponential, below, ups, downs = found
        ups.remove(exponential)
        downs[downs.index(below)] = replace(below, {exponential: Fn(sympy.exp, opposite(exponential.children[0]))})
        node = cancel(rebuilt(ups, downs))
    apart = _apart(node)
    return apart[1] if apart else node


def _apart(node: Node) -> tuple[Fn, Node] | None:
    """(a + (a + 1) e^u) / (1 + e^u) = a + 1 / (1 + e^-u), and with a minus: e^u and the right-hand side."""
    if not isinstance(node, (Mul, Div)) or not node.has(FUNCTIONS):
        return None
    ups, downs = _split(node)
    for below, j in product(downs, range(len(ups))):
        exponential = next((f for f in below.children if isinstance(f, Fn)), None)
        if exponential and isinstance(below, Add) and _is_one_plus(below, exponential):
            whole = _whole_and_rest(ups[j], exponential, below)
            if whole is not None:
                downs.remove(below)
                return exponential, cancel(rebuilt([*ups[:j], whole, *ups[j + 1 :]], downs))
    return None


def _whole_and_rest(above: Node, exponential: Fn, below: Add) -> Node | None:
    """What a + b e^u + c (1 + e^u) above 1 + e^u is, where b - a is 1 or -1."""
    free: list[Node] = []
    times_it: list[Node] = []
    for term in above.children if isinstance(above, Add) else ():
        core = term.arg if isinstance(term, Neg) else term
        factors = list(core.children if isinstance(core, Mul) else (core,))
        taken = next((f for f in (exponential, below) if f in factors), ONE)
        if taken != ONE:
            factors.remove(taken)
        part = mul(*factors)
        if exponential in walk(part):
            return None
        for side, belongs in ((free, taken != exponential), (times_it, taken != ONE)):
            if belongs:
                side.append(Neg(part) if isinstance(term, Neg) else part)
    if not free or not times_it:
        return None
    difference = calculate(drop(Add(*times_it, *map(Neg, free))))
    s = as_logistic(Div(exponential, below))
    if is_num(difference, 1):
        return Add(*free, s)
    return Add(*free, Neg(s)) if difference == Neg(ONE) else None


def typed_in_functions(node: Node) -> frozenset[Node]:
    """The products and quotients that functions are taken of: they stand as the user wrote them."""
    found: set[Node] = set()
    todo = [(node, False)]
    seen = set(todo)
    while todo:
        part, inside = todo.pop()
        if inside and as_logistic(part) != part:
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


def with_one_letter(node: Node) -> Iterator[Node]:
    """u/(1 + e^z) as u s, where s = 1/(1 + e^z) stands in the formula, too."""
    standing = {
        part.den: part for part in letters_of(node) if isinstance(part, Div) and logistic_exponential(part) is not None
    }
    if standing:
        new = rewrite(node, lambda part: _times_letter(part, standing))
        if new != node:
            yield new


def _times_letter(part: Node, standing: Mapping[Node, Node]) -> Node:
    if not isinstance(part, Div) or part in standing.values() or part.den not in standing:
        return part
    return mul(part.num, standing[part.den])


def law_used(nodes: Iterable[Node], taken: Iterable[Node]) -> Reason:
    """The law as it was used, with z for a longer exponent: `e^z / (1 + e^z) = 1 / (1 + e^-z) with z = w x + b`."""
    parts = [part for node in nodes for part in walk(node)]
    whole = [f[0] for part in parts if (f := _found(part))]
    apart = [g[0] for part in parts if (g := _apart(part))]
    exponents = list(dict.fromkeys(exponential.children[0] for exponential in (*whole, *apart)))
    u = calculate(exponents[0])
    minus = is_negated(u)
    z = negated(u) if minus else u
    short = len(exponents) == 1 and len(list(walk(z))) < NAMED
    letter = z if short else min((fresh(wanted, taken) for wanted in LETTERS), key=lambda s: s.name not in LETTERS)
    signed = Neg(letter) if minus else letter
    above, below = (Fn(sympy.exp, exponent) for exponent in (signed, opposite(signed)))
    law: Reason = (Div(above, Add(ONE, above)), " = ", Div(ONE, Add(ONE, below)))
    law = ("the fraction is taken apart, ", *law) if apart else law
    return law if short or len(exponents) > 1 else (*law, " with ", letter, " = ", z)
