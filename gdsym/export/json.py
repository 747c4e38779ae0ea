"""A derivation as plain dicts, lists, strings and numbers."""

from __future__ import annotations

import json
from typing import Any

from gdsym.export.heads import text_head
from gdsym.export.page import Page
from gdsym.export.reasons import as_text, reason_of
from gdsym.step import Step
from gdsym.verify import Evidence
from gdsym.writing import latex, text
from gdsym.written.nodes import Node


def to_dict(page: Page) -> dict[str, Any]:
    """What is derived, the steps with their substeps, the notes."""
    return {
        "head": text_head(page, plain=True),
        "name": page.name,
        "args": [text(a, ascii=True) for a in page.args],
        "wrt": [text(v, ascii=True) for v in page.wrt],
        "expr": _formula(page.expr, page),
        "start": _formula(page.start, page),
        "steps": [_step(step, page) for step in page.steps],
        "notes": [as_text(note, page) for note in page.notes],
        "sizes": page.sizes,
    }


def document(page: Page) -> str:
    return json.dumps(to_dict(page), ensure_ascii=False, indent=2) + "\n"


def _step(step: Step, page: Page) -> dict[str, Any]:
    return {
        "rule": step.rule.name,
        "detail": step.detail,
        "reason": as_text(reason_of(step), page),
        "lhs": _formula(step.lhs, page),
        "rhs": _formula(step.rhs, page),
        "line": _formula(step.line, page),
        "where": {text(key, ascii=True): _formula(value, page) for key, value in step.where.items()},
        "given": str(step.given),
        "check": _evidence(step.check),
        "substeps": [_step(sub, page) for sub in step.substeps],
    }


def _formula(node: Node, page: Page) -> dict[str, str]:
    """The formula for people (`text`), for TeX (`latex`) and for programs (`ascii`)."""
    return {
        "text": text(node, partial=page.partial),
        "latex": latex(node, partial=page.partial),
        "ascii": text(node, partial=page.partial, ascii=True),
    }


def _evidence(check: Evidence) -> dict[str, Any]:
    return {
        "verdict": check.verdict,
        "kind": check.kind,
        "points": check.points,
        "bits": check.bits,
        "note": check.note,
        "supported": bool(check),
    }
