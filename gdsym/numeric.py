"""The numeric side of a cost: its derivations compiled, run, and looked at through their second derivatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.arrays import Program, bind_params, compile_program
from gdsym.arrays.along import Along, along_samples
from gdsym.arrays.blocked import Blocked, in_blocks
from gdsym.arrays.compiled import own_key
from gdsym.arrays.fitting import check_signs
from gdsym.arrays.memory import in_columns, is_on_disk
from gdsym.arrays.program import Slope
from gdsym.arrays.second import SecondDerivatives
from gdsym.arrays.tiled import in_tiles
from gdsym.backends import Engine
from gdsym.closing import tidy
from gdsym.descent import Asked, Batches, Descent, Formulas, Known, descend, started
from gdsym.descent.hoist import Parts as BoundParts
from gdsym.descent.hoist import Sample
from gdsym.descent.hoisting import reads_seldom
from gdsym.descent.kept import Sources
from gdsym.descent.task import count, shape_of
from gdsym.errors import CostError
from gdsym.parts import Parts, parts_of, second_of
from gdsym.problem import Problem, degree, has_kinks
from gdsym.samples import BATCH, Samples, of_batch, samples
from gdsym.written.nodes import Base, Node

if TYPE_CHECKING:
    from gdsym.facts import Facts

Data = Mapping[Any, Any] | None
TRIED = 1000  # samples on which a Hessian is tried before a run relies on it


class Numbers:
    """Programs of one cost, each made when it is first needed, from the last lines of the derivations."""

    def __init__(self, problem: Problem, program: Program) -> None:
        self._problem, self.program = problem, program
        self._sources = Sources()
        self._last_blocks: tuple[Any, Blocked | None] = (None, None)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled without the programs that it has made."""
        return Numbers, (self._problem, self.program)

    @cached_property
    def _along(self) -> Along | None:
        """Where the samples lie in each operation."""
        return along_samples(self.program)

    @cached_property
    def _along_parts(self) -> Along | None:
        """The same in the quadratic part."""
        return along_samples(self._parts.quadratic) if self._parts else None

    def descend(
        self, start: Mapping[Any, Any] | None, data: Data, asked: Asked, batch: int | None, engine: Engine
    ) -> Descent:
        """Bind start and data, and run."""
        bound = engine.bind(self.program, data, start := started(start, asked.resume))
        values = bind_params(self.program, start, bound)
        if asked.resume is None:
            check_signs((p.node, values[p.name]) for p in self.program.params)
        sizes = count(values), count(bound)
        seldom = batch is None and reads_seldom(asked, self.program, *sizes)
        parts = self._parts if seldom and engine.parts and not self.quadratic and self.program.data else None
        few = seldom and (self.quadratic or parts is not None)
        blocked = self._in_blocks(bound, values, columns=not few) if engine.arranges else None
        known = Known(
            formulas=self._formulas(bound),
            batches=None if batch is None else self._batches(batch, bound),
            hessian=self._hessian(bound, engine.gather),
            quadratic=self.quadratic,
            sample=self._sample(bound) if engine.arranges and few and not parts else None,
            parts=self._bound_parts(parts, bound, engine) if parts else None,
            kinks=self._kinks,
            seldom=blocked.seldom if blocked else None,
            sources=self._sources,
        )
        arranged = in_columns(self.program, bound) if engine.arranges and not blocked and not few else bound
        return descend(blocked or self.program, values, arranged, asked, known, engine.run)

    def _in_blocks(self, bound: Mapping[str, Any], values: Mapping[str, Any], *, columns: bool) -> Blocked | None:
        """Block by block through the samples, or tile by tile through what would be large otherwise."""
        shapes = {name: shape_of(value) for name, value in values.items()}
        sizes = tuple(bound.get(s.name) for s in self.program.sizes)
        data = tuple((shape_of(value), is_on_disk(value)) for value in bound.values())
        key = (tuple(shapes.items()), tuple(bound), data, sizes, columns)
        last, found = self._last_blocks
        if last != key:
            found = in_blocks(self.program, bound, self._along, columns=columns)
            found = found or in_tiles(self.program, bound, shapes)
            self._last_blocks = key, found
        return found

    @cached_property
    def _kinks(self) -> bool:
        return has_kinks(self._problem.expanded, self._problem.params)

    def _hessian(self, bound: Mapping[str, Any], gather: Any = tuple, second: SecondDerivatives | None = None) -> Any:
        return lambda params: (second or self._second).of_bound(
            {i.name: params[own_key(i)] for i in self.program.params}, bound, gather
        )

    def _bound_parts(self, parts: Parts, bound: Mapping[str, Any], engine: Engine) -> BoundParts:
        """The parts with these data; the quadratic one goes through its samples in blocks, as the whole would."""
        hessian = self._hessian(bound, engine.gather, parts.second)
        if not engine.arranges:
            return BoundParts(parts.quadratic, parts.rest, hessian, None, parts.said)
        blocked = in_blocks(parts.quadratic, bound, self._along_parts, columns=False)
        return BoundParts(
            blocked or parts.quadratic, parts.rest, hessian, self._sample(bound, parts.second), parts.said
        )

    def _sample(self, bound: Mapping[str, Any], second: SecondDerivatives | None = None) -> Sample | None:
        """The first samples, if there are many more."""
        along = self._along
        if along is None or len(next(iter(bound[n].swapaxes(0, a) for n, a in along.leaves.items()))) < 4 * TRIED:
            return None
        cut = {n: bound[n][(slice(None),) * a + (slice(TRIED),)] for n, a in along.leaves.items()}
        sizes = {s.name: TRIED for s in self.program.sizes if s.node == along.size}
        some = {**bound, **cut, **sizes}
        return Sample(some, self._hessian(some, second=second))

    def facts(self, data: Data) -> Facts:
        """What an insight tells of the cost at these data."""
        from gdsym.facts import Facts

        return Facts(self._problem, self.program, partial(getattr, self, "_second"), self.quadratic, data)

    def _formulas(self, bound: Mapping[str, Any]) -> Formulas:
        """The written side of a run, for `explain`."""
        return self._written(self.program, self._problem.expanded, self.program.slopes, bound)

    def _written(self, program: Program, cost: Node, slopes: Sequence[Slope], bound: Mapping[str, Any]) -> Formulas:
        data: dict[Node, Any] = {i.node: bound[i.name] for i in program.inputs if i.kind != "param"}
        return Formulas(cost, tuple(slopes), data, program.shapes.first, self._problem.name, program.shapes.origins)

    def _batches(self, size: int, bound: Mapping[str, Any]) -> Batches:
        s, program = self._drawn, self._batch_program
        names = {i.node: i.name for i in self.program.inputs}
        given = [i for i in program.inputs if i.kind != "param" and i.node != BATCH]
        values = {i.name: bound[names.get(i.node, i.name)] for i in given}  # a size without a letter: by its name
        axes = {i.name: s.axes[i.node] for i in program.inputs if isinstance(i.node, Base) and i.node in s.axes}
        total = self._samples_in(s, axes, values, bound)
        values |= {i.name: size for i in program.inputs if i.node == BATCH}
        return Batches(program, values, axes, int(total), size, partial(self._batch_formulas, values))

    def _samples_in(
        self, s: Samples, axes: Mapping[str, int], values: Mapping[str, Any], bound: Mapping[str, Any]
    ) -> int:
        """How many samples the sum takes: all entries of every array that is drawn from."""
        sizes = {i.node.to_sympy(): int(bound[i.name]) for i in self.program.sizes}
        count = int(s.count.to_sympy().xreplace(sizes))
        for name, axis in axes.items():
            if (length := np.shape(values[name])[axis]) != count:
                raise CostError(
                    f"The sum over the samples takes {count} of the {length} entries of {name}, but a batch draws from all. "
                    "Give arrays that hold these samples only, or use the full gradient."
                )
        return count

    def _batch_formulas(self, values: Mapping[str, Any]) -> Formulas:
        """The batch's cost and gradients as they are written: sizes cancel."""
        return self._written(self._batch_program, *self._batch_written, values)

    @cached_property
    def _batch_written(self) -> tuple[Node, list[Slope]]:
        params, program = self._problem.params, self._batch_program
        slopes = [tidy(s, params) if isinstance(s, Node) else (s[0], tidy(s[1], params)) for s in program.slopes]
        return tidy(program.formula, params), slopes

    @cached_property
    def _drawn(self) -> Samples:
        """The samples, for batches that are drawn from them."""
        return samples(self._problem, drawn=True)

    @cached_property
    def _batch_program(self) -> Program:
        """Value and gradient over a batch of B samples; compiled once for all batch sizes."""
        s = samples(self._problem)
        slopes = [of_batch(d, s) if isinstance(d, Node) else (d[0], of_batch(d[1], s)) for d in self.program.slopes]
        return compile_program(of_batch(self._problem.expanded, s), self._problem.params, slopes)

    @cached_property
    def _second(self) -> SecondDerivatives:
        """The derived Hessian, compiled."""
        return second_of(self.program, self._problem.params)

    @cached_property
    def _parts(self) -> Parts | None:
        """The quadratic part that holds all data, and the rest."""
        return parts_of(self.program, self._problem.params)

    @cached_property
    def quadratic(self) -> bool:
        """Is the cost a polynomial of degree 2 in the parameters, so that its Hessian is the same everywhere?"""
        return degree(self._problem.expanded, frozenset(self._problem.params)) <= 2
