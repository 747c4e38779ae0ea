"""Wrong steps and wrong rules are refused: thousands of mutants of the corpus' steps, and every rule bent.

A mutant that is not refused must be one that changes nothing: that is decided by numbers that gdsym had no part in.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import pytest
import sympy as sp
from corpus import CASES, REFUSED, UNJUDGED, Case
from oracle import BOXES, NoValue, World, close, slope, value

import gdsym as gd
from gdsym.rules import RULES
from gdsym.rules.indexed import CONSTANT_DELTA
from gdsym.verify import agree
from gdsym.written import nodes as n
from gdsym.written.nodes import Add, Mul, Neg, Node, Num

SIZES = {"m": 3, "n": 3, "N": 3, "K": 3, "H": 3, "a_0": 1}
SOURCES = [
    case for case in CASES if case.expr not in REFUSED and case.expr not in UNJUDGED and not case.expr.has(sp.Integral)
]
PER_STEP = 2
CHUNKS = 12
SWAPS = {
    sp.sin: sp.cos, sp.cos: sp.sin, sp.exp: sp.cosh, sp.log: sp.atan, sp.tanh: sp.sin, sp.Abs: sp.sign, sp.sign: sp.Abs, sp.Max: sp.Min, sp.Min: sp.Max,
    sp.cosh: sp.sinh, sp.sinh: sp.cosh, sp.atan: sp.tanh, sp.tan: sp.sin,
}  # fmt: skip
TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "!=", "!=": "=="}


def mutants(node: Node) -> Iterator[Node]:
    """Everything that differs from `node` in one place."""
    yield from changed(node)
    for place, child in enumerate(node.children):
        if not (isinstance(node, (n.Bound, n.D)) and place == 1):
            for mutant in mutants(child):
                yield node.with_children((*node.children[:place], mutant, *node.children[place + 1 :]))


def changed(node: Node) -> Iterator[Node]:  # noqa: C901 -- a table of kinds
    """Sign, factor, dropped term, exponent, variable, function, index, limit, comparison."""
    if isinstance(node, Num):
        yield Num(node.value + 1)
        yield Mul(Num(2), node) if node.value else Num(-1)
    if isinstance(node, (Add, Mul)) and len(node.children) > 1:
        for place in range(len(node.children)):
            rest = (*node.children[:place], *node.children[place + 1 :])
            yield rest[0] if len(rest) == 1 else type(node)(*rest)
        yield (Mul if isinstance(node, Add) else Add)(*node.children)
    if isinstance(node, n.Div):
        yield n.Div(node.den, node.num)
    if isinstance(node, n.Pow):
        yield n.Pow(node.base, Add(node.exponent, Num(1)))
        yield n.Pow(node.exponent, node.base)
    if isinstance(node, n.Fn) and node.func in SWAPS:
        yield n.Fn(SWAPS[node.func], *node.children)
    if isinstance(node, n.Rel):
        yield n.Rel(TURNED[node.op], *node.children)
    if isinstance(node, n.Indexed):
        yield n.Indexed(n.Base(sp.IndexedBase("other")), *node.indices)
        yield n.Indexed(node.base, Add(node.indices[0], Num(1)), *node.indices[1:])
        if len(node.indices) > 1:
            yield n.Indexed(node.base, *node.indices[::-1])
    if isinstance(node, n.Sym):
        yield n.Sym(sp.Symbol("other", integer=node.symbol.is_integer))
    if isinstance(node, n.Neg):
        yield node.arg
    elif not isinstance(node, (n.Base, n.Rel, n.Logic)) and node != Num(0):
        yield Neg(node)


def tree(steps: tuple[gd.Step, ...]) -> Iterator[gd.Step]:
    for step in steps:
        yield step
        yield from tree(step.substeps)


def worlds(*parts: Any, case: Case, boxes: tuple[str, ...] = tuple(BOXES)[:4], points: int = 2) -> Iterator[World]:
    free = {
        s for e in parts for s in e.atoms(sp.Symbol) if s.is_integer
    }  # SymPy's Derivative hides what it is taken by
    names = sorted(s.name for s in free if s.name not in SIZES)
    for box, point in product(boxes, range(points)):
        letters = {name: 1 + (point + at * (1 + point)) % 3 for at, name in enumerate(names)}
        yield World(point, box, {**SIZES, **letters}, where=case.where or {}, labels=case.labels)


def equivalent(case: Case, right: Node, mutant: Node, given: Any) -> bool:
    """Do the two have the same value wherever the right one has one and the condition holds?"""
    a, b = right.to_sympy(), mutant.to_sympy()
    for world in worlds(a, b, sp.sympify(given), case=case, points=4):
        try:
            if given is not sp.true and not world.value(given):
                continue
            truth = value(a, world)
        except (NoValue, ArithmeticError):
            continue
        try:
            if not close(truth, value(b, world)):
                return False
        except NoValue:
            return False
    return True


def survivors(cases: list[Case], rng: random.Random) -> tuple[int, int, list[str]]:
    """How many mutants were made, how many of them change nothing, and those that were wrongly accepted."""
    made, same, accepted = 0, 0, []
    for case in cases:
        d = gd.derive(case.expr, case.wrt, where=case.where, detail="full")
        for step in {(s.lhs, s.rhs, s.given): s for s in tree(d.steps)}.values():
            found = [m for m in dict.fromkeys(mutants(step.rhs)) if m != step.rhs]
            for mutant in rng.sample(found, min(PER_STEP, len(found))):
                made += 1
                if agree(step.lhs, mutant, given=step.given, where=d.where, room=False):
                    if equivalent(case, step.rhs, mutant, step.given):
                        same += 1
                    else:
                        accepted.append(f"{step.lhs} = {mutant} for {step.rhs} ({step.rule.name}, {case})")
    return made, same, accepted


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_mutants_of_steps_are_refused(chunk: int) -> None:
    """At least 99.9 % of those that change the value; each chunk has a few hundred, so that means all of them."""
    made, same, accepted = survivors(SOURCES[chunk :: 2 * CHUNKS], random.Random(chunk))
    assert made > 150
    assert accepted == []
    assert same < made // 5


UNUSED = (CONSTANT_DELTA,)  # a delta of index letters is free of every variable: the constant rule is quicker

BENDS: dict[str, Callable[[Node], Node]] = {
    "factor": lambda body: Mul(Num(3), body), "sign": Neg, "term": lambda body: Add(body, Num(1)), "power": lambda body: n.Pow(body, Num(2)),
    "dropped": lambda body: body.children[0] if isinstance(body, (Add, Mul)) else Add(body, body),
}  # fmt: skip


def bent(rule: gd.Rule, bend: Callable[[Node], Node], uses: list[Any]) -> gd.Rule:
    """The rule, wrong at its first use."""

    def apply(body: Node, scope: Any) -> gd.Move | None:
        move = rule.apply(body, scope)
        if move is None or uses:
            return move
        uses.append(body)
        return replace(move, make=lambda *values: bend(move.make(*values)))

    return replace(rule, apply=apply)


def noticed(case: Case, rules: tuple[gd.Rule, ...]) -> bool:
    """Refused, or left without evidence."""
    try:
        d = gd.derive(case.expr, case.wrt, where=case.where, detail="full", rules=rules)
    except gd.StepRefused:
        return True
    return not d.check or not all(step.check for step in tree(d.steps)) or _still_right(case, d)


def _still_right(case: Case, d: gd.Derivation) -> bool:
    """The bend changed nothing: 3 * 0, or a term that a factor 0 removes."""
    wrt = d.wrt if isinstance(d.wrt, tuple) else (d.wrt,)
    compared = 0
    for world in worlds(d.expr, d.result, *wrt, case=case):
        try:
            truth = slope(case.expr, wrt, world)
            compared += 1
            if not close(truth, value(d.expanded, world)):
                return False
        except NoValue:
            continue
    return compared > 0


@cache
def users() -> dict[int, list[Case]]:
    """For each rule, by its place, up to three cases that use it."""
    found: dict[int, list[Case]] = {at: [] for at in range(len(RULES))}
    everything = [case for case in CASES if case.expr not in REFUSED and case.expr not in UNJUDGED]
    for case in random.Random(1).sample(everything, len(everything)):
        if all(len(cases) == 3 for at, cases in found.items() if RULES[at] not in UNUSED):
            break
        seen: set[int] = set()
        gd.derive(case.expr, case.wrt, where=case.where, rules=tuple(watched(at, seen) for at in range(len(RULES))))
        for at in seen:
            if len(found[at]) < 3:
                found[at].append(case)
    return found


def watched(at: int, seen: set[int]) -> gd.Rule:
    def apply(body: Node, scope: Any) -> gd.Move | None:
        move = RULES[at].apply(body, scope)
        if move is not None:
            seen.add(at)
        return move

    return replace(RULES[at], apply=apply)


@pytest.mark.parametrize("at", range(len(RULES)), ids=lambda at: f"{at}-{RULES[at].name}")
def test_every_rule_bent_is_noticed(at: int) -> None:
    rule = RULES[at]
    cases = users()[at]
    assert cases or rule in UNUSED, f"no case of the corpus uses {rule.name}"
    for case, (name, bend) in product(cases, BENDS.items()):
        uses: list[Any] = []
        rules = tuple(bent(r, bend, uses) if r is rule else r for r in RULES)
        assert noticed(case, rules), (rule.name, name, str(case), uses)
