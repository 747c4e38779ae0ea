"""A derivation as plain dicts, lists, strings and numbers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from gdsym.export.heads import text_head, text_step_head
from gdsym.export.nests import nested
from gdsym.export.page import Page
from gdsym.export.reasons import as_text, reason_of
from gdsym.step import Step
from gdsym.verify import Evidence
from gdsym.writing.ascii import Ascii
from gdsym.writing.latex import latex
from gdsym.writing.text import text
from gdsym.writing.unicode import Unicode
from gdsym.written.nodes import Node


class _Formulas:
    """A formula for people (`text`), for TeX (`latex`) and for programs (`ascii`); equal ones are printed once."""

    def __init__(self, page: Page) -> None:
        self._partial = page.partial
        self._text, self._ascii = (
            Unicode(page.partial, formula=page.expr),
            Ascii(page.partial, page.expr),
        )  # they remember parts
        self._done: dict[Node, dict[str, str]] = {}
        self._page = page
        self._said: dict[int, dict[str, str]] = {}  # by the identity of steps, which live as long as their page
        self._derived: set[int] = set()

    def __call__(self, node: Node) -> dict[str, str]:
        if node not in self._done:
            self._done[node] = {
                "text": self._text.write(node),
                "latex": latex(node, partial=self._partial),
                "ascii": self._ascii.write(node),
            }
        return dict(self._done[node])

    def said(self, step: Step) -> dict[str, str]:
        """The words of a step, which stands in its line and below all lines around it."""
        if id(step) not in self._said:
            self._said[id(step)] = {
                "rule": step.rule.name,
                "detail": step.detail,
                "reason": as_text(reason_of(step), self._page),
                "given": str(step.given),
            }
        return self._said[id(step)]

    def below(self, step: Step) -> tuple[Step, ...]:
        """Its substeps; in a deeply nested formula those below a step that stood before are not written again."""
        if id(step) in self._derived:
            return ()
        if self._page.inner:
            self._derived.add(id(step))
        return step.substeps


def to_dict(page: Page) -> dict[str, Any]:
    """What is derived, the steps with their substeps, the notes.

    `inner` has the names that a deeply nested formula needs; its steps have their substeps where they stand first.
    """
    page = nested(page)
    formula = _Formulas(page)
    return {
        "head": text_head(page, plain=True),
        "name": page.name,
        "args": [text(a, ascii=True) for a in page.args],
        "wrt": [text(v, ascii=True) for v in page.wrt],
        "expr": formula(page.expr),
        "start": formula(page.start),
        "steps": [_step(step, page, formula) for step in page.steps],
        "notes": [as_text(note, page) for note in page.notes],
        "inner": {text(name, ascii=True): formula(meaning) for name, meaning in page.inner.items()},
        "sizes": page.sizes,
    }


def document(pages: Page | Sequence[Page], *, below: Sequence[str] = ()) -> str:
    """One derivation as `to_dict` has it; several as a list of these, with what is said `below` them."""
    if isinstance(pages, Page):
        content = to_dict(pages)
    else:
        content = {"derivations": list(map(to_dict, pages)), "notes": list(below)}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _step(step: Step, page: Page, formula: _Formulas) -> dict[str, Any]:
    said = formula.said(step)
    return {
        "rule": said["rule"],
        "detail": said["detail"],
        "reason": said["reason"],
        "lhs": formula(step.lhs),
        "rhs": formula(step.rhs),
        "line": formula(step.line),
        **({"head": text_step_head(step, page, plain=True)} if step.head else {}),
        "where": {text(key, ascii=True): formula(value) for key, value in step.where.items()},
        "given": said["given"],
        "check": _evidence(step.check),
        "substeps": [_step(sub, page, formula) for sub in formula.below(step)],
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
