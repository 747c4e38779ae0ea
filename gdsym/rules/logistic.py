"""e^u / (1 + e^u) is the logistic function of u: 1 / (1 + e^-u)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from operator import is_

import sympy

from gdsym.rules.dropping import drop
from gdsym.rules.fractions import cancel, rebuilt, split
from gdsym.rules.regions import letters_of
from gdsym.rules.shapes import is_negated, is_one_minus_logistic, logistic_exponential, negated
from gdsym.rules.signs import led
from gdsym.rules.tidy import calculate
from gdsym.step import Reason
from gdsym.written.nodes import (
    ONE,
    Add,
    Div,
    Fn,
    Mul,
    Neg,
    Node,
    add,
    is_num,
    kinds_of,
    mul,
    replace,
    rewrite,
    walk,
)
from gdsym.written.trees import distinct, fresh

Everywhere = Callable[[Callable[[Node], Node], int], Callable[[Node], Node]]
FUNCTIONS = kinds_of(Fn)
LETTERS = ("z", "u", "v", "s")  # for an exponent
NAMED = 3  # nodes of an exponent that gets a letter of its own in a reason, and more


def logistics(whole: Node, named: frozenset[Node], typed: frozenset[Node], everywhere: Everywhere) -> Node:
    """e^u/(1 + e^u) as 1/(1 + e^-u), and 1 - 1/(1 + e^-u), where the function does not stand beside it, as 1/(1 + e^u).

    What has a name, was typed, or stands as it was typed in a function, stays.
    """
    if everywhere(as_logistic, FUNCTIONS)(whole) != whole:
        kept = named | typed_in_functions(whole)
        whole = everywhere(lambda part: part if part in kept else as_logistic(part), ~0)(whole)
    return _without_complements(whole, named | typed)


def _without_complements(whole: Node, kept: frozenset[Node]) -> Node:
    if not whole.has(FUNCTIONS) or all(logistic_exponential(part) is None for part in distinct(whole)):
        return whole
    times = Counter(u for part in walk(whole) if (u := logistic_exponential(part)) is not None)
    whole = rewrite(whole, lambda part: part if part in kept else _complement_in_sum(part, times))
    parts = list(walk(whole))
    brackets = [part for part in parts if is_one_minus_logistic(part)]
    if not brackets:
        return whole
    every = Counter(u for part in parts if (u := logistic_exponential(part)) is not None)
    inside = Counter(map(_complemented, brackets))
    alone = {part: u for part in brackets if every[u := _complemented(part)] == inside[u] and part not in kept}
    below = {part: Add(ONE, Fn(u.func, opposite(u.children[0]))) for part, u in alone.items()}

    def divided(part: Node) -> Node:
        """U (1 - s) is u/(1 + e^u)."""
        if part in below:
            return Div(ONE, below[part])
        bracket = next((f for f in part.children if f in below), None) if isinstance(part, Mul) else None
        if bracket is None:
            return part
        ups, downs = split(mul(*(f for f in part.children if f is not bracket)))
        return rebuilt(ups, [*downs, below[bracket]])

    return _outside_in(whole, divided) if below else whole


def _complement_in_sum(node: Node, times: Mapping[Fn, int]) -> Node:
    """1 - s - y of three terms and more, where s stands nowhere else, as the other logistic function less y."""
    found = _one_beside_logistic(node)
    if found is None or times[found[1]] > 1:
        return node
    term, u = found
    other = Div(ONE, Add(ONE, Fn(u.func, opposite(u.children[0]))))
    falls = isinstance(term, Neg)
    rest = [t for t in node.children if t is not term and t != (ONE if falls else Neg(ONE))]
    return led(Add(other if falls else Neg(other), *rest))


def _one_beside_logistic(node: Node) -> tuple[Node, Fn] | None:
    """In a sum of three terms and more, a term -s or s beside 1 or -1, and the e^u of this s = 1/(1 + e^u)."""
    if isinstance(node, Add) and len(node.children) > 2:
        for term in node.children:
            u = logistic_exponential(term.arg if isinstance(term, Neg) else term)
            if u is not None and (ONE if isinstance(term, Neg) else Neg(ONE)) in node.children:
                return term, u
    return None


def _outside_in(node: Node, change: Callable[[Node], Node]) -> Node:
    """The change at the outermost parts to which it applies, and below the others."""
    new = change(node)
    if new is not node or not node.children:
        return new
    parts = tuple(_outside_in(part, change) for part in node.children)
    return node if all(map(is_, parts, node.children)) else node.with_children(parts)


def _complemented(bracket: Node) -> Fn:
    """The e^u of 1 - 1/(1 + e^u)."""
    found = logistic_exponential(bracket.children[1].children[0])
    assert found is not None
    return found


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
    """What a + b e^u + c (1 + e^u) above 1 + e^u is, where b - a is 1 or -1, or leaves another term out."""
    free: list[Node] = []
    times_it: list[Node] = []
    for term in above.children if isinstance(above, Add) else ():
        core = term.arg if isinstance(term, Neg) else term
        factors = list(core.children if isinstance(core, Mul) else (core,))
        bracket = next((f for f in factors if isinstance(f, Add) and _is_one_plus(f, exponential)), None)
        taken = exponential if exponential in factors else bracket or ONE
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
    minus = calculate(Neg(difference))
    if minus in free and not is_num(difference, 0):  # -1 + s is the other logistic function, with a minus
        free.remove(minus)
        return led(add(*free, _over(minus, below)))
    if difference not in (ONE, Neg(ONE)):
        return None
    s = as_logistic(Div(exponential, below))
    assert isinstance(s, Div)
    return led(Add(*free, _over(difference, s.den)))


def _over(above: Node, below: Node) -> Node:
    return Neg(Div(above.arg, below)) if isinstance(above, Neg) else Div(above, below)


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
    less = [] if whole or apart else [_complemented(part) for part in parts if is_one_minus_logistic(part)]
    less += [] if whole or apart or less else [found[1] for part in parts if (found := _one_beside_logistic(part))]
    exponents = list(dict.fromkeys(exponential.children[0] for exponential in (*whole, *apart, *less)))
    u = calculate(exponents[0])
    minus = is_negated(u)
    z = negated(u) if minus else u
    short = len(exponents) == 1 and len(list(walk(z))) < NAMED
    letter = z if short else min((fresh(wanted, taken) for wanted in LETTERS), key=lambda s: s.name not in LETTERS)
    signed = Neg(letter) if minus else letter
    above, below = (Fn(sympy.exp, exponent) for exponent in (signed, opposite(signed)))
    left = Add(ONE, Neg(Div(ONE, Add(ONE, above)))) if less else Div(above, Add(ONE, above))
    law: Reason = (left, " = ", Div(ONE, Add(ONE, below)))
    law = ("the fraction is taken apart, ", *law) if apart else law
    return law if short or len(exponents) > 1 else (*law, " with ", letter, " = ", z)
