"""A derivation as a certificate: the claim, every step and every line, for `gdsym.verify.recheck` to judge afresh."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gdsym.export.page import Page
from gdsym.step import Step
from gdsym.verify import Evidence
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import Node, both
from gdsym.written.seal import FIELD, VERSION, seal
from gdsym.written.serial import Store


def document(page: Page) -> str:
    """JSON with the claim D[expr] = last line and all steps, in the order of their lines, of a page in full detail.

    Formulas are rows of one table, `formulas`; everything else names them by their row.
    """
    store = Store()
    places = {id(step): at for at, step in enumerate(page.steps)}
    claim = {
        "expression": store.put(page.expr),
        "variables": [store.put(var) for var in page.wrt],
        "where": _pairs(page.where, store),
        "result": store.put(page.steps[-1].line),
        "given": store.put(both(page.given, *(from_sympy(step.compared) for step in page.steps))),
    }
    rows = [_row(step, store, places) for step in page.steps]
    whole = {"gdsym certificate": VERSION, "claim": claim, "steps": rows, "formulas": store.rows}
    return _lined({**whole, FIELD: seal(whole)})


def _row(step: Step, store: Store, places: Mapping[int, int]) -> dict[str, Any]:
    return {
        "rule": step.rule.name,
        "detail": step.detail,
        "lhs": store.put(step.lhs),
        "rhs": store.put(step.rhs),
        "line": store.put(step.line),
        "given": store.put(from_sympy(step.compared)),
        "where": _pairs(step.where, store),
        "substeps": [places[id(sub)] for sub in step.substeps],
        "evidence": _evidence(step.check),
    }


def _pairs(names: Mapping[Node, Node], store: Store) -> list[list[int]]:
    return [[store.put(name), store.put(meaning)] for name, meaning in names.items()]


def _evidence(check: Evidence) -> dict[str, Any]:
    """What was found when the step was made; whoever checks the certificate looks for himself."""
    return {
        "verdict": check.verdict,
        "kind": check.kind,
        "points": check.points,
        "bits": check.bits,
        "note": check.note,
    }


def _lined(whole: Mapping[str, Any]) -> str:
    """JSON with one step and one formula a line, so that two certificates can be compared line by line."""
    parts = []
    for key, value in whole.items():
        if isinstance(value, list):
            rows = ",\n".join(json.dumps(row, ensure_ascii=True) for row in value)
            parts.append(f"{json.dumps(key)}: [\n{rows}\n]")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=True)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"
