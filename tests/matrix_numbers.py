"""SymPy's matrix expressions as NumPy numbers, and slopes by differences: nothing of gdsym is asked."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

FUNCTIONS = {sympy.exp: np.exp, sympy.log: np.log, sympy.sin: np.sin, sympy.tanh: np.tanh, sympy.Abs: np.abs}


def number(e: Any, env: Mapping[Any, Any]) -> Any:
    """The value of `e`; `env` has arrays by MatrixSymbol (two axes) and numbers by Symbol, sizes included."""
    if e in env:
        return env[e]
    if isinstance(e, (sympy.Identity, sympy.OneMatrix, sympy.ZeroMatrix)):
        shape = [int(number(s, env)) for s in e.shape]
        return (
            np.eye(shape[0]) if isinstance(e, sympy.Identity) else np.full(shape, float(isinstance(e, sympy.OneMatrix)))
        )
    if isinstance(e, ElementwiseApplyFunction):
        (letter,) = e.function.variables
        return number(e.function.expr, {**env, letter: number(e.expr, env)})
    if isinstance(e, sympy.Piecewise):
        return next(number(value, env) for value, holds in e.args if holds == True or bool(number(holds, env)))  # noqa: E712
    parts = [number(a, env) for a in e.args]
    kind = next((kind for kind in KINDS if isinstance(e, kind)), None)
    if kind is not None:
        return KINDS[kind](parts)
    return FUNCTIONS[e.func](parts[0]) if e.args else float(e)


def _power(parts: list[Any]) -> Any:
    base, k = parts[0], float(parts[1]) if len(parts) > 1 else -1.0
    if np.ndim(base) == 2 and base.shape != (1, 1):
        return np.linalg.matrix_power(base, int(k))
    return np.power(base, k) if np.ndim(base) else float(base) ** k


def _product(parts: list[Any]) -> Any:
    whole = 1.0
    for part in parts:
        whole = whole @ part if np.ndim(whole) == np.ndim(part) == 2 else whole * part
    return whole


def _entrywise(parts: list[Any]) -> Any:
    """A product of numbers, or of arrays of one shape."""
    return functools.reduce(operator.mul, parts)


KINDS: dict[Any, Callable[[list[Any]], Any]] = {
    sympy.Transpose: lambda parts: parts[0].T,
    sympy.HadamardPower: lambda parts: parts[0] ** float(parts[1]),
    sympy.Or: any,
    sympy.And: all,
    sympy.LessThan: lambda parts: parts[0] <= parts[1],
    sympy.GreaterThan: lambda parts: parts[0] >= parts[1],
    sympy.StrictLessThan: lambda parts: parts[0] < parts[1],
    sympy.StrictGreaterThan: lambda parts: parts[0] > parts[1],
    sympy.MatPow: _power,
    sympy.MatMul: _product,
    sympy.HadamardProduct: _entrywise,
    sympy.Trace: lambda parts: np.trace(parts[0]),
    sympy.Determinant: lambda parts: np.linalg.det(parts[0]),
    sympy.DiagMatrix: lambda parts: np.diag(parts[0][:, 0]),
    sympy.Add: lambda parts: functools.reduce(operator.add, parts),
    sympy.Mul: _entrywise,
    sympy.Pow: lambda parts: np.power(parts[0], float(parts[1])),
}


def slope(e: Any, symbol: Any, env: Mapping[Any, Any]) -> Any:
    """Central differences by every entry of `symbol`, in its shape."""
    start = np.asarray(env[symbol], dtype=float)
    out = np.zeros_like(start)
    for at in np.ndindex(start.shape):
        h = 1e-5
        values = []
        for sign in (1, -1):
            moved = start.copy()
            moved[at] += sign * h
            values.append(np.sum(number(e, {**env, symbol: moved if start.ndim else float(moved)})))
        out[at] = (values[0] - values[1]) / (2 * h)
    return out
