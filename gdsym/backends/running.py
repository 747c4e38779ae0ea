"""Running and moving sums in loops: an entry from the entry before it, or from its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdsym.arrays.graph import Op
from gdsym.arrays.strength import ADD, MUL
from gdsym.backends.moves import Index, last

if TYPE_CHECKING:
    from gdsym.backends.nest import Nest


def following(nest: Nest, op: Op, index: Index, target: str) -> str:
    """An entry of a running operation."""
    first, *others = index
    before = target.replace(f"[{first}", f"[{first} - 1", 1)
    value = nest.at(op.args[0], index, MUL)
    if op.kind == "cumprod":
        return f"{value}*({before} if {first} > 0 else 1.0)"
    if op.kind == "cummax":
        return f"maximum({before}, {value}) if {first} > 0 else {value}"
    if op.kind == "cumsum":
        return f"{value} + ({before} if {first} > 0 else 0.0)"
    if op.kind == "decay":
        return f"{nest.at(op.args[0], index, ADD)} + {nest.at(op.args[1], (), MUL)}*({before} if {first} > 0 else 0.0)"
    if op.kind in ("fade", "rise"):
        return _faded(nest, op, index, before)
    steps = [nest.at(op.args[1], last((at, *others), op.args[1]), ADD) for at in (f"{first} - 1", first)]
    return f"{value} + ({before}*math.exp({' - '.join(steps)}) if {first} > 0 else 0.0)"


def _faded(nest: Nest, op: Op, index: Index, before: str) -> str:
    """An entry from the one before it and the exponent between both; the largest exponent so far."""
    first = index[0]
    if op.kind == "fade":
        value, step = (nest.at(a, last(index, a), ADD) for a in op.args)
        return f"{value} + ({before}*math.exp({step}) if {first} > 0 else 0.0)"
    step, *more = (nest.at(a, last(index, a), ADD) for a in op.args)
    newest = more[0] if more else "0.0"
    return f"maximum({before} + {step}, {newest}) if {first} > 0 else {newest}"


def neighbours(nest: Nest, op: Op, index: Index, target: str) -> list[str]:
    """An entry of a moving sum or maximum, in a loop over what it is made of."""
    total, at = nest.names.numbered("v"), nest.names.own("at")
    first, *others = index
    word, *more = (nest.at(a, last((f"{first} + {at}", *others), a), MUL) for a in op.args[:2])
    if op.kind == "moving_exp":
        word = f"{word}*math.exp({more[0]} - {nest.at(op.args[2], last(index, op.args[2]), MUL)})"
        whole, count = (nest.extents.said(nest.extents(a)[0]) for a in op.args[1:])
        width = f"{whole} - ({count}) + 1"
    else:
        width = op.attr.text(nest.extents.name)
    start, step = ("-math.inf", f"{total} = maximum({total}, {word})")
    if op.kind != "moving_max":
        start, step = "0.0", f"{total} += {word}"
    return [f"{total} = {start}", f"for {at} in range({width}):", f"    {step}", f"{target} = {total}"]
