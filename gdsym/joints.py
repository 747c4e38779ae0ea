"""Where the branches of a case distinction meet: smooth, a kink or a jump, and which slope is used there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import sympy
from sympy.core.relational import Relational

from gdsym.closing import tidy
from gdsym.compound import KINDS, Joint, compound, kind_of, places_of, roots
from gdsym.named import put_in
from gdsym.solve import Work
from gdsym.step import Reason
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import TRUE, Cases, Fn, Logic, Node, Rel, Sym, both, walk


def joints(work: Work, where: Mapping[Node, Node]) -> tuple[Joint, ...]:
    """The joints of a derived case distinction that can be located."""
    body, var = work.lhs.body, work.lhs.var
    assert isinstance(body, Cases)
    if len(work.parts) != len(body.pairs):
        return ()  # an isolated point
    slopes = tuple(put_in(part.value, where) for part in work.parts)
    if any(isinstance(condition, Logic) and condition != TRUE for _, condition in body.pairs):
        return compound(tuple((put_in(value, where), put_in(c, where)) for value, c in body.pairs), slopes, var, where)
    found: list[Joint] = []
    for at, (value, condition) in enumerate(body.pairs[:-1]):
        beyond = _beyond(body.pairs, at)
        values = put_in(value, where), put_in(body.pairs[beyond][0], where)
        closed = isinstance(condition, Rel) and condition.op in ("<=", ">=", "==")
        branch = at if closed else beyond
        places, given = places_of(put_in(condition, where), var)
        kinds = [kind_of({var: place}, values, (slopes[at], slopes[beyond]), given, where) for place in places]
        if len(kinds) > 1 and len(set(kinds)) == 1:
            equation = Rel("==", *sorted(condition.children, key=lambda side: not isinstance(side, Fn)))
            found.append(Joint(kinds[0], (" where ", equation), equation, branch))
        else:
            found += [
                Joint(kind, (" at ", var, " = ", place), Rel("==", var, place), branch)
                for kind, place in zip(kinds, places, strict=True)
            ]
    worst: dict[tuple[Reason, int], Joint] = {}
    for joint in sorted(found, key=lambda joint: KINDS.index(joint.kind)):
        worst.setdefault((joint.place, joint.branch), joint)
    return tuple(joint for joint in found if worst[joint.place, joint.branch] is joint)


def _beyond(pairs: Sequence[tuple[Node, Node]], at: int) -> int:
    """The branch that is met where the condition of this one ends: in {f if u > v; g if u < v; h otherwise} it is h for f, too."""
    here, beyond = pairs[at][1], at + 1
    while beyond < len(pairs) - 1 and _sides(here) and _sides(here) == _sides(pairs[beyond][1]):
        beyond += 1
    return beyond


def _sides(condition: Node) -> frozenset[Node]:
    """What a strict comparison compares."""
    return frozenset(condition.children) if isinstance(condition, Rel) and condition.op in ("<", ">") else frozenset()


def joint_notes(work: Work, found: Sequence[Joint]) -> tuple[Reason, ...]:
    """One sentence for each joint, or the general one."""
    var = work.lhs.var
    used = [tidy(work.parts[joint.branch].value, (var,)) for joint in found]
    return tuple(map(_sentence, found, used)) or (work.move.note,)


def smooth(work: Work, found: Sequence[Joint]) -> Node:
    """The condition that no kink and no jump is met; every joint that cannot be located is taken for one."""
    body = work.lhs.body
    if not work.move.note or not isinstance(body, Cases) or len(work.parts) != len(body.pairs):
        return TRUE
    if found:
        return both(*(Rel("!=", *joint.equation.children) for joint in found if joint.kind != "smooth"))
    switches = (part for _, condition in body.pairs for part in walk(condition) if isinstance(part, Rel))
    return both(*(Rel("!=", *switch.children) for switch in switches))


def _sentence(joint: Joint, used: Node) -> Reason:
    if joint.kind == "smooth":
        return ("the branches meet smoothly", *joint.place)
    if joint.kind == "open":
        return (
            "a branch has no value",
            *joint.place,
            "; by convention the slope of the branch that holds is used: ",
            used,
        )
    return (
        joint.kind,
        *joint.place,
        ": no derivative there; by convention the slope of the branch that holds is used: ",
        used,
    )


def noted(work: Work, conditions: tuple[sympy.Basic, ...] = ()) -> Iterator[tuple[Work, Node]]:
    """Solved derivatives with something to say, but for a kink in a branch that is not taken there; and when it is met.

    In the branch for |u| > c, u is 0 only for c < 0.
    """
    if work.move.note and not _never(work, conditions):
        yield work, _only(work, conditions)
    body = work.lhs.body
    failed: list[sympy.Basic] = []
    for at, part in enumerate(work.parts):
        inside = conditions
        if isinstance(body, Cases) and len(work.parts) == len(body.pairs):
            here = body.pairs[at][1].to_sympy()
            inside = (*conditions, *(sympy.Not(c) for c in failed), here)
            failed.append(here)
        yield from noted(part, inside)


def _only(work: Work, conditions: tuple[sympy.Basic, ...]) -> Node:
    """What else must hold where |u| has its kink, if that is a comparison of a letter with a number."""
    body = work.lhs.body
    if not isinstance(body, Fn) or body.func is not sympy.Abs:
        return TRUE
    found = {c.subs(body.to_sympy(), 0) for c in conditions if c.has(body.to_sympy())}
    alone = len(found) == 1 and all(isinstance(c, Relational) and len(c.free_symbols) == 1 for c in found)
    return from_sympy(found.pop().canonical) if alone else TRUE


def _never(work: Work, conditions: tuple[sympy.Basic, ...]) -> bool:
    """Is the only kink of |u| at a place where the branch around it does not hold?"""
    body, var = work.lhs.body, work.lhs.var
    if not conditions or not (isinstance(body, Fn) and body.func is sympy.Abs):
        return False
    size = body.to_sympy()
    if any(c.subs(size, 0) == sympy.false for c in conditions):
        return True
    if not isinstance(var, Sym):
        return False
    places = [place.to_sympy() for place in roots(body.children[0], var)]
    return bool(places) and all(any(c.subs(var.symbol, at) == sympy.false for c in conditions) for at in places)
