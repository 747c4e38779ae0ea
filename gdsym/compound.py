"""A place where branches meet, and how; also of conditions that are several comparisons: {x^2 if -1 < x < 1; 2 |x| - 1 otherwise}."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import sympy

from gdsym.record import record
from gdsym.step import Reason
from gdsym.verify import agree
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import TRUE, ZERO, Add, Fn, Logic, Neg, Node, Rel, Sym, both, replace, walk

KINDS = ("jump", "kink", "open", "smooth")
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
Pairs = tuple[tuple[Node, Node], ...]


@record
class Joint:
    """A place where two branches meet: how, where in words and as an equation, and which branch's slope is used."""

    kind: str  # one of KINDS; "open" if a branch has no value there
    place: Reason
    equation: Rel
    branch: int


def compound(pairs: Pairs, slopes: Sequence[Node], var: Node, where: Mapping[Node, Node]) -> tuple[Joint, ...]:
    """The joints, if all can be located: conditions on the variable alone, or one condition and what is otherwise."""
    if not isinstance(var, Sym):
        return ()
    switches = list(dict.fromkeys(part for _, c in pairs for part in walk(c) if isinstance(part, Rel)))
    moving = [switch for switch in switches if var in switch.free]
    if not all(places_of(switch, var)[0] for switch in moving):
        return ()
    if all(switch.free == {var} for switch in switches):
        return tuple(_on_the_line(pairs, slopes, var, where, moving))
    return tuple(_of_two(pairs, slopes, var, where)) if len(pairs) == 2 else ()


def _on_the_line(
    pairs: Pairs, slopes: Sequence[Node], var: Sym, where: Mapping[Node, Node], switches: Sequence[Rel]
) -> Iterator[Joint]:
    """At each place, the branches to its left and right and the one that holds there."""
    found = {place.to_sympy(): place for switch in switches for place in places_of(switch, var)[0]}
    places = sorted(found)
    between = [(one + other) / 2 for one, other in pairwise(places)]
    beside = [places[0] - 1, *between, places[-1] + 1]
    branches = [_branch(pairs, var, at) for at in beside]
    for at, left, right in zip(places, branches[:-1], branches[1:], strict=True):
        there = _branch(pairs, var, at)
        here: dict[Node, Node] = {var: found[at]}
        met = {(left, right), (left, there) if there != right else (left, right)} - {(left, left)}
        kinds = [kind_of(here, (pairs[i][0], pairs[j][0]), (slopes[i], slopes[j]), TRUE, where) for i, j in sorted(met)]
        if kinds:
            yield _joint(min(kinds, key=KINDS.index), var, found[at], there)


def _joint(kind: str, var: Sym, at: Node, branch: int) -> Joint:
    return Joint(kind, (" at ", var, " = ", at), Rel("==", var, at), branch)


def _branch(pairs: Pairs, var: Sym, at: sympy.Expr) -> int:
    return next(i for i, (_, c) in enumerate(pairs) if c.to_sympy().subs(var.symbol, at) == sympy.true)


def _of_two(pairs: Pairs, slopes: Sequence[Node], var: Sym, where: Mapping[Node, Node]) -> Iterator[Joint]:
    """{u if a < x < b; v otherwise}: u and v meet at a, if a < b, and at b."""
    (value, condition), (other, _) = pairs
    switches = [part for part in condition.children if isinstance(part, Rel)]
    if not isinstance(condition, Logic) or condition.op == "not" or len(switches) < len(condition.children):
        return
    for switch in switches:
        places, given = places_of(switch, var)
        rests = [rest if condition.op == "and" else _opposite(rest) for rest in switches if rest != switch]
        for place in places:
            here: dict[Node, Node] = {var: place}
            met = both(given, *(replace(rest, here) for rest in rests))
            kind = kind_of(here, (value, other), (slopes[0], slopes[1]), met, where)
            yield _joint(kind, var, place, 0 if switch.op in ("<=", ">=", "==") else 1)


def _opposite(condition: Rel) -> Rel:
    return Rel(OPPOSITE[condition.op], *condition.children)


def places_of(condition: Node, var: Node) -> tuple[tuple[Node, ...], Node]:
    """The values of the variable at which the two sides of a comparison are equal, if they are affine, or quadratic in numbers, or an absolute value of such.

    And when there are such values: |u| = c has some only if c >= 0.
    """
    if not isinstance(condition, Rel) or not isinstance(var, Sym):
        return (), TRUE
    left, right = condition.children
    if isinstance(right, Fn) and right.func is sympy.Abs:
        left, right = right, left
    if isinstance(left, Fn) and left.func is sympy.Abs:
        inner = left.children[0]
        places = (*roots(Add(inner, Neg(right)), var), *roots(Add(inner, right), var))
        return places, Rel(">=", right, ZERO) if right.free else TRUE
    return tuple(roots(Add(left, Neg(right)), var)), TRUE


def roots(difference: Node, var: Sym) -> Iterator[Node]:
    """The values of the variable at which the difference is 0, if it is affine, or quadratic in numbers."""
    expression = difference.to_sympy()
    if not expression.is_polynomial(var.symbol):
        return
    polynomial = sympy.Poly(expression, var.symbol)
    if polynomial.degree() == 1:
        high, low = polynomial.all_coeffs()
        yield from_sympy(sympy.cancel(-low / high))
    elif polynomial.degree() == 2 and not polynomial.free_symbols_in_domain:
        yield from map(from_sympy, sorted(root for root in sympy.roots(polynomial) if root.is_real))


def kind_of(
    here: dict[Node, Node],
    values: tuple[Node, Node],
    slopes: tuple[Node, Node],
    given: Node,
    where: Mapping[Node, Node],
) -> str:
    """Jump, kink or smooth: do the values agree there, and the slopes? Open if a branch has no value there."""
    for kind, (left, right) in (("jump", values), ("kink", slopes)):
        found = agree(replace(left, here), replace(right, here), given=given, where=where)
        if not found:
            return kind if found.verdict == "refuted" or kind == "kink" else "open"
    return "smooth"
