"""A cost and its gradient as straight-line array code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar, Literal, TypeAlias

from gdsym.arrays.adding import adding_quickly
from gdsym.arrays.affine import Affine
from gdsym.arrays.align import Axes
from gdsym.arrays.apart import data_apart
from gdsym.arrays.associated import Usual, associated
from gdsym.arrays.bounds import masked
from gdsym.arrays.emit import Emitted, Statement, emit
from gdsym.arrays.expand import expanded, reachable
from gdsym.arrays.functions import OURS
from gdsym.arrays.gathered import gathered
from gdsym.arrays.graph import DATA, PARAM, Graph, Op
from gdsym.arrays.lower import Lowering
from gdsym.arrays.names import WORD, Names
from gdsym.arrays.narrow import narrowed
from gdsym.arrays.quotients import RULES
from gdsym.arrays.regroup import regrouped
from gdsym.arrays.renamed import renamed
from gdsym.arrays.reused import reused
from gdsym.arrays.root_factors import by_factors
from gdsym.arrays.shapes import Shapes, infer
from gdsym.arrays.share import shared
from gdsym.arrays.summed import summed
from gdsym.arrays.swift import quicker, with_data_laid_out
from gdsym.arrays.totals import totalled
from gdsym.arrays.unfactored import unfactored
from gdsym.errors import CostError
from gdsym.record import record
from gdsym.written.nodes import Base, Cases, Indexed, Logic, Node, Num, Rel, Sym, walk

Kind = Literal["param", "data", "size"]
Slope: TypeAlias = "Node | tuple[Axes, Node]"  # the partial by a scalar, or by the entries of an array


@record(eq=False)
class Input:
    """A name in the code: a parameter, data (an array or a plain number), or a size."""

    name: str
    node: Sym | Base
    kind: Kind
    ndim: int = 0


@record
class Program:
    """Straight-line code: run `once` when the data are known, `each` for every evaluation, then read the outputs.

    `value` and `gradients` (one a parameter, in order) are expressions over the names of inputs and statements.
    """

    floats: ClassVar[bool] = True  # numbers without axes are Python floats, not NumPy's
    inputs: tuple[Input, ...]
    once: tuple[Statement, ...]
    each: tuple[Statement, ...]
    value: str
    gradients: tuple[str, ...]
    needs: tuple[str, ...]
    shapes: Shapes
    formula: Node
    slopes: tuple[Slope, ...]
    graph: Traced

    @cached_property
    def params(self) -> tuple[Input, ...]:
        return tuple(i for i in self.inputs if i.kind == "param")

    @cached_property
    def data(self) -> tuple[Input, ...]:
        return tuple(i for i in self.inputs if i.kind == "data")

    @cached_property
    def sizes(self) -> tuple[Input, ...]:
        return tuple(i for i in self.inputs if i.kind == "size")

    @cached_property
    def told(self) -> tuple[Input, ...]:
        """Data and sizes: what is given beside the parameters."""
        return tuple(i for i in self.inputs if i.kind != "param")

    @cached_property
    def by_letter(self) -> dict[Any, Input]:
        """The caller's own letter -> the input."""
        return {i.node.base if isinstance(i.node, Base) else i.node.symbol: i for i in self.inputs}

    def shape(self, param: Input, sizes: Mapping[Node, int]) -> tuple[int, ...]:
        """The shape of a parameter at these sizes."""
        axes = self.shapes.arrays[param.node] if isinstance(param.node, Base) else ()
        return tuple(a.length.at(sizes) for a in axes if a.length is not None)

    @property
    def own_sizes(self) -> tuple[Node, ...]:
        """The sizes that count entries of parameters."""
        heads = {p.node for p in self.params}
        return tuple(size for size, readers in self.shapes.sizes.items() if any(r.base in heads for r in readers))

    @property
    def scalar(self) -> bool:
        """Are there only plain numbers, no arrays? Then the code is over Python floats."""
        return all(i.ndim == 0 for i in self.inputs) and "import numpy as np" not in self.needs

    @cached_property
    def plain(self) -> bool:
        """Is an evaluation over plain numbers alone, whatever is made once from the data?"""
        arrays = {i.name for i in self.inputs if i.ndim}.union(s.name for s in self.once if s.ndim)
        code = "\n".join([*(s.code for s in self.each), self.value, *self.gradients])
        return "np." not in code and arrays.isdisjoint(WORD.findall(code))

    @cached_property
    def column_major(self) -> tuple[str, ...]:
        """Data matrices that are multiplied by vectors from both sides: faster in column order when they are big."""
        return self.graph.column_major()


@record
class Traced:
    """The graph behind a program: its outputs, and which formula each operation came from.

    `swift` is what NumPy computes in place of an operation, where that is quicker there; engines that write loops do without.
    """

    value: Op
    gradients: tuple[Op, ...]
    origin: dict[Op, tuple[Node, Axes]]
    spoken: dict[Node, tuple[Op, Axes]]
    swift: dict[Op, Op]
    laid: dict[Op, Op]  # the same of these where data are laid out once, before a loop

    def swiftly(self, outputs: Sequence[Op]) -> list[Op]:
        """The outputs as NumPy computes them."""
        return [self.swift.get(op, op) for op in outputs]

    def hoisted(self, outputs: Sequence[Op]) -> list[Op]:
        """The same where everything is computed once that depends on the data alone."""
        return [self.laid.get(op, op) for op in self.swiftly(outputs)]

    def emitted(self, outputs: Sequence[Op], inputs: Sequence[Input], *, hoist: bool, raising: bool = True) -> Emitted:
        """Code for some of the outputs."""
        named = {i.node: i.name for i in inputs}
        taken = [*named.values(), *OURS]
        names = Names([*taken, *(f"dJ_d{name}" for name in named.values())])
        plain = self.hoisted(outputs) if hoist else self.swiftly(outputs)
        return emit(plain, names, lambda s: named[s], hoist=hoist, raising=raising, early=hoist)

    def column_major(self) -> tuple[str, ...]:
        found: dict[str, int] = {}
        for op in reachable([self.value, *self.gradients]):
            if op.kind == "matmul" and op.ndim == 1:
                for a in op.args:
                    base = a.args[0] if a.kind == "transpose" else a
                    if base.kind == "leaf" and base.ndim == 2 and base.needs == DATA:
                        found[str(base.attr)] = found.get(str(base.attr), 0) + 1
        return tuple(name for name, count in found.items() if count > 1)


def program_of(value: Node, params: Sequence[Node], gradients: Sequence[Slope]) -> Program:
    """The code of a cost and its partials (not yet checked: `compile_program` checks)."""
    heads = [p.base if isinstance(p, Indexed) else p for p in params]
    shapes = infer(value, heads)
    return _program(value, heads, gradients, shapes, _inputs(value, heads, gradients, shapes))


def part_of(whole: Program, value: Node, gradients: Sequence[Slope]) -> Program:
    """The code of a part of a cost, over the inputs of the whole."""
    return _program(value, [p.node for p in whole.params], gradients, whole.shapes, whole.inputs)


def _program(
    value: Node, heads: Sequence[Node], gradients: Sequence[Slope], shapes: Shapes, inputs: tuple[Input, ...]
) -> Program:
    graph = Graph(RULES)
    low = Lowering(shapes, {i.node: leaf(graph, i) for i in inputs}, graph)
    graph.tables = _tables(value, *(s if isinstance(s, Node) else s[1] for s in gradients))
    out = low.cost(value)
    gradients = [_read_only(shapes, p, s) for p, s in zip(heads, gradients, strict=True)]
    slopes = [_slope(low, p, s) for p, s in zip(heads, gradients, strict=True)]
    plain, done = expanded(graph, (out, *slopes))
    usual = Usual(inputs, shapes)
    ordered, narrow, total = (lambda g, ops, f=f: f(g, ops, usual) for f in (associated, narrowed, totalled))
    for rewritten in (
        by_factors,
        regrouped,
        shared,
        ordered,
        masked,
        *(summed, gathered) * 2,
        renamed,
        narrow,
        reused,
        total,
        unfactored,
        data_apart,
    ):
        plain, became = rewritten(graph, plain)
        done = {op: became[new] for op, new in done.items() if new in became}
    final = plain
    swift = quicker(graph, final)
    done = {op: swift.get(new, new) for op, new in done.items()}
    origin = {done[op]: where for op, where in low.origin.items() if op in done}
    spoken = {node: (done[v.op], v.axes) for node, v in low.spoken.items() if v.op in done}
    laid = with_data_laid_out(graph, [swift.get(op, op) for op in final])
    traced = Traced(final[0], tuple(final[1:]), origin, spoken, swift, laid)
    code = traced.emitted(adding_quickly(graph, traced.hoisted(final)), inputs, hoist=True)
    return Program(
        inputs,
        code.once,
        code.each,
        code.outputs[0],
        code.outputs[1:],
        code.needs,
        shapes.needing(low.asked),
        value,
        tuple(gradients),
        traced,
    )


def _tables(*formulas: Node) -> frozenset[tuple[Sym, Sym]]:
    """Pairs of indices as they stand at entries: (i, k) for X_ik; not those that stand both ways."""
    entries = (part.indices for node in formulas for part in walk(node) if isinstance(part, Indexed))
    pairs = {(a, b) for row in entries for a, b in pairwise(row) if isinstance(a, Sym) and isinstance(b, Sym)}
    return frozenset((a, b) for a, b in pairs if (b, a) not in pairs)


def _read_only(shapes: Shapes, param: Node, slope: Slope) -> Slope:
    """0 for the entries that stand before the first one that the cost reads: w_1 in the sum of w_i over i = 2..n."""
    if isinstance(slope, Node):
        return slope
    assert isinstance(param, Base)
    letters, node = slope
    for letter, axis in zip(letters, shapes.arrays[param], strict=True):
        if axis.first > axis.origin:
            node = Cases(node, Rel(">=", letter, Num(axis.first)), Num(0), Logic("true"))
    return letters, node


def _slope(low: Lowering, param: Node, slope: Slope) -> Op:
    if isinstance(slope, Node):
        return low.value(slope).op
    assert isinstance(param, Base)
    letters, node = slope
    return low.gradient(letters, node, param)


def _inputs(value: Node, heads: Sequence[Node], gradients: Sequence[Slope], shapes: Shapes) -> tuple[Input, ...]:
    """Parameters in their order, then data as they occur, then sizes."""
    free = _free(value, gradients)
    names = Names()
    found = [_input(names, p, "param", "p", shapes) for p in heads]
    for node in free:
        if node in heads:
            if node in shapes.sizes:
                raise CostError(
                    f"{_called(node)} is a parameter and also a bound of a sum (a number of entries). "
                    'Rename one, e.g. Symbol("N") for the count.'
                )
        elif node not in shapes.sizes:
            found.append(_input(names, node, "data", "x", shapes))
    sizes = [_input(names, node, "size", "n", shapes) for node in shapes.sizes]
    return (*found, *sizes)


def _free(value: Node, gradients: Sequence[Slope]) -> list[Node]:
    """The names that the formulas depend on, in the order in which they stand."""
    free = set(value.free)
    for slope in gradients:
        letters, node = ((), slope) if isinstance(slope, Node) else slope
        free |= node.free - frozenset(letters)
    order: dict[Node, None] = {}
    for root in (value, *(s if isinstance(s, Node) else s[1] for s in gradients)):
        order.update(dict.fromkeys(part for part in walk(root) if part in free))
    return list(order)


def _called(node: Node) -> str:
    assert isinstance(node, (Sym, Base))
    return node.name


def _input(names: Names, node: Node, kind: Kind, prefix: str, shapes: Shapes) -> Input:
    assert isinstance(node, (Sym, Base))
    rank = len(shapes.arrays[node]) if isinstance(node, Base) and node in shapes.arrays else 0
    return Input(names.for_user(node.name, prefix), node, kind, rank)


def leaf(graph: Graph, given: Input) -> Op:
    if given.kind == "size":
        assert isinstance(given.node, Sym)
        return graph.size(Affine(0, ((given.node, 1),)))
    needs = PARAM if given.kind == "param" else DATA
    return graph.make("leaf", attr=given.name, ndim=given.ndim, needs=needs)
