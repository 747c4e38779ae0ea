"""Claims about numbers and about matrices: those about matrices are judged entry by entry, all by the judge of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sympy

from gdsym.verify import judge
from gdsym.verify.evidence import Evidence
from gdsym.verify.formulas import NOTHING
from gdsym.verify.shared import generalised
from gdsym.written import matrix_algebra as mat
from gdsym.written import nodes as n

DEFINED = Evidence("proved", "by definition")  # of a named part
WORST_FIRST = ("refuted", "one side undefined", "unknown", "holds where", "agreed", "proved")


def agree(
    lhs: n.Node,
    rhs: n.Node,
    *,
    given: Any = sympy.true,
    where: Mapping[n.Node, n.Node] = NOTHING,
    seed: int = 0,
    room: bool = True,
    beside: Iterable[n.Node] = (),
    slope: n.D | None = None,
    settled: bool = False,
) -> Evidence:
    """Is lhs = rhs, for numbers and for matrices of every shape? See `judge.agree` for the arguments and verdicts."""
    if where.get(lhs) == rhs:
        return DEFINED
    if lhs == rhs or not (mat.has_matrices(lhs) or mat.has_matrices(rhs)):
        asked = {"given": given, "where": where, "seed": seed, "room": room, "beside": tuple(beside)}
        return _of_numbers(lhs, rhs, **asked, slope=slope, settled=settled)
    from gdsym.verify.by_entries import agree_by_entries

    return agree_by_entries(lhs, rhs, given, where, seed)


def _of_numbers(lhs: n.Node, rhs: n.Node, **asked: Any) -> Evidence:
    """The claim as it stands, or a stronger one: equal functions have equal derivatives, and what both sides share may be any number."""
    if isinstance(lhs, n.D) and isinstance(rhs, n.D) and lhs.var == rhs.var:
        evidence = _of_numbers(lhs.body, rhs.body, **{**asked, "given": sympy.true})
        if evidence:
            return evidence
    general = None if asked["slope"] else generalised(lhs, rhs, asked["where"])
    return (general and judge.agree(*general, **asked)) or judge.agree(lhs, rhs, **asked)
