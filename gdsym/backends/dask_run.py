"""Costs over Dask arrays: one lazy pass over the chunks gives the cost and all partials together.

Where a `distributed.Client` is active the passes run on its workers; chunks should then be loaded or persisted there,
since arrays that were made here are sent anew with every pass.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np

from gdsym.arrays import BoundCost, Compiled, Program, bind, bind_params
from gdsym.arrays.compiled import given
from gdsym.arrays.expand import reachable
from gdsym.arrays.functions import HELPERS
from gdsym.arrays.graph import Op
from gdsym.backends.special_words import uses_special
from gdsym.backends.traced import DEFINED, helpers, signature, size_names, traced, traced_names
from gdsym.descent import task
from gdsym.descent.carried import MOST_NUMBERS
from gdsym.descent.evaluate import Evaluate, defined
from gdsym.descent.formulas import Formulas
from gdsym.descent.hoist import Extra
from gdsym.descent.hooks import Hooks, Stopped
from gdsym.descent.lines import indented
from gdsym.descent.plan import Plan
from gdsym.descent.run import Run
from gdsym.errors import DataError, Unsupported, shortened
from gdsym.record import changed, record

IN_ONE_CHUNK = HELPERS["decay", True].replace("decaying_sum", "doubled") + (
    "\n\n\n"
    "def decaying_sum(a, rate):  # all rows in one chunk\n"
    "    from dask.array import asarray\n\n"
    "    return asarray(a).rechunk({0: -1}).map_blocks(doubled, rate, dtype=float)"
)
FADED = {
    name: HELPERS[kind, True].replace(name, of_rows)
    + (
        f"\n\n\ndef {name}(*parts):  # all rows in one chunk\n"
        "    from dask.array import asarray, map_blocks\n\n"
        f"    return map_blocks({of_rows}, *(asarray(part).rechunk({{0: -1}}) for part in parts), dtype=float)"
    )
    for kind, name, of_rows in (("fade", "fading_sum", "faded"), ("rise", "largest_exponent", "risen"))
}
OWN = DEFINED | {"decaying_sum": IN_ONE_CHUNK} | FADED


def bind_chunked(
    program: Program, data: Mapping[Any, Any] | None = None, start: Mapping[Any, Any] | None = None
) -> dict[str, Any]:
    """As `bind`, but chunked arrays stay chunked; their shapes are checked, their numbers are not read."""
    import dask.array as da

    chunked = {k: v for k, v in data.items() if isinstance(v, da.Array)} if isinstance(data, Mapping) else {}
    for key, value in chunked.items():
        if any(math.isnan(length) for length in value.shape):
            raise DataError(f"{key} has chunks of unknown length {value.shape}: call its compute_chunk_sizes() first.")
    stand_ins = {k: np.broadcast_to(np.ones(()), v.shape) for k, v in chunked.items()}
    bound = bind(program, {**data, **stand_ins} if data is not None else None, start)
    for name, value in bound.items():
        for key, stand_in in stand_ins.items():
            if value is stand_in:
                bound[name] = chunked[key].astype(np.float64)
    return {k: da.from_array(v) if isinstance(v, np.ndarray) and v.ndim else v for k, v in bound.items()}


def source(program: Program, outputs: Sequence[Op]) -> str:
    """A module that defines `evaluate(parameters, data, *, sizes) -> outputs`, nothing computed yet."""
    _refuse_running(outputs)
    code = traced(outputs, traced_names(program), size_names(program), hoist=False, fused=False)
    lines = [f"def evaluate({signature(program)}):", *indented(1, [*code.each, f"return {', '.join(code.outputs)},"])]
    own = "\n".join(lines)
    text = "\n".join([*helpers(own, OWN), own, ""])
    head = ["import math", "", "import numpy as np", *(["import scipy.special"] if "scipy." in text else [])]
    head += ["from scipy import special"] if uses_special([text]) else []
    return "\n".join([*head, "", "", text])


def _refuse_running(outputs: Sequence[Op]) -> None:
    if any(op.kind in ("cummax", "scan", "moving_max", "moving_exp") for op in reachable(outputs)):
        raise Unsupported(
            "The backend 'dask' cannot compile this cost: it holds a running sum of exponentials (over all rows up to each "
            "row, or its neighbours), which goes from row to row, not chunk by chunk. Use backend='numpy', 'numba' or 'jax'."
        )


def computed(lazy: Sequence[Any]) -> tuple[Any, ...]:
    """All outputs in one pass over the chunks; DataError if a chunk cannot be made."""
    import dask

    try:
        found: tuple[Any, ...] = dask.compute(*lazy)
    except ArithmeticError:
        raise
    except Exception as error:  # whatever reading data, or the caller's own functions, may raise
        why = shortened(f"{type(error).__name__}: {error}", 300)
        raise DataError(f"The chunks of the data could not be computed: {why}") from error
    return found


def odd_entry(name: str, array: Any) -> str:
    """Where a chunked array is not finite, found chunk by chunk; empty if it is finite."""
    import dask.array as da

    odd = ~da.isfinite(array)
    rows = odd.any(axis=tuple(range(1, array.ndim)))
    count, row = computed([odd.sum(), da.argmax(rows)])
    if not count:
        return ""
    (entries,) = computed([odd[int(row)]])
    place = (int(row), *(int(p) for p in np.argwhere(entries)[0])) if np.ndim(entries) else int(row)
    return f"{name} holds {int(count)} value(s) that are not finite, the first at position {place} counted from 0"


def at_once(program: Program, outputs: Sequence[Op]) -> Callable[..., tuple[Any, ...]]:
    """f(name=value, ...) -> the outputs as numbers and arrays."""
    evaluate = defined(source(program, outputs), "evaluate")
    return lambda **values: computed(evaluate(**values))


class DaskCompiled(Compiled):
    """Value and gradient over chunked data."""

    @cached_property
    def source(self) -> str:
        return source(self.program, [self.program.graph.value, *self.program.graph.gradients])

    def bind(self, data: Mapping[Any, Any] | None = None) -> BoundCost:
        return BoundCost(self, bind_chunked(self.program, data))

    def _code(self, outputs: Sequence[Op]) -> tuple[Any, Any]:
        names = [i.name for i in self.program.inputs]
        evaluate = at_once(self.program, outputs)
        return (lambda *values: ()), lambda *values: evaluate(**dict(zip(names, values, strict=True)))

    def _run(self, code: tuple[Any, Any], params: Mapping[Any, Any], data: Mapping[Any, Any] | None) -> Sequence[Any]:
        bound = bind_chunked(self.program, data, params)
        values = bind_params(self.program, params, bound)
        with np.errstate(all="ignore"):
            found: Sequence[Any] = code[1](*values.values(), *given(self.program, bound))
        return found


@record
class _Delegated:
    """A program whose one statement asks for cost and gradient together."""

    inputs: tuple[task.Input, ...]
    once: tuple[str, ...]
    each: tuple[str, ...]
    value: str
    gradients: tuple[str, ...]
    needs: tuple[str, ...] = ("import numpy as np",)


class DaskRun(Run):
    """The usual loop around one lazy evaluation a step; a quadratic cost reads its chunks only now and then."""

    def evaluate(self, program: Any = None) -> Evaluate:
        program = program or self.task.program
        outputs = [program.graph.value, *program.graph.gradients]
        whole = partial(at_once(program, outputs), **self.task.data)
        names = [p.code for p in self.task.params]

        def evaluate(*theta: Any) -> tuple[Any, tuple[Any, ...]]:
            cost, *slopes = whole(**dict(zip(names, theta, strict=True)))
            return cost, tuple(slopes)

        return evaluate

    @property
    def program(self) -> task.Program:
        return self.hoisted or self._delegated

    @cached_property
    def _delegated(self) -> _Delegated:
        own = tuple(i for i in self.task.program.inputs if i.kind == "param")
        ask, found = self._names
        gradients = tuple(
            f"np.broadcast_to({found}[1][{j}], {p.shape})" if p.is_array else f"float({found}[1][{j}])"
            for j, p in enumerate(self.task.params)
        )
        each = (f"{found} = {ask}({', '.join(i.name for i in own)})",)
        return _Delegated((*own, Extra(ask, own[0].node)), (), each, f"float({found}[0])", gradients)

    @property
    def _names(self) -> tuple[str, str]:
        """Two names that no parameter has."""
        tail = "_"
        while any(i.name.endswith(tail) for i in self.task.program.inputs):
            tail += "_"
        return f"evaluate{tail}", f"found{tail}"

    def values(self, plan: Plan) -> dict[str, Any]:
        if self.hoisted:
            return super().values(plan)
        return {**self.task.start, self._names[0]: self.evaluate()}

    def loop(self, plan: Plan, hooks: Hooks, given: Mapping[str, Any]) -> tuple[str, Callable[[], str]]:
        text, loop = super().loop(plan, hooks, given)
        program: Any = self.task.program
        lazy = source(program, [program.graph.value, *program.graph.gradients])

        def guarded() -> str:
            try:
                return loop()
            except DataError as error:
                hooks.detail = str(error)
                raise Stopped("callback_error") from error

        return f"{lazy}\n\n{text}", guarded

    def readable(self) -> Formulas | str | None:
        """Chunks are looked at where they are; few data are fetched."""
        arrays = {i.name: self.task.data[i.name] for i in self.task.program.inputs if i.kind != "param"}
        chunked = {name: value for name, value in arrays.items() if hasattr(value, "chunks")}
        found = next(filter(None, (odd_entry(name, value) for name, value in chunked.items())), "")
        if found or self.known.formulas is None or sum(value.size for value in chunked.values()) > MOST_NUMBERS:
            return found or None
        whole = dict(zip(self.known.formulas.data, computed(list(self.known.formulas.data.values())), strict=True))
        return changed(self.known.formulas, data=whole)

    def __post_init__(self) -> None:
        if self.batches is not None:
            raise Unsupported(
                "The backend 'dask' has no mini-batches: each step would gather rows from every chunk. "
                "Leave batch out, or load the data and use backend='numpy'."
            )
        super().__post_init__()
