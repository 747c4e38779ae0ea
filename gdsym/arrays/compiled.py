"""The compiled cost: numbers in, numbers out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, cast

import numpy as np

from gdsym.arguments import vector
from gdsym.arrays.byname import ByName
from gdsym.arrays.check import check_program
from gdsym.arrays.data import bind, bind_params
from gdsym.arrays.fitted import fitted
from gdsym.arrays.graph import PARAM, Op
from gdsym.arrays.layout import Piece, laid_out, sizes_for, told_twice, untold
from gdsym.arrays.memory import in_columns
from gdsym.arrays.program import Input, Program, Slope, program_of
from gdsym.arrays.source import split
from gdsym.errors import DataError, GdsymError, shortened
from gdsym.written.matrices import Entries
from gdsym.written.nodes import Base, Node

FLOAT = np.dtype(float)
Params = Mapping[Any, Any]
Data = Mapping[Any, Any]


def compile_program(value: Node, params: Sequence[Node], gradients: Sequence[Slope], *, check: bool = True) -> Program:
    """Code for a cost and its partials, compared with the literal sums at tiny sizes before it is handed out."""
    program = program_of(value, params, gradients)
    if check:
        check_program(program)
    return program


class Compiled:
    """Value and gradient of a cost as fast array code.

    `params` and `data` are dicts by symbol or by name; a gradient is a dict by the caller's symbols: a float for a
    plain parameter, an array of the parameter's shape for an array.
    """

    def __init__(self, program: Program) -> None:
        self.program = program

    def __getstate__(self) -> dict[str, Any]:
        """Copied and pickled as a program: its functions are made anew."""
        return {"program": self.program}

    def value(self, params: Params, data: Data | None = None) -> float:
        """J at these parameters and data."""
        return float(self._run(self._value_code, params, data)[0])

    def gradient(self, params: Params, data: Data | None = None) -> dict[Any, Any]:
        """The partial derivatives by parameter."""
        return self._named(self._run(self._gradient_code, params, data))

    def value_and_gradient(self, params: Params, data: Data | None = None) -> tuple[float, dict[Any, Any]]:
        """Both, sharing what they have in common."""
        value, *slopes = self._run(self._both_code, params, data)
        return float(value), self._named(slopes)

    def bind(self, data: Data | None = None) -> BoundCost:
        """The cost at fixed data as functions of one flat vector, for scipy.optimize.minimize.

        `minimize(bound.fun, bound.flat(start), jac=bound.jac)`; `bound.unflat(found.x)` is {parameter: value} again.
        Several sizes that no data tell are told by `flat(start)`, or given by name: `bind({x: xs, "m": 3, "n": 4})`.
        """
        return BoundCost(self, in_columns(self.program, bind(self.program, _copied(data))))

    @cached_property
    def source(self) -> str:
        """One readable function value_and_gradient(parameters, data) that runs without gdsym."""
        from gdsym.arrays.readable import readable

        return readable(self.program)

    def explain(self) -> str:
        """The plan: axes, sizes, what is computed once, what value and gradient share, operations and bytes of an evaluation."""
        from gdsym.arrays.explain import explained

        return explained(self.program)

    def __repr__(self) -> str:
        return self.source

    @cached_property
    def _value_code(self) -> tuple[Any, Any]:
        return self._code([self.program.graph.value])

    @cached_property
    def _gradient_code(self) -> tuple[Any, Any]:
        return self._code(self.program.graph.gradients)

    @cached_property
    def _both_code(self) -> tuple[Any, Any]:
        return self._code([self.program.graph.value, *self.program.graph.gradients])

    def _code(self, outputs: Sequence[Op]) -> tuple[Any, Any]:
        """(once, each): what is computed before, from the data alone, and what is computed for every call."""
        return fitted(self.program, outputs)

    def _run(self, code: tuple[Any, Any], params: Params, data: Data | None) -> Sequence[Any]:
        bound = bind(self.program, data, params)
        values = bind_params(self.program, params, bound)
        fixed = given(self.program, bound)
        once, each = code
        parts = list(values.values())
        return outputs(self, code, lambda: each(*parts, *fixed, *once(*fixed)), parts, bound)

    def numbers(self, code: tuple[Any, Any]) -> Sequence[int]:
        """Which outputs the code gives: 0 is the value, p the partial by the p-th parameter."""
        every, made = range(1 + len(self.program.params)), self.__dict__  # only what is made already
        if code is made.get("_both_code"):
            return every
        return every[:1] if code is made.get("_value_code") else every[1:]

    def _named(self, slopes: Sequence[Any]) -> dict[Any, Any]:
        pairs = zip(self.program.params, slopes, strict=True)
        return ByName((own_key(p), np.asarray(g, dtype=float) if p.ndim else float(g)) for p, g in pairs)


def outputs(
    compiled: Compiled, code: tuple[Any, Any], call: Callable[[], Any], parts: Sequence[Any], bound: Mapping[str, Any]
) -> Sequence[Any]:
    """The outputs of this code (0 is the value, p the partial by the p-th parameter), which `call` gives; NaN if undefined.

    Plain floats raise where NumPy gives inf or NaN (log of 0, overflow): then each output is computed by itself, by
    NumPy's numbers, so that one that is undefined does not take the others with it.
    """
    try:
        with np.errstate(all="ignore"):
            return cast("Sequence[Any]", call())
    except IndexError as wrong:
        raise DataError(f"An index leaves its array with these data ({wrong}); more entries are needed.") from None
    except (ArithmeticError, ValueError) as wrong:
        if isinstance(wrong, GdsymError):
            raise
        fixed = given(compiled.program, bound)
        return [_alone(compiled.program, number, parts, fixed) for number in compiled.numbers(code)]


def _alone(program: Program, number: int, parts: Sequence[Any], fixed: Sequence[Any]) -> Any:
    """One output by NumPy's numbers, NaN of the parameter's shape where it is undefined."""
    once, each = split(program, [(program.graph.value, *program.graph.gradients)[number]], raising=False)
    parts, fixed = ([np.float64(v) if isinstance(v, float) else v for v in values] for values in (parts, fixed))
    try:
        with np.errstate(all="ignore"):
            return each(*parts, *fixed, *once(*fixed))[0]
    except (ArithmeticError, ValueError):
        return np.full(np.shape(parts[number - 1]), np.nan) if number else np.nan


def given(program: Program, bound: Mapping[str, Any]) -> list[Any]:
    """Data and sizes in the order of the generated functions' arguments."""
    return [bound[i.name] for i in program.inputs if i.kind != "param"]


def own_key(param: Input) -> Any:
    """The caller's own symbol."""
    if isinstance(param.node, Entries):
        return param.node.matrix.matrix
    return param.node.base if isinstance(param.node, Base) else param.node.symbol


def _copied(data: Data | None) -> Data | None:
    """A bound cost keeps its data: later changes by the caller must not reach it."""
    if not isinstance(data, Mapping):
        return data
    return {k: np.array(v) if isinstance(v, np.ndarray) else v for k, v in data.items()}


class BoundCost:
    """fun(x) and jac(x) over one flat vector, the parameters in order, arrays row by row."""

    def __init__(self, compiled: Compiled, bound: dict[str, Any]) -> None:
        self.compiled, self.program, self.data = compiled, compiled.program, bound
        self._fixed: dict[str, tuple[int, tuple[Any, ...]]] = {}  # the length of x; data, sizes, what they alone give
        self._layouts: dict[int, tuple[list[Piece], dict[str, Any]]] = {}  # by the length of x; data and all sizes
        self._told: dict[int, dict[str, int]] = {}  # by the length of x, the sizes that `flat` was told

    def __getstate__(self) -> dict[str, Any]:
        """Without what was computed from the data once."""
        return {**self.__dict__, "_fixed": {}, "_layouts": {}}

    def fun(self, x: Any) -> float:
        """J at the flat parameters x."""
        return float(self._run("value", self.compiled._value_code, x)[0])

    def jac(self, x: Any) -> Any:
        """The gradient at x, flat."""
        return self._joined(self._run("gradient", self.compiled._gradient_code, x))

    def fun_and_jac(self, x: Any) -> tuple[float, Any]:
        """Both, for minimize(..., jac=True)."""
        value, *slopes = self._run("both", self.compiled._both_code, x)
        return float(value), self._joined(slopes)

    def _joined(self, slopes: Sequence[Any]) -> Any:
        """One vector of the caller's own: what an evaluation has made for itself is not copied once more."""
        alone = slopes[0] if self._made_anew else None
        if type(alone) is np.ndarray and alone.dtype is FLOAT and alone.flags.owndata and alone.flags.c_contiguous:
            return alone if alone.ndim == 1 else alone.reshape(-1)
        return np.concatenate(slopes, axis=None, dtype=float)

    @cached_property
    def _made_anew(self) -> bool:
        """Is there one slope alone, and is it made in every evaluation?"""
        slopes = self.program.graph.gradients
        return len(slopes) == 1 and bool(slopes[0].needs & PARAM)

    def __repr__(self) -> str:
        names = ", ".join(shortened(p.node.name, 40) for p in self.program.params[:9])
        return f"The cost at fixed data: fun(x), jac(x), fun_and_jac(x) of one flat vector x = ({names})"

    def flat(self, params: Params) -> Any:
        """Parameters by symbol or name as one vector.

        Where the data leave two sizes or more open, every vector of this length is read with these shapes from now on.
        Raises `DataError` if vectors of this length have other shapes already.
        """
        unknown = untold(self.program, self.data)
        bound = self.data | bind(self.program, self._own_data(), params) if unknown else self.data
        x = np.concatenate([np.ravel(v) for v in bind_params(self.program, params, bound).values()])
        if len(unknown) > 1:
            told = {s.name: bound[s.name] for s in unknown}
            if (before := self._told.setdefault(x.size, told)) != told:
                raise DataError(told_twice(x.size, unknown, before, told))
        return x

    def unflat(self, x: Any) -> dict[Any, Any]:
        """The vector x as parameters by symbol."""
        parts, _ = self._parts(vector(x, "x"))
        return ByName((own_key(p), v) for p, v in zip(self.program.params, parts, strict=True))

    def _own_data(self) -> dict[Any, Any]:
        return {own_key(i): self.data[i.name] for i in self.program.data}

    def _run(self, name: str, code: tuple[Any, Any], x: Any) -> Sequence[Any]:
        if not (type(x) is np.ndarray and x.dtype is FLOAT and x.ndim == 1 and x.flags.c_contiguous):
            x = vector(x, "x")
        parts, bound = self._parts(x)
        once, each = code

        def call() -> Any:
            length, made = self._fixed.get(name, (-1, ()))
            if length != len(x):
                data = given(self.program, bound)
                made = (*data, *once(*data))
                self._fixed[name] = len(x), made
            return each(*parts, *made)

        return outputs(self.compiled, code, call, parts, bound)

    def _parts(self, x: Any) -> tuple[list[Any], dict[str, Any]]:
        """The vector cut into the parameters' shapes."""
        layout = self._layouts.get(x.size)
        if layout is None:
            bound = self.data | (self._told.get(x.size) or sizes_for(self.program, self.data, x.size))
            layout = self._layouts[x.size] = (laid_out(self.program, bound), bound)
        pieces, bound = layout
        return [
            float(x[first]) if not array else x[first:last] if len(shape) == 1 else x[first:last].reshape(shape)
            for first, last, shape, array in pieces
        ], bound
