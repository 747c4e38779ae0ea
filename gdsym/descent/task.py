"""What a descent needs of a compiled cost: its statements, its inputs, and numbers for them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from gdsym.record import field, record
from gdsym.written.matrices import Entries
from gdsym.written.nodes import Base, Node, Sym

Value = Any  # a float or a float64 array


class Input(Protocol):
    """A name in compiled code, and the letter that it stands for."""

    @property
    def name(self) -> str: ...
    @property
    def node(self) -> Node: ...
    @property
    def kind(self) -> str: ...  # "param", "data" or "size"


class Statement(Protocol):
    """`name = code`."""

    @property
    def name(self) -> str: ...
    @property
    def code(self) -> str: ...


def python_lines(statements: Sequence[Statement | str]) -> list[str]:
    """Statements as lines of Python."""
    return [s if isinstance(s, str) else f"{s.name} = {s.code}" for s in statements]


def freed(statements: Sequence[Statement | str]) -> list[str]:
    """A line that lets the arrays among the statements go."""
    names = [s.name for s in statements if not isinstance(s, str) and getattr(s, "ndim", False)]
    return [f"del {', '.join(names)}"] if names else []


class Program(Protocol):
    """A compiled cost: statements that depend on data only, and those of one evaluation."""

    @property
    def inputs(self) -> Sequence[Input]: ...
    @property
    def once(self) -> Sequence[Statement | str]: ...
    @property
    def each(self) -> Sequence[Statement | str]: ...
    @property
    def value(self) -> str: ...
    @property
    def gradients(self) -> Sequence[str]: ...
    @property
    def needs(self) -> Sequence[str]: ...


@record
class Parameter:
    """One parameter of a run: its code name, the caller's letter, its shape (empty for a number)."""

    code: str
    key: Any
    shape: tuple[int, ...]

    @property
    def is_array(self) -> bool:
        return self.shape != ()

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def name(self) -> str:
        return str(getattr(self.key, "label", self.key))


@record
class Task:
    """A program with numbers: start values of the parameters, values of everything else, by code name."""

    program: Program
    start: Mapping[str, Value]
    data: Mapping[str, Value]
    params: tuple[Parameter, ...] = field(default=())

    @staticmethod
    def of(program: Program, start: Mapping[str, Value], data: Mapping[str, Value]) -> Task:
        """The task with its parameters described; values are copied, so that nobody can change them meanwhile."""
        inputs = [i for i in program.inputs if i.kind == "param"]
        values = {i.name: own(start[i.name]) for i in inputs}
        params = tuple(Parameter(i.name, key_of(i.node), shape_of(values[i.name])) for i in inputs)
        return Task(program, values, {i.name: data[i.name] for i in program.inputs if i.kind != "param"}, params)

    @cached_property
    def is_scalar(self) -> bool:
        """Is the run over plain floats, without NumPy?"""
        if not all(is_number(v) for v in (*self.start.values(), *self.data.values())):
            return False
        p = self.program
        return not any("np." in line for line in (*python_lines([*p.once, *p.each]), p.value, *p.gradients))


def own(value: Value) -> Value:
    """A float, or a float64 array of its own."""
    return float(value) if is_number(value) else np.array(value, dtype=float)


def is_number(value: Value) -> bool:
    """A number, not an array of numbers?"""
    return isinstance(value, (float, int)) or shape_of(value) == ()


def shape_of(value: Value) -> tuple[int, ...]:
    """The same as `np.shape`, which makes an array of a number first."""
    return () if isinstance(value, (float, int)) else np.shape(value)


def is_finite(value: Value) -> bool:
    return math.isfinite(value) if isinstance(value, float) else bool(np.isfinite(value).all())


def count(values: Mapping[str, Value]) -> int:
    """How many numbers there are in all."""
    return sum(math.prod(shape_of(value)) for value in values.values())


def key_of(node: Node) -> Any:
    """The caller's own SymPy letter."""
    if isinstance(node, Sym):
        return node.symbol
    assert isinstance(node, Base)
    return node.matrix.matrix if isinstance(node, Entries) else node.base


def flat(values: Sequence[Value]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """All values in one vector, in order."""
    if values and all(type(v) is float for v in values):
        return np.array(values)
    return np.concatenate([np.ravel(np.asarray(v, dtype=float)) for v in values]) if values else np.zeros(0)


def flat_slopes(slopes: Sequence[Value], params: Sequence[Parameter]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """All partials in one vector; one that is the same for all entries is written out."""
    pairs = zip(slopes, params, strict=True)
    return flat([float(g) if not p.shape else np.broadcast_to(g, p.shape) for g, p in pairs])


def unflat(x: Any, params: Sequence[Parameter]) -> tuple[Value, ...]:
    """The vector `x` cut into floats and arrays of the parameters' shapes."""
    values, at = [], 0
    for p in params:
        size = p.size if p.shape else 1
        values.append(np.array(x[at : at + size], dtype=float).reshape(p.shape) if p.shape else float(x[at]))
        at += size
    return tuple(values)
