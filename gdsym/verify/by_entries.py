"""Claims about matrices, entry by entry: proved for every shape where arithmetic does that, else compared at small shapes, written out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy

from gdsym.record import changed
from gdsym.verify import judge
from gdsym.verify.any_shape import AnyShape, in_entries
from gdsym.verify.evidence import NO_POINT, Evidence, Unknown
from gdsym.verify.expand import OTHERS, TRIED, Expander, Table, choices, one_claim
from gdsym.written import matrix_algebra as mat
from gdsym.written import nodes as n
from gdsym.written.from_sympy import from_sympy

WORST_FIRST = ("refuted", "one side undefined", "unknown", "holds where", "agreed", "proved")


def agree_by_entries(lhs: n.Node, rhs: n.Node, given: Any, where: Mapping[n.Node, n.Node], seed: int) -> Evidence:
    """Is lhs = rhs, for matrices of every shape?"""
    lhs, rhs = named_put_in(lhs, where), named_put_in(rhs, where)
    condition = given if isinstance(given, n.Node) else n.TRUE if given is sympy.true else from_sympy(given)
    if (found := _at_every_shape(lhs, rhs, condition, where, seed)) is not None:
        return found

    def at(rows: Sequence[Sequence[int]]) -> list[Evidence]:
        return [_at(sizes, lhs, rhs, condition, where, seed) for sizes in choices((lhs, rhs, condition), rows)]

    try:
        tried = at(TRIED)
        if any(map(_is_empty, tried)) and any(tried):
            tried = [e for e in (*tried, *at(OTHERS)) if not _is_empty(e)]
    except Unknown as reason:
        return Evidence("unknown", "not evaluated", note=str(reason))
    return _all(tried)


def _is_empty(found: Evidence) -> bool:
    """Has nothing a value at these sizes? X'X has no inverse where X has more columns than rows."""
    return found.verdict == "unknown" and found.note == NO_POINT


def named_put_in(node: n.Node, where: Mapping[n.Node, n.Node]) -> n.Node:
    """Named parts that are plain names, matrices or numbers, replaced by what they stand for."""
    plain: dict[n.Node, n.Node] = {
        key: meaning for key, meaning in where.items() if isinstance(key, (n.Sym, mat.MatSym))
    }
    for _ in range(len(plain)):
        node = n.replace(node, plain)
    return node


def _at_every_shape(
    lhs: n.Node, rhs: n.Node, given: n.Node, where: Mapping[n.Node, n.Node], seed: int
) -> Evidence | None:
    """The evidence for a claim that is proved for matrices of every shape, or against it."""
    try:
        left, right = in_entries(lhs, rhs)
        condition = AnyShape().number(given)
    except Unknown:
        return None
    found = judge.proof(left, right, condition, where, seed)
    return found and changed(found, kind=f"entry by entry at every shape, {found.kind}")


def _at(
    sizes: Mapping[n.Node, int], lhs: n.Node, rhs: n.Node, given: n.Node, where: Mapping[n.Node, n.Node], seed: int
) -> Evidence:
    expander = Expander(sizes)
    left, right = written_out(lhs, rhs, expander)
    if (len(left), len(left[0])) != (len(right), len(right[0])):
        note = f"the left side is {len(left)} x {len(left[0])}, the right side {len(right)} x {len(right[0])}"
        return Evidence("refuted", "counterexample", note=note)
    return judge.agree(*one_claim(left, right), given=expander.number(given), where=where, seed=seed)


def written_out(lhs: n.Node, rhs: n.Node, expander: Expander) -> tuple[Table, Table]:
    """The entries of both sides; a plain 0 has the shape of the other side."""
    shapes = [mat.shape(side) for side in (lhs, rhs)]
    known = next((s for s in shapes if s is not None), None)
    return _side(lhs, known, expander), _side(rhs, known, expander)


def _side(node: n.Node, shape: mat.Shape | None, expander: Expander) -> Table:
    if mat.is_number(node) and not (n.is_num(node, 0) and shape is not None):
        return [[expander.number(node)]]
    return expander.filled(shape, n.ZERO) if n.is_num(node, 0) and shape else expander.table(node)


def _all(found: list[Evidence]) -> Evidence:
    """The worst verdict of all shapes, with what they have in common."""
    worst = min(found, key=lambda e: WORST_FIRST.index(e.verdict))
    if not worst:
        return worst
    kind = next((e.kind for e in found if "ball" in e.kind), worst.kind)
    bits = min((e.bits for e in found if e.bits), default=0)
    return Evidence(
        "agreed" if worst.verdict == "proved" else worst.verdict,
        f"entry by entry at {len(found)} shapes, {kind}" if len(found) > 1 else f"entry by entry, {kind}",
        sum(e.points for e in found),
        bits,
        worst.note,
    )
