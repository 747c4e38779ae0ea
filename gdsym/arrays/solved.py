"""An inverse that meets vectors alone is not made: A^-1 u is the solution of A x = u, a quarter of the work.

u A^-1 is the solution for the transpose, the same one where A is symmetric by the way it is made: Gram matrices, tables of distances.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from gdsym.arrays.functions import WRITTEN
from gdsym.arrays.graph import PARAM, Graph, Op, operands_first

FEW = 3  # solutions that take less than an inverse


def by_solving(g: Graph, outputs: Sequence[Op]) -> dict[Op, Op]:
    """What becomes of each operation where there are such inverses; nothing if there are none."""
    every = operands_first(outputs)
    users = defaultdict[Op, list[Op | None]](list)
    for op in every:
        for a in op.args:
            users[a].append(op)
    for op in outputs:
        users[op].append(None)
    chosen = {op for op in every if op.kind == "inverse" and _pays(op, users[op])}
    done: dict[Op, Op] = {}
    for op in every:
        args = tuple(done[a] for a in op.args)
        place = next((p for p, a in enumerate(op.args) if a in chosen), None) if op.kind == "matmul" else None
        if place is None:
            done[op] = g.remade(op, args)
        else:
            matrix = done[op.args[place].args[0]]
            if place and not _is_even(op.args[place]):
                matrix = matrix.args[0] if matrix.kind == "transpose" else g.make("transpose", matrix, attr=(1, 0))
            done[op] = g.make("solved", matrix, args[1 - place], ndim=1)
    return done if chosen else {}


def by_sides(g: Graph, outputs: Sequence[Op]) -> dict[Op, Op]:
    """What becomes of each operation with u (A^-1 w) as (u A^-1) w, where u A^-1, or A^-1 u of a symmetric A, is made anyway."""
    every = operands_first(outputs)
    made: dict[tuple[Op, Op, int], Op] = {}
    for op in every:
        for key in _sides(op):
            made.setdefault(key, op)
    users = Counter(a for op in every for a in op.args)
    done: dict[Op, Op] = {}

    def visit(op: Op) -> Op:
        if op not in done:
            done[op] = g.remade(op, tuple(map(visit, _other_side(op, made, users) or op.args)))
        return done[op]

    for op in outputs:
        visit(op)
    return done


def _sides(op: Op) -> list[tuple[Op, Op, int]]:
    """The inverse and the vector of a product, and on which side the inverse stands: on both where it is symmetric."""
    if op.kind != "matmul" or op.ndim != 1:
        return []
    places = [p for p in (0, 1) if op.args[p].kind == "inverse"]
    return [(op.args[p], op.args[1 - p], side) for p in places for side in (0, 1) if side == p or _is_even(op.args[p])]


def _other_side(op: Op, made: dict[tuple[Op, Op, int], Op], users: Counter[Op]) -> tuple[Op, Op] | None:
    for place in (0, 1) if op.kind == "matmul" and not op.ndim else ():
        inner, vector = op.args[place], op.args[1 - place]
        for inverse, other, side in _sides(inner):
            found = made.get((inverse, vector, 1 - side))
            if found is not None and found is not inner and users[inner] == 1:
                return found, other
    return None


def _is_even(inverse: Op) -> bool:
    return parity(inverse.args[0]) == 1


def _pays(inverse: Op, users: Sequence[Op | None]) -> bool:
    """Is it multiplied by few vectors, and nothing else? What data alone make is made once, before a loop."""
    if not inverse.needs & PARAM or any(u is None or u.kind != "matmul" or u.ndim != 1 for u in users):
        return False
    even = _is_even(inverse)
    sides = {(u.args[1 - p], even or p) for u in users if u is not None for p in (0, 1) if u.args[p] is inverse}
    return len(sides) <= FEW


def parity(op: Op) -> int:
    """1 for a table that is its own transpose by the way it is made, -1 if its negative is, 0 if that is not known."""
    if op.ndim == 0 or op.kind == "eye":
        return 1
    if op.kind == "matmul" and op.ndim == 2:
        one, other = op.args
        return int(_is_turned(one, other) or _is_turned(other, one))
    if op.kind == "einsum":
        words, out = str(op.attr).split("->")
        first, *others = words.split(",")
        return int(others == [first] and first.endswith(out) and op.args[0] is op.args[1] and _gap(op.args[0]) != 0)
    if op.kind == "add" and (gap := _gap(op)):
        return gap
    parts = [parity(a) for a in op.args]
    if op.kind in ("add", "neg"):
        return parts[0] if len(set(parts)) == 1 else 0
    if op.kind in ("mul", "div"):
        return parts[0] if len(parts) == 1 else _product(parts)
    if op.kind == "pow":
        return int(parts[0] == 1 or (parts[0] != 0 and op.args[1].attr in (2, 4))) if op.args[1].kind == "number" else 0
    known = op.kind in WRITTEN and op.ndim == 2 and len(op.args) == 1
    return int(known and (parts[0] == 1 or (op.kind == "abs" and parts[0] != 0)))


def _product(parts: Sequence[int]) -> int:
    found = 1
    for part in parts:
        found *= part
    return found


def _is_turned(one: Op, other: Op) -> bool:
    return one.kind == "transpose" and one.attr == (1, 0) and one.args[0] is other


def _gap(op: Op) -> int:
    """1 for v_i + v_j, -1 for v_i - v_j, of a vector or of each of its columns."""
    if op.kind != "add" or len(op.args) != 2:
        return 0
    shown = [_shown(a, op.ndim) for a in op.args]
    (one, first), (other, second) = shown
    last = first[-2:], second[-2:]
    opposite = last in (((True, False), (False, True)), ((False, True), (True, False))) and first[:-2] == second[:-2]
    return op.attr[0] * op.attr[1] if one is other and opposite else 0


def _shown(op: Op, rank: int) -> tuple[Op, tuple[bool, ...]]:
    if op.kind == "expand":
        return op.args[0], tuple(op.attr)
    return op, (False,) * (rank - op.ndim) + (True,) * op.ndim
