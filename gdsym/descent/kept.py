"""The sources that a cost's runs have used: the same plan is written once."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any
from weakref import ref

from gdsym.descent.loop import source
from gdsym.descent.plan import Plan
from gdsym.descent.schedule import Schedule
from gdsym.descent.task import freed, python_lines
from gdsym.descent.update import UpdateRule

MOST = 32


class Sources:
    """Plan -> what `source` makes of it; the last `MOST` are kept, without their programs and data."""

    def __init__(self) -> None:
        self._made: dict[Hashable, tuple[str, dict[str, str]]] = {}
        self._last: tuple[Any, Hashable] = (None, None)  # a program, weakly, and its lines

    def __call__(self, plan: Plan) -> tuple[str, dict[str, str]]:
        key = (self._lines(plan), *_key(plan))
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = source(plan)
            if len(self._made) > MOST:
                self._made.pop(next(iter(self._made)), None)
        return found

    def _lines(self, plan: Plan) -> Hashable:
        """Those of the program, which most runs of a cost have in common; a hoisted one has its text in common."""
        known, lines = self._last
        program = plan.anchored or plan.program
        if known is None or known() is not program:
            lines = _program(plan)
            self._last = ref(program), lines
        return lines


def _key(plan: Plan) -> tuple[Hashable, ...]:
    """All else that the text depends on."""
    flags = (plan.scalar, plan.gtol, plan.xtol, plan.ftol, plan.watched, plan.batch)
    return (plan.params, plan.parts, _rule(plan.rule), _rates(plan.schedule), flags)


def _program(plan: Plan) -> Hashable:
    p, a = plan.program, plan.anchored
    lines = [tuple(part) for part in (python_lines(p.once), python_lines(p.each), freed(p.each), p.gradients, p.needs)]
    anchor = (a.square, a.fine, a.late, a.far, a.move) if a else None
    return (tuple(i.name for i in p.inputs), *lines, p.value, anchor)


def _rule(rule: UpdateRule) -> Hashable:
    constants = tuple((s, repr(v)) for s, v in rule.constants.items())
    return (rule.name, rule.equations, tuple(rule.start), constants, rule.simultaneous)


def _rates(schedule: Schedule) -> Hashable:
    return (schedule.shared, schedule.search, *((r.code, r.is_constant) for r in schedule.rates))
