"""What is said of each closing stage, by its name; imported when somebody reads a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gdsym import saying
from gdsym.changes import Pairs
from gdsym.rules.logistic import law_used
from gdsym.rules.onesum import said as put_together
from gdsym.rules.squares import root_said
from gdsym.step import Reason
from gdsym.written.nodes import Node

Said = Callable[[Pairs, Node], Reason]  # of the parts that changed and the whole before


def _of_parts(said: Callable[[Pairs], Reason]) -> Said:
    return lambda pairs, _: said(pairs)


SAID: Mapping[str, Said] = MappingProxyType({
    "arithmetic": saying.calculated,
    "drop + 0 and * 1": _of_parts(saying.dropped),
    "exponential of a logarithm": _of_parts(saying.powers_said),
    "modulus": _of_parts(saying.signs),
    "maximum": _of_parts(saying.halved),
    "below a bar": _of_parts(saying.flattened),
    "root of a square": _of_parts(root_said),
    "cancel": saying.cancelled,
    "modulus left": _of_parts(saying.signs),
    "one bar": _of_parts(saying.multiplied_said),
    "deviations": saying.balanced,
    "conditions": _of_parts(saying.compared),
    "intervals": _of_parts(saying.by_intervals),
    "cases": lambda *_: ("cases with the same conditions are put together",),
    "branches": _of_parts(saying.taken_in),
    "brackets of branches": lambda *_: ("brackets in the branches are opened",),
    "collect": saying.collected,
    "evened": saying.cancelled,
    "roots below": _of_parts(saying.below_said),
    "root": _of_parts(saying.root_written),
    "bars above": _of_parts(saying.multiplied_said),
    "one sum": _of_parts(put_together),
    "over a sum": lambda pairs, whole: saying.shared(pairs, whole.free),
    "common factor": _of_parts(saying.taken_out),
    "named quotient": lambda pairs, whole: saying.quotients(pairs, whole.free),
    "like terms": saying.calculated,
    "logistic": lambda pairs, whole: law_used((before for before, _ in pairs), whole.free),
    "exponent": saying.calculated,
})  # fmt: skip
