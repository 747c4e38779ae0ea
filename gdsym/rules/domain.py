"""Where a tidy step widens the domain: (s^2 - 1)/(s - 1) = s + 1 holds for s other than 1, and the step says so.

A formula has values where no denominator is 0, nothing under an even root is negative and logarithms are of positive
numbers. What the left side asks for and the right side does not is the condition of the step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sympy

from gdsym.record import changed
from gdsym.rules.bounds import holds
from gdsym.rules.dropping import drop
from gdsym.rules.fractions import split
from gdsym.rules.guarded import EVERYWHERE, Places, branches, further, stated, together
from gdsym.rules.irreducible import LARGEST, forms, irreducible
from gdsym.rules.laws import U
from gdsym.rules.powers import base_exponent, number_of
from gdsym.rules.roots import beyond_root
from gdsym.rules.solved import same_sign, solved
from gdsym.rules.tidy import calculate
from gdsym.written.matrices import has_matrices
from gdsym.written.nodes import (
    ONE,
    Add,
    Bound,
    Cases,
    Div,
    Fn,
    Indexed,
    Integral,
    Logic,
    Mul,
    Neg,
    Node,
    Num,
    Pow,
    Prod,
    Rel,
    Root,
    Sum,
    Sym,
    both,
    is_num,
    kinds_of,
    replace,
    rewrite,
    walk,
)

if TYPE_CHECKING:
    from gdsym.solve import After

Need = tuple[str, Node]  # "!=", ">=" or ">" than 0, and of what
Needs = dict[Need, Places]  # and where
BOUND = kinds_of(Sum, Prod, Integral)
ASKS = (Div, Root, Fn, Pow)
ASKING = kinds_of(*ASKS)
WITHIN = Add(ONE, Neg(Fn(sympy.Abs, U)))  # 1 - |u|
SINE, COSINE = Fn(sympy.sin, U), Fn(sympy.cos, U)
NO_POLE = Div(ONE, Fn(sympy.gamma, U))
OF_LAST: Mapping[object, tuple[Need, ...]] = {  # what a function asks of its last argument
    sympy.log: ((">", U),), sympy.loggamma: ((">", U),),
    **dict.fromkeys((sympy.gamma, sympy.digamma, sympy.trigamma, sympy.polygamma), (("!=", NO_POLE),)),
    sympy.asin: ((">=", WITHIN),), sympy.acos: ((">=", WITHIN),), sympy.atanh: ((">", WITHIN),),
    sympy.acosh: ((">=", Add(U, Neg(ONE))),),
    sympy.tan: (("!=", COSINE),), sympy.sec: (("!=", COSINE),), sympy.cot: (("!=", SINE),), sympy.csc: (("!=", SINE),),
}  # fmt: skip
NEVER_ZERO = (sympy.gamma, sympy.factorial, sympy.sec, sympy.csc)


def conditioned(steps: Sequence[After], known: dict[Node, Needs]) -> list[After]:
    """The same closing steps, each with the condition under which its left side has a value and its right side more.

    `known` remembers what formulas ask for.
    """
    sizes = _sizes(steps[0].lhs) if steps else frozenset()
    return [_with_condition(step, sizes, known) for step in steps]


def domain_of(node: Node, at: dict[Node, Node]) -> bool:
    """Has the formula certainly a value where the letters are as `at` says, by what it divides by and takes the root and logarithm of?"""
    return all(certain(op, replace(part, at)) for op, part in _needs(node, {}))


def gained(lhs: Node, rhs: Node) -> Iterator[Node]:
    """What the right side asks for and the left side does not."""
    return _lost(_needs(rhs, {}), _needs(lhs, {}), frozenset())


def _with_condition(step: After, sizes: frozenset[Node], known: dict[Node, Needs]) -> After:
    """Of an index that is gone nothing can be asked."""
    lost = together(_lost(_needs(step.lhs, known), _needs(step.rhs, known), sizes))
    standing = step.lhs.free | frozenset(walk(step.rhs) if lost else ())
    if not (lost := [condition for condition in lost if condition.free <= standing]):
        return step
    asked = [both(*lost)] if any(isinstance(c, Logic) for c in lost) else lost
    beside = tuple(part for at, c in enumerate(asked) for part in (" and " if at else ", for ", c))
    return changed(step, given=both(step.given, *lost), reason=lambda: (*step.words(), *beside))


def _sizes(node: Node) -> frozenset[Node]:
    """Letters in the limits of sums: sizes, 1 or more."""
    if not node.has(BOUND):
        return frozenset()
    ends = (end for part in walk(node) if isinstance(part, Bound) for end in (part.lower, part.upper))
    return frozenset(letter for end in ends for letter in end.free)


def _lost(asked: Needs, left: Needs, sizes: frozenset[Node]) -> Iterator[Node]:
    never = frozenset(part for op, part in asked if op == "!=")
    open_ = (n for n in asked if not _asked(n, left) and not _of_positive(*n))
    lost = [n for n in open_ if not certain(*n, sizes, never) and not _follows(*n, left)]
    for op, part in lost:
        if op != "!=" or not {(">=", part), (">", part)} & set(lost):
            condition = solved(">" if op == ">=" and ("!=", part) in asked else op, part)
            yield from stated(condition, asked[op, part])


def _asked(need: tuple[str, Node], left: Needs) -> bool:
    """Is it asked for still, perhaps with its numbers worked out?"""
    op, part = need
    return need in left or (op, rewrite(part, lambda p: calculate(drop(p)))) in left


def _needs(node: Node, known: dict[Node, Needs]) -> Needs:
    """What must hold for the formula to have a value, each once."""
    if not node.has(ASKING):
        return {}
    found = known.get(node)
    if found is None:
        found = known[node] = _found_needs(node, known)
    return found


def _found_needs(node: Node, known: dict[Node, Needs]) -> Needs:
    found = dict.fromkeys(_of_part(node), EVERYWHERE) if type(node) in ASKS else {}
    if isinstance(node, Cases):
        return _of_branches(node, known)
    for child in node.children:
        _gather(found, _needs(child, known))
    return found


def _of_branches(node: Cases, known: dict[Node, Needs]) -> Needs:
    found: Needs = {}
    for _, condition in node.pairs:
        _gather(found, _needs(condition, known))
    for value, inside in branches(node):
        _gather(found, {need: further(places, inside) for need, places in _needs(value, known).items()})
    return {need: places for need, places in found.items() if not _excluded(node, need[1])}


def _gather(found: Needs, more: Needs) -> None:
    for need, places in more.items():
        found[need] = (*found.get(need, ()), *places)


def _excluded(node: Cases, part: Node) -> bool:
    """Does the case distinction itself take care of the place, by a case of its own?"""
    points = (c for _, c in node.pairs if isinstance(c, Rel) and c.op in ("==", "!=") and not _needs(c, {}))
    return any(
        not c.free.isdisjoint(part.free)
        and set().union(*irreducible(part)) <= set().union(*irreducible(Add(c.children[0], Neg(c.children[1]))))
        for c in points
    )


def _of_part(part: Node) -> Iterator[Need]:
    if isinstance(part, Div):
        yield from (("!=", base) for base in _bases(part.den))
    elif isinstance(part, Root) and not is_num(part.degree, 1):
        yield ">=", part.arg
    elif isinstance(part, Fn):
        yield from ((op, replace(asked, {U: part.children[-1]})) for op, asked in OF_LAST.get(part.func, ()))
    elif isinstance(part, Pow):
        yield from _of_power(part)


def _of_power(part: Pow) -> Iterator[Need]:
    power = number_of(part.exponent)
    if power is None:
        if not part.exponent.to_sympy().is_integer:
            yield ">", part.base
        return
    if power.denominator > 1:
        yield ">=", part.base
    if power < 0:
        yield from (("!=", base) for base in _bases(part.base))


def _bases(den: Node) -> Iterator[Node]:
    """The factors of a denominator without their powers and roots."""
    ups, downs = split(den)
    for factor in (*ups, *downs):
        base, exponent = base_exponent(factor.arg if isinstance(factor, Neg) else factor)
        if isinstance(base, Fn) and base.func is sympy.Abs:
            yield from _bases(base.children[0])
        elif isinstance(base, Pow) and number_of(base.exponent) is not None:
            yield from _bases(base.base)
        elif exponent != 1 and isinstance(base, (Mul, Div, Pow, Root)):
            yield from _bases(base)
        elif not isinstance(base, Num) and not has_matrices(base):
            yield base


def certain(op: str, part: Node, sizes: frozenset[Node] = frozenset(), never: frozenset[Node] = frozenset()) -> bool:
    """Does it hold for all real numbers, whatever the letters stand for (those in `never` for any number but 0)?"""
    if holds(op, part, lambda name: _is_positive(name, sizes)):
        return True
    if op == "!=" and isinstance(part, Fn) and part.func in NEVER_ZERO:
        return True
    value = _real(part, sizes, never - {part})
    if op != ">=" and any(sympy.expand(_real(rest, sizes, never)).is_positive for rest in beyond_root(part)):
        return True
    if op == "!=":
        return bool(value.is_nonzero) or bool(value.is_positive)
    return bool(value.is_positive if op == ">" else value.is_nonnegative)


def _real(node: Node, sizes: frozenset[Node], never: frozenset[Node]) -> Any:
    """The formula for SymPy's assumptions: letters are real, sums of positive terms positive."""
    pieces = enumerate(dict.fromkeys(_pieces(node)))
    letters: dict[Node, Node] = {p: Sym(_letter(at, *_facts(p, sizes, never))) for at, p in pieces}
    return replace(node, letters).to_sympy()  # not put in by SymPy, which may turn comparisons without end


@lru_cache(maxsize=1024)
def _letter(at: int, *facts: str) -> Any:
    """The same letters in every formula: what SymPy finds out about a part it need not find out again for the whole."""
    return sympy.Dummy(f"a{at}", **dict.fromkeys(facts, True))


def _facts(part: Node, sizes: frozenset[Node], never: frozenset[Node]) -> tuple[str, ...]:
    """What is known of a letter, an entry or a sum."""
    known = _declared(part)
    if certain(">", part.body, sizes, never) if isinstance(part, Bound) else _is_positive(part, sizes):
        return ("positive",)
    nonzero = part in never or (known is not None and known.is_nonzero)
    return ("real", "nonzero") if nonzero else ("real",)


def _is_positive(part: Node, sizes: frozenset[Node]) -> bool:
    known = _declared(part)
    return part in sizes or (known is not None and bool(known.is_positive))


def _declared(part: Node) -> Any:
    """The caller's symbol of a letter or an entry."""
    return part.symbol if isinstance(part, Sym) else part.base.base.label if isinstance(part, Indexed) else None


def _pieces(node: Node) -> Iterator[Node]:
    """Letters, entries and sums: what SymPy is not asked to look into."""
    if isinstance(node, (Sym, Indexed, Bound)) or (isinstance(node, Fn) and node.undefined):
        yield node
        return
    for child in node.children:
        yield from _pieces(child)


def _of_positive(op: str, part: Node) -> bool:
    """Is it u^v != 0 for a v that asks for u > 0 wherever it stands?"""
    return op == "!=" and isinstance(part, Pow) and (">", part.base) in _of_power(part)


def _follows(op: str, part: Node, left: Iterable[Need]) -> bool:
    """Is it asked for by the other side in another form? x (x - 1) != 0 by x != 0 and x != 1, x != 0 by log x."""
    if op == ">=":
        return any(kind in (">", ">=") and (other == part or same_sign(part, other)) for kind, other in left)
    if op == ">" or sum(1 for _ in walk(part)) > LARGEST:
        return False
    known = {f for kind, other in left if kind in ("!=", ">") for side in irreducible(other) for f in side}
    sides = map(irreducible, forms(part))
    return any(
        (above or below) <= known for above, below in sides
    )  # what it divides by is asked for by itself, but for 1/gamma
