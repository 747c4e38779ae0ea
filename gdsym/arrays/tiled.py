"""The code of a program whose large arrays are made tile by tile: memory stays small, whatever m x m is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gdsym.arrays.blocked import Blocked
from gdsym.arrays.emit import FREE, Statement, emit
from gdsym.arrays.expand import reachable
from gdsym.arrays.fitted import LARGE, Function
from gdsym.arrays.functions import OURS
from gdsym.arrays.graph import PARAM, Graph, Op
from gdsym.arrays.measure import Measure, Shape
from gdsym.arrays.names import Names
from gdsym.arrays.program import Input, Program
from gdsym.arrays.source import build
from gdsym.arrays.tiles import NotInTiles, Tiles, cuts, is_made_once, widest_made, words_of

TILE = 1 << 16  # entries of a tile: half a megabyte stays in the processor's cache
MANY = 1 << 21  # entries of a vector from which tiles pay


def in_tiles(
    program: Program, bound: Mapping[str, Any], shapes: Mapping[str, Shape], outputs: Sequence[Op] | None = None
) -> Blocked | None:
    """The program in tiles for these data; None if all that it makes is small, or cannot be made in tiles.

    `shapes` are those of the parameters by code name; `outputs` some of the value and the partials, else all.
    """
    measure = Measure(program, bound, shapes)
    wanted = list(outputs or (program.graph.value, *program.graph.gradients))
    swift = program.graph.swiftly(wanted)
    widest = widest_made(swift, measure)
    if widest <= LARGE or 3 * widest <= measure.largest_input:
        return None
    wanted = swift if _have_tiles(swift, measure) else wanted
    limit = max(LARGE, measure.largest_input // 3)
    found = [t for first in (True, False) if (t := _tiles(wanted, measure, limit, first)) is not None]
    best = min(found, key=lambda t: max(t.totals.values(), default=0), default=None)
    return None if best is None else _Writer(program, best, widest).blocked(wanted)


def _have_tiles(swift: Sequence[Op], measure: Measure) -> bool:
    """Is what NumPy computes in place of operations sums by places that are made once, and nothing else?"""
    kinds = ("far_rows", "row_tops", "row_sums", "row_shares", "correlated", "placed", "picked", "put_in", "shifted")
    ops = reachable(swift)
    places = [op for op in ops if op.kind == "spots"]
    return bool(places) and all(is_made_once(op, measure) for op in places) and not any(op.kind in kinds for op in ops)


def _tiles(wanted: Sequence[Op], measure: Measure, limit: int, first: bool) -> Tiles | None:
    try:
        tiles = Tiles(wanted, measure, limit, lambda axes: axes[0 if first else -1])
    except NotInTiles:
        return None
    return tiles if tiles.axis else None


def functions(tiled: Blocked, given: Sequence[Input]) -> tuple[Function, Function]:
    """(once, each) as `split` makes them."""
    names = [i.name for i in given]
    fixed = [s.name for s in tiled.once if isinstance(s, Statement)]
    first = [*_lines(tiled.once), f"return ({''.join(f + ', ' for f in fixed)})"]
    params = [i.name for i in tiled.inputs if i.kind == "param"]
    then = [*_lines(tiled.each), f"return {', '.join((tiled.value, *tiled.gradients))},"]
    return build("once", names, first, tiled.needs), build("each", [*params, *names, *fixed], then, tiled.needs)


def _lines(statements: Sequence[Statement | str]) -> list[str]:
    code = [s if isinstance(s, str) else f"{s.name} = {s.code}" for s in statements]
    return [line for part in code for line in part.split("\n")]


class _Writer:
    """What is made before, in and after each sweep."""

    def __init__(self, program: Program, tiles: Tiles, widest: int) -> None:
        self.program, self.tiles, self.g = program, tiles, Graph()
        self.named = {i.node: i.name for i in program.inputs}
        taken = [*self.named.values(), *OURS]
        self.names = Names([*taken, *(f"dJ_d{name}" for name in self.named.values())])
        self.at, self.stop = self.names.own("at"), self.names.own("stop")
        self.rows = max(1, TILE * tiles.length // widest)
        self.called: dict[Op, str] = {}  # what is there whole
        self.cut: dict[tuple[Op, int | None], Op] = {}
        self.once: list[Statement | str] = []
        self.each: list[Statement | str] = []
        self.needs: dict[str, None] = {"import numpy as np": None}

    def blocked(self, wanted: Sequence[Op]) -> Blocked:
        for sweep in range(1 + max(self.tiles.sweep.values(), default=-1)):
            self.swept(sweep)
        results = self.whole(wanted)
        once = tuple(self.once)
        return Blocked(
            self.program.inputs, once, tuple(self.each), results[0], tuple(results[1:]), tuple(self.needs), once
        )

    def whole(self, ops: Sequence[Op]) -> list[str]:
        """Code for operations outside of the tiles."""
        code = emit(ops, self.names, lambda s: self.named[s], hoist=True, known=self.called)
        self.once += code.once
        self.each += code.each
        self.called.update(code.called)
        self.needs.update(dict.fromkeys(code.needs))
        return list(code.outputs)

    def swept(self, sweep: int) -> None:
        sums = [op for op, s in self.tiles.totals.items() if s == sweep]
        parts = [op for op in self.tiles.gathered if self.tiles.sweep[op] == sweep]
        if not sums and not parts:
            return
        self.cut = {}
        inner = [self.inside(op, self.tiles.axis.get(op), sweep) for op in (*sums, *parts)]
        code = emit(inner, self.names, lambda s: self.named[s], hoist=False, quick=True)
        self.needs.update(dict.fromkeys(code.needs))
        lines = [f"{self.stop} = {self.at} + {self.rows}", *(f"{s.name} = {s.code}" for s in code.each)]
        for op, text in zip((*sums, *parts), code.outputs, strict=True):
            lines.append(self.kept(op, text))
        body = "\n".join(f"    {line}" for line in lines)
        self.each.append(f"for {self.at} in range(0, {self.tiles.length}, {self.rows}):\n{body}")
        self.each += [f"{self.called[op]} = float({self.called[op]})" for op in sums if not op.ndim]

    def kept(self, op: Op, text: str) -> str:
        """The line that adds a tile's share, or puts its part in place; what comes before the loop."""
        name = self.names.own("total" if op in self.tiles.totals else "parts")
        self.called[op] = name
        if op in self.tiles.totals:
            self.each.append(f"{name} = {'-np.inf' if op.kind == 'max' else '0.0'}")
            return f"{name} = np.maximum({name}, {text})" if op.kind == "max" else f"{name} = {name} + {text}"
        self.each.append(f"{name} = np.empty({self.tiles.measure(op)})")
        return f"{name}[{':, ' * self.tiles.axis[op]}{self.at}:{self.stop}] = {text}"

    # what stands in the loop

    def inside(self, op: Op, place: int | None, sweep: int) -> Op:
        """An operation on tiles along an axis, or (None) the share of a sum."""
        if (op, place) not in self.cut:
            cut = self.summed(op) if place is None else cuts(op, place)
            args = tuple(self.operand(a, p, sweep) for a, p in zip(op.args, cut, strict=True))
            self.cut[op, place] = self.g.make(op.kind, *args, attr=op.attr, ndim=op.ndim, needs=PARAM)
        return self.cut[op, place]

    def summed(self, op: Op) -> list[int | None]:
        """Along which axis each operand of a sum over the tiles is cut."""
        tiles = self.tiles
        if op.kind in ("sum", "max"):
            return [tiles.axis[op.args[0]]]
        if op.kind in ("scatter", "spread"):
            return [0, 0]
        words, _ = words_of(op)
        return [word.find(tiles.letters[op]) if tiles.letters[op] in word else None for word in words]

    def operand(self, op: Op, place: int | None, sweep: int) -> Op:
        tiles = self.tiles
        if op.kind != "windows" and op in tiles.axis and place is not None and not self.is_there(op, sweep):
            return self.inside(op, place, sweep)
        return self.cut_whole(op, place)

    def is_there(self, op: Op, sweep: int) -> bool:
        return op in self.tiles.gathered and self.tiles.sweep[op] < sweep

    def cut_whole(self, op: Op, place: int | None) -> Op:
        """A tile of what is there whole."""
        if not op.ndim and op.kind in (*FREE, "size"):
            return op
        if place is None or self.tiles.measure(op)[place] == 1:
            return self.leaf(op, self.name_of(op))
        if op.kind == "expand" and op.attr[place]:
            inner = self.cut_whole(op.args[0], sum(op.attr[:place]))
            return self.g.make("expand", inner, attr=op.attr, ndim=op.ndim, needs=PARAM)
        if op.kind == "transpose":
            inner = self.cut_whole(op.args[0], op.attr[place])
            return self.g.make("transpose", inner, attr=op.attr, ndim=op.ndim, needs=PARAM)
        return self.leaf(op, f"{self.name_of(op)}[{':, ' * place}{self.at}:{self.stop}]")

    def leaf(self, op: Op, text: str) -> Op:
        return self.g.make("leaf", attr=text, ndim=op.ndim, needs=PARAM)

    def name_of(self, op: Op) -> str:
        if op.kind == "leaf":
            return str(op.attr)
        if op not in self.called:
            (text,) = self.whole([op])
            if op not in self.called:
                self.called[op] = self.names.numbered("v")
                self.each.append(Statement(self.called[op], text))
        return self.called[op]
