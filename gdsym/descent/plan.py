"""What the source of a run is made from, and the names that its parts have in common."""

from __future__ import annotations

from collections.abc import Mapping

from gdsym.descent.hoist import Hoisted
from gdsym.descent.hoist_text import Text
from gdsym.descent.schedule import Schedule
from gdsym.descent.task import Parameter, Program
from gdsym.descent.update import UpdateRule
from gdsym.record import record

ARMIJO = "1e-4"


@record
class Plan:
    """What the source is made from."""

    program: Program
    params: tuple[Parameter, ...]
    rule: UpdateRule
    schedule: Schedule
    scalar: bool  # plain floats only
    gtol: bool
    xtol: bool
    ftol: bool
    watched: bool  # a callback or a progress bar looks at every step
    batch: tuple[str, ...] = ()  # code names of what is drawn anew at every step
    parts: tuple[Parameter, ...] = ()  # the cost's own parameters, where the loop moves them as one vector

    @property
    def anchored(self) -> Text | None:
        return self.program.text if isinstance(self.program, Hoisted) else None

    @property
    def earlier(self) -> tuple[str, ...]:
        """What the tests ask of the row before the first."""
        return (*(("moved",) if self.xtol else ()), *(("J_before",) if self.ftol else ()))

    @property
    def state_columns(self) -> int:
        return len(self.params) * len(self.rule.state)

    @property
    def rate_columns(self) -> int:
        """Rates are written down where nobody can compute them again from k."""
        if self.schedule.search:
            return 1
        if not any(r.is_function for r in self.schedule.rates):
            return 0
        return 1 if self.schedule.shared else len(self.schedule.rates)


def hopeless(n: Mapping[str, str]) -> str:
    """When a line search gives up: the slope alone would lower the cost by far less than the cost is rounded to."""
    return f"{n['alpha']}*{n['square']} < 1e-17*abs({n['J']}) or {n['alpha']} < 1e-30"


def state_name(code: str, j: int) -> str:
    """What the j-th state of a parameter is called, if nobody else is called so."""
    return f"{code}_s{j}"
