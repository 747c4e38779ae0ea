"""The plan of a program in words: arrays and their axes, sizes, what is hoisted, what is shared, what it costs."""

from __future__ import annotations

from gdsym.arrays.effort import effort
from gdsym.arrays.emit import Statement
from gdsym.arrays.program import Input, Program
from gdsym.arrays.shapes import Axis
from gdsym.parted import parted
from gdsym.problem import degree
from gdsym.writing.text import text
from gdsym.written.nodes import Base, Sym


def explained(program: Program) -> str:
    """A few lines of plain text."""
    lines = ["inputs and their axes"]
    lines += [f"  {_input(program, i)}" for i in program.inputs]
    lines += ["hoisted: computed once, from the data alone", *_listed(program.once)]
    lines += ["computed at each evaluation, shared by value and gradient", *_listed(program.each)]
    lines += ["outputs", f"  J = {program.value}"]
    lines += [f"  dJ_d{p.name} = {g}" for p, g in zip(program.params, program.gradients, strict=True)]
    before, each = effort(program)
    lines += ["cost", *([f"  before, once: {before}"] if before.operations != 0 else []), f"  each evaluation: {each}"]
    lines += _hoisted(program)
    if program.column_major:
        lines.append(f"kept in column order when big: {', '.join(program.column_major)}")
    lines.append("plain Python floats" if program.scalar else "NumPy float64 arrays; no Python loop over entries")
    return "\n".join(lines)


def _hoisted(program: Program) -> list[str]:
    """What a descent takes out of its loop."""
    heads, seldom = [p.node for p in program.params], "a descent reads the data now and then only (hoist=True)"
    if not any(i.ndim for i in program.data):
        return []
    if degree(program.formula, frozenset(heads)) <= 2:
        return [f"quadratic in the parameters: {seldom}"]
    found = parted(program.formula, heads, program.own_sizes)
    return [f"quadratic but for {text(found[1])}, which every step computes: {seldom}"] if found else []


def _listed(statements: tuple[Statement, ...]) -> list[str]:
    return [f"  {s.name} = {s.code}" for s in statements] or ["  nothing"]


def _input(program: Program, given: Input) -> str:
    if given.kind == "size":
        assert isinstance(given.node, Sym)
        told = [f"axis {r.axis} of {r.base.name}{_beyond(r.const)}" for r in program.shapes.sizes[given.node]]
        return f"{given.name}: a size, read off {', '.join(told)}" if told else f"{given.name}: a size, to be given"
    kind = "parameter" if given.kind == "param" else "data"
    if not isinstance(given.node, Base) or not given.ndim:
        return f"{given.name}: {kind}, a number"
    axes = ", ".join(_axis(a) for a in program.shapes.arrays[given.node])
    return f"{given.name}: {kind}, {given.ndim} {'axis' if given.ndim == 1 else 'axes'} [{axes}]"


def _beyond(more: int) -> str:
    """How many entries more, or fewer, the size has than the axis."""
    return "" if not more else f" ({abs(more)} {'more' if more > 0 else 'fewer'})"


def _axis(axis: Axis) -> str:
    return f"{axis.letter or 'entries'}, counted from {axis.origin}"
