"""Windows of arrays, and sums of products with them, as Python text."""

from __future__ import annotations

from gdsym.arrays.graph import Op
from gdsym.arrays.strength import ATOM, Name, Write


def windows_text(op: Op, write: Write, name: Name) -> tuple[str, int]:
    cuts = (f"({axis}, {width.text(name)})" for axis, width in op.attr)
    return f"windows({', '.join([write(op.args[0], 0), *cuts])})", ATOM


def unfolded_text(op: Op, write: Write, name: Name) -> tuple[str, int]:
    return f"unfolded({', '.join([write(op.args[0], 0), *(count.text(name) for count in op.attr)])})", ATOM


def covered_text(op: Op, write: Write, name: Name) -> tuple[str, int]:
    return f"covered({', '.join([*(write(a, 0) for a in op.args), str(op.attr)])})", ATOM


def shifted_text(op: Op, write: Write, name: Name) -> tuple[str, int]:
    cuts = (f"({axis}, {start.text(name)}, {step}, {more.text(name)})" for axis, start, step, more in op.attr)
    return f"added_along({', '.join([write(op.args[0], 0), *cuts])})", ATOM
