"""Wrong steps and wrong rules are refused: thousands of mutants of the corpus' steps, and every rule bent.

A mutant that is not refused must be one that changes nothing: that is decided by numbers that gdsym had no part in.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import pytest
import sympy as sp
import test_matrix as matrices
from corpus import CASES, REFUSED, UNJUDGED, Case
from mutants import Tally, judged, steps_of, worlds
from oracle import NoValue, close, slope, value

import gdsym as gd
from gdsym import judging
from gdsym.rules import RULES
from gdsym.rules.indexed import CONSTANT_DELTA
from gdsym.verify import Evidence
from gdsym.written import nodes as n
from gdsym.written.nodes import Add, Mul, Neg, Node, Num

SOURCES = [
    case for case in CASES if case.expr not in REFUSED and case.expr not in UNJUDGED and not case.expr.has(sp.Integral)
]
PER_STEP = 2
CHUNKS = 12


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_mutants_of_steps_are_refused(chunk: int) -> None:
    """At least 99.9 % of those that change the value; each chunk has a few hundred, so that means all of them."""
    tally = Tally()
    for at, case in enumerate(SOURCES[chunk :: 3 * CHUNKS]):
        tally.add(judged(case, random.Random(1000 * chunk + at), PER_STEP))
    assert tally.accepted == []
    assert sum(tally.made.values()) > 200
    assert sum(tally.same.values()) < sum(tally.made.values()) // 5


def test_mutants_over_matrices_are_refused() -> None:
    """A transpose too many or missing, two factors in the wrong order."""
    tally = Tally()
    for at, (_, cost, by, _) in enumerate(matrices.COSTS):
        tally.add(judged(Case(cost, by, group="matrices"), random.Random(at), 2))
    assert tally.accepted == []
    assert tally.made["transpose"] > 20 and tally.made["order"] > 20


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
    return not d.check or not all(step.check for step in steps_of(d.steps)) or _still_right(case, d)


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
    """For each rule, by its place, up to three cases that use it: found without a judge, which all of them have elsewhere."""
    found: dict[int, list[Case]] = {at: [] for at in range(len(RULES))}
    everything = [case for case in CASES if case.expr not in REFUSED and case.expr not in UNJUDGED]
    with pytest.MonkeyPatch.context() as unjudged:
        unjudged.setattr(judging, "judged", lambda *claim: Evidence("agreed", "not asked", 1))
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
