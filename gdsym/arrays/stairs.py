"""Staircases near the largest exponent so far, as NumPy makes them soonest: mostly there is one stair, and nothing to accumulate."""

from __future__ import annotations

from typing import Final

from gdsym.arrays.course import flipped_of
from gdsym.arrays.graph import Op
from gdsym.arrays.strength import ATOM, Write

STAIR: Final = 64  # how high a stair is
STAIRS: Final = (
    "def stairs(z, behind=False):  # the multiple of 64 nearest to the largest z so far, from the start or from the end\n"
    "    if len(z):\n"
    "        low = np.floor((z[-1] if behind else z[0])/64 + 0.5)\n"
    "        if (z.max(axis=0)/64 + 0.5 < low + 1).all():  # one stair\n"
    "            return np.full(z.shape, 64*low)\n"
    "    top = np.maximum.accumulate(z[::-1])[::-1] if behind else np.maximum.accumulate(z)\n"
    "    return 64*np.floor(top/64 + 0.5)"
)


def staircase(op: Op, write: Write) -> str | None:
    """The code of 64 floor(top/64 + 1/2) where `top` is a running largest entry and no part has a name; else None."""
    if op.kind != "mul" or len(op.args) != 2 or op.args[0].attr != STAIR or op.args[1].kind != "floor":
        return None
    half = op.args[1].args[0]
    part = half.args[0] if half.kind == "add" else half
    if part.kind != "div" or part.args[1].attr != STAIR:
        return None
    turned = flipped_of(part.args[0])
    running = turned or part.args[0]
    if running.kind != "cummax" or any(
        write(a, ATOM).isidentifier() for a in (op.args[1], half, part, part.args[0], running)
    ):
        return None
    inside = running.args[0]
    z = inside if turned is None else flipped_of(inside)
    if z is None or (turned is not None and write(inside, ATOM).isidentifier()):
        return None
    return f"stairs({write(z, 0)}{'' if turned is None else ', True'})"
