"""The door for data: what is taken, and what is refused with which words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from arrays_costs import CASES, W, X, Y, b, lam, w, wv, x, y
from sympy import IndexedBase, Rational, Sum, Symbol, sqrt, symbols

import gdsym as gd
from gdsym.arrays import Compiled, Program, bind, bind_params
from gdsym.arrays.memory import in_columns
from gdsym.errors import DataError, GdsymTypeError


@pytest.fixture(scope="module")
def line() -> Program:
    return CASES["line"]().program()


@pytest.fixture(scope="module")
def ridge() -> Program:
    return CASES["ridge"]().program()


@pytest.mark.parametrize(
    "given",
    [
        {x: [1, 2], y: [300, 500]}, {"x": (1, 2), "y": np.array([300, 500], dtype=int)},
        {Symbol("x"): [1, 2], y: [300, 500], "m": 2},
        {x: pd.Series([1, 2], index=[7, 3]), y: pd.Series([300, 500])},
        {x: [Rational(1), Rational(2)], y: [300, 500]},
        {x[Symbol("i", integer=True)]: [1, 2], y: np.array([300.0, 0, 500])[::2]},
    ],
)  # fmt: skip
def test_data_by_symbol_or_name_in_any_common_form(line: Program, given: dict[Any, Any]) -> None:
    bound = bind(line, given)
    assert bound["m"] == 2 and bound["x"].dtype == np.float64
    assert bound["x"].tolist() == [1.0, 2.0] and bound["y"].tolist() == [300.0, 500.0]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({x: [1, 2, 3, 4, 5], y: [1, 2, 3, 4]},
         r"x has shape \(5,\) but y has shape \(4,\): both run over i = 1..m. Give them equal length."),
        ({x: [1, 2]}, "No data are given for y"),
        ({x: [1], y: [2], "z": [3]}, "z is in the data, but the cost has no such name; it takes x, y, m"),
        ({x: [1], y: [2], w: 3}, "w is in the data, but it is a parameter"),
        ({x: [1], y: [2], "x": [3]}, "x is given twice"),
        ({x: [[1], [2]], y: [1, 2]}, r"x has shape \(2, 1\), but .* so shape \(2,\) is needed"),
        ({x: [], y: []}, "x is empty"),
        ({x: [1, float("nan")], y: [1, 2]}, r"not finite, the first \(nan\) at position 1"),
        ({x: [1, float("inf")], y: [1, 2]}, "not finite"),
        ({x: ["1", "2"], y: [1, 2]}, "x holds text"),
        ({x: ["1", 2.0, None], y: [1, 2, 3]}, "x holds text"),
        ({x: [1j, 2], y: [1, 2]}, "x holds complex numbers"),
        ({x: [[1, 2], [3]], y: [1, 2]}, "x is not a rectangular array"),
        ({x: 3, y: 4}, "x has shape"),
        ({x: [1, 2], y: [1, 2], "m": 3}, r"m is given as 3, but x has shape \(2,\), which means m = 2"),
        ({x: [1, 2], y: [1, 2], "m": 2.5}, "a whole number is needed"),
        ({x: pd.to_datetime(pd.Series(["2020-01-01"])), y: [1]}, "x holds dates"),
    ],
)  # fmt: skip
def test_data_that_are_refused(line: Program, given: dict[Any, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        bind(line, given)


def test_data_must_be_a_dict(line: Program) -> None:
    with pytest.raises(GdsymTypeError, match="data must be a dict"):
        bind(line, [1, 2])  # type: ignore[arg-type]


def test_a_frame_is_a_matrix_by_position(ridge: Program) -> None:
    frame = pd.DataFrame({"u": [1, 2], "v": [3, 4], "t": [5, 6]}, index=[9, 1])
    bound = bind(ridge, {X: frame, y: frame["t"], lam: 0.5})
    assert bound["X"].tolist() == [[1, 3, 5], [2, 4, 6]]
    assert (bound["m"], bound["n"], bound["lam"]) == (2, 3, 0.5)


def test_parameters_are_checked_against_the_sizes_of_the_data(ridge: Program) -> None:
    bound = bind(ridge, {X: np.ones((4, 3)), y: np.ones(4), "lambda": 1})
    assert bind_params(ridge, {wv: [1, 2, 3], b: 0}, bound)["w"].tolist() == [1, 2, 3]
    for start, words in (
        ({wv: [1, 2], b: 0}, r"w has shape \(2,\), but its indices \(j = 1..n\) need 3 entries"),
        ({wv: [[1], [2], [3]], b: 0}, r"shape \(3, 1\)"),
        ({wv: [1, 2, 3]}, "No value is given for the parameter b"),
        ({wv: [1, 2, 3], b: [0]}, "b is a plain number"),
        ({wv: [1, 2, 3], b: float("nan")}, "b is nan"),
        ({wv: [1, 2, 3], b: 10**400}, "b is a number beyond 1.8e308, the largest float; scale it"),
        ({wv: [1, 2, 3], b: 0, y: 1}, "y is in the start, but it is no parameter"),
    ):
        with pytest.raises(DataError, match=words):
            bind_params(ridge, start, bound)


def test_a_size_that_only_the_parameters_tell() -> None:
    program = CASES["network"]().program()
    data = {"x": np.ones((5, 2)), "y": np.ones(5)}
    assert "H" not in bind(program, data)
    start = {W: np.ones((4, 2)), "U": np.ones(4), "v": np.ones(4)}
    assert bind(program, data, start)["H"] == 4
    with pytest.raises(DataError, match="both run over"):
        bind(program, data, {W: np.ones((4, 2)), "U": np.ones(3), "v": np.ones(4)})
    flat = Compiled(program).bind(data)
    assert flat.fun(np.zeros(16)) == 1.0
    with pytest.raises(DataError, match="x has 15 numbers"):
        flat.fun(np.zeros(15))


def test_matrices_must_agree_in_both_axes() -> None:
    program = CASES["one hot"]().program()
    with pytest.raises(DataError, match="both run over"):
        bind(program, {X: np.ones((5, 2)), Y: np.ones((4, 3))})


def test_partial_ranges_need_enough_entries() -> None:
    program = CASES["numeric ranges"]().program()
    assert Compiled(program).value({wv: [1, 0]}, {x: [1, 1, 1, 7], "pick": 1}) == 0.0
    with pytest.raises(DataError, match="need at least 3 entries"):
        bind(program, {x: [1, 2], "pick": 1})


def test_a_bound_cost_keeps_its_own_data(line: Program) -> None:
    data = np.array([1.0, 2.0])
    bound = Compiled(line).bind({x: data, y: [300, 500]})
    data[:] = 0
    assert bound.fun(np.zeros(2)) == 85000.0 and bound.jac([0, 0]).tolist() == [-650.0, -400.0]


def test_big_matrices_are_kept_in_column_order(ridge: Program) -> None:
    rows = np.zeros((6000, 3))
    big, small = ({X: rows[:count], y: np.zeros(count), lam: 1} for count in (6000, 9))
    assert in_columns(ridge, bind(ridge, big))["X"].flags.f_contiguous
    assert in_columns(ridge, bind(ridge, small))["X"].flags.c_contiguous
    assert np.shares_memory(bind(ridge, big)["X"], rows)


def test_two_names_alike_are_told_apart_by_type() -> None:
    assert IndexedBase("w") != Symbol("w")


@pytest.mark.parametrize("inner", ["Sum(y[t-k], (k, 1, t-1))", "Sum(y[t-1-k], (k, 0, t-2))", "Sum(y[k], (k, 1, t-1))"])
def test_the_least_entry_that_is_read_tells_where_an_array_begins(inner: str) -> None:
    y = [1.0, 2, 4, 3, 5, 9]
    run = gd.Cost(f"Sum((y[t] - a*{inner})**2, (t, 2, n))", ["a"]).compile()
    assert run.value({"a": 1.0}, {"y": y}) == sum((y[t] - sum(y[:t])) ** 2 for t in range(1, 6)) == 79


def test_values_of_another_sign_than_declared_are_refused() -> None:
    """By what is declared SymPy makes sqrt(w^2) a w: at w = -2 that is another formula."""
    w, v = Symbol("w", positive=True), IndexedBase("v", positive=True)
    i, m = symbols("i m", integer=True, positive=True)
    cost = gd.Cost(Sum((sqrt(w**2) * v[i] - 1) ** 2, (i, 1, m)), [w])
    with pytest.raises(DataError, match="w is declared positive, but -2 is given"):
        cost.descend({w: -2.0}, {v: [1, 2]}, maxiter=3)
    with pytest.raises(DataError, match="v is declared positive, but -3 is given"):
        cost.compile().value({w: 2.0}, {v: [1, -3]})
    assert cost.compile().value({w: 0.0}, {v: [0, 2]}) == 2
    run = cost.descend({w: 0.1}, {v: [1, 2]}, learning_rate=1e-3, maxiter=3)
    assert cost.descend(resume=run, data={v: [1, 2]}, learning_rate=1e-3, maxiter=5).nit == 5
    lower = gd.Cost((Symbol("u", nonpositive=True) + 1) ** 2, ["u"])
    with pytest.raises(DataError, match="u is declared nonpositive, but 1 is given"):
        lower.descend({"u": 1.0}, maxiter=1)
