"""Claims that the laws of arithmetic prove: both sides are the same polynomial in the same parts, with a value at the same places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from gdsym.verify.conditions import Condition
from gdsym.verify.form import Form, Known
from gdsym.verify.forms import Forms
from gdsym.verify.graph import Graph
from gdsym.verify.polynomials import TooMuch, negative, total, turned
from gdsym.written.nodes import Node

Identity: TypeAlias = Literal["", "everywhere", "where the left side is defined"]
LARGEST = 2_000  # operations


def identity(g: Graph, sides: tuple[int, int], condition: Condition) -> Identity:
    """Are both sides equal by the laws of arithmetic, whatever functions and entries are, where the condition holds?"""
    if len(g.ops) > LARGEST:
        return ""
    roles = condition.roles
    sizes = frozenset(roles.sizes)
    solved = condition.solved  # may be any number: k = a/2
    forms = Forms(g, Known((roles.integers | roles.labels | sizes) - solved, sizes - solved))
    try:
        for comparison in condition.tried:
            _note(forms, comparison)
        left, right = (forms.of(side) for side in sides)
        if left.terms != right.terms and not _are_equal(forms, left, right):
            return ""
        if not right.needs <= left.needs and not _has_instances(forms, left, right, roles.indices):
            return ""
        return "everywhere" if left.needs == right.needs else "where the left side is defined"
    except TooMuch:
        return ""


def _are_equal(forms: Forms, left: Form, right: Form) -> bool:
    from gdsym.verify.gathered import are_equal

    return are_equal(forms, left.terms, right.terms)


def _has_instances(forms: Forms, left: Form, right: Form, indices: Iterable[Node]) -> bool:
    """Is what the right side needs of w_k needed by the left side of all w_j?"""
    from gdsym.verify.repeated import instances

    letters = [forms.letter(index) for index in indices]
    return right.needs <= instances(forms, instances(forms, left.needs, letters), letters)


def _note(forms: Forms, comparison: int) -> None:
    """Note what the comparison says is positive, not negative, or not 0."""
    g = forms.g
    op, args = g.data[comparison], g.args[comparison]
    if g.ops[comparison] != "rel" or op == "==":
        return
    low, high = args if op[0] == "<" else args[::-1]
    difference = total((forms.of(high).terms, negative(forms.of(low).terms)))
    if op == "!=":
        forms.apart.add(forms.number(turned(difference)))
    else:
        (forms.facts if "=" in op else forms.above).add(forms.number(difference))
