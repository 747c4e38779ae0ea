"""Where branches meet whose conditions are several comparisons: {x^2 if -1 < x < 1; 2 |x| - 1 otherwise}."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import sympy

from gdsym.joints import KINDS, Joint, kind_of, places_of
from gdsym.written.nodes import TRUE, Logic, Node, Rel, Sym, both, replace, walk

OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
Pairs = tuple[tuple[Node, Node], ...]


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
