"""Quadratic costs without reading the data at every step: the same run, to rounding."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hand_programs import LINE, VECTOR, Input, Program, b, descended, v, w
from sympy import IndexedBase, symbols

from gdsym import Cost
from gdsym.descent import Descent, Settings, UpdateRule
from gdsym.descent.saving import load

RNG = np.random.default_rng(3)


def line_data(count: int, noise: float = 0.1, centre: float = 1.0) -> dict[str, Any]:
    xs = RNG.normal(size=count) + centre
    return {"x": xs, "y": 3 * xs - 2 + noise * RNG.normal(size=count), "m": count}


def line(data: dict[str, Any], hoist: bool, matrix: Any = None, **sizes: Any) -> Descent:
    x = data["x"]
    exact = [[x @ x, x.sum()], [x.sum(), len(x)]]
    hessian = np.array(exact) / len(x) if matrix is None else matrix
    rest = {n: sizes.pop(n) for n in ("learning_rate", "update", "resume") if n in sizes}
    settings = Settings(**sizes)
    return descended(
        LINE,
        {"w": 0.0, "b": 0.0},
        data,
        quadratic=True,
        hoist=hoist,
        hessian=lambda _: hessian,
        settings=settings,
        **rest,
    )


@pytest.mark.parametrize(("noise", "centre"), [(0.1, 1.0), (0.0, 1.0), (1e-9, 0.0), (1.0, 30.0)])
@pytest.mark.parametrize("update", [None, "nesterov", "momentum"])
def test_hoisted_and_direct_runs_agree(noise: float, centre: float, update: str | None) -> None:
    data = line_data(400, noise, centre)
    rate = (0.2 if update is None else 0.1) / (1 + centre**2)
    slow = line(data, False, learning_rate=rate, update=update, maxiter=3000, gtol=0)
    fast = line(data, True, learning_rate=rate, update=update, maxiter=3000, gtol=0)
    assert "Quadratic cost" in fast.message and "Quadratic" not in slow.message and "quadratic" in fast.source
    for key in (w, b):
        np.testing.assert_allclose(fast.history.params[key], slow.history.params[key], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(fast.history.cost, slow.history.cost, rtol=1e-7, atol=1e-10 * slow.history.cost[0])
    passes = int(fast.message.split("Quadratic cost: ")[1].split()[0])
    assert passes < 60


@pytest.mark.parametrize("update", ["adam", "rmsprop", "adagrad"])
def test_rules_that_divide_by_the_gradient_are_run_directly(update: str) -> None:
    data = line_data(60)
    slow, fast = (line(data, h, learning_rate=0.05, update=update, maxiter=300, gtol=0) for h in (False, True))
    assert "Quadratic" not in fast.message and np.array_equal(fast.history.cost, slow.history.cost)


def test_a_diverging_run_diverges_alike() -> None:
    data = line_data(50)
    slow, fast = (line(data, h, learning_rate=5.0, maxiter=1000) for h in (False, True))
    assert (slow.status, slow.nit) == (fast.status, fast.nit) and fast.status == "diverged"
    np.testing.assert_allclose(fast.history.cost, slow.history.cost, rtol=1e-10)


def test_a_wrong_hessian_is_noticed_and_the_run_is_direct() -> None:
    data = line_data(50)
    fast = line(data, True, matrix=np.array([[1.0, 0.5], [0.5, 1.0]]), learning_rate=0.1, maxiter=200, gtol=0)
    slow = line(data, False, learning_rate=0.1, maxiter=200, gtol=0)
    assert "Quadratic" not in fast.message and np.array_equal(fast.history.cost, slow.history.cost)


def test_many_parameters_and_a_number_beside_them() -> None:
    X = RNG.normal(size=(200, 6))
    data = {"X": X, "y": X @ np.arange(6.0) + 5 + 0.1 * RNG.normal(size=200), "m": 200}
    whole = np.column_stack([X, np.ones(200)])
    start = {"v": np.zeros(6), "b": 0.0}
    slow, fast = (
        descended(
            VECTOR, start, data, quadratic=True, hoist=h, hessian=lambda _: whole.T @ whole / 200, learning_rate=0.2,
            settings=Settings(maxiter=500, gtol=1e-9),
        )
        for h in (False, True)
    )  # fmt: skip
    assert fast.success and abs(fast.nit - slow.nit) <= 1 and "Quadratic" in fast.message
    np.testing.assert_allclose(fast.history.params[v], slow.history.params[v], rtol=1e-10, atol=1e-11)
    assert fast.params[b] == pytest.approx(slow.params[b], rel=1e-10) and fast.jac.shape == (7,)


def test_names_of_parameters_that_look_like_ours() -> None:
    program = Program(
        (Input("q_d0", LINE.inputs[0].node, "param"), Input("q_H", LINE.inputs[1].node, "param"), *LINE.inputs[2:]),
        (), ("r = q_d0*x + q_H - y",), "(r @ r)/(2*m)", ("(r @ x)/m", "r.sum()/m"),
    )  # fmt: skip
    data = line_data(40)
    hessian = np.array([[data["x"] @ data["x"], data["x"].sum()], [data["x"].sum(), 40]]) / 40
    settings = Settings(maxiter=100, gtol=0)
    start = {"q_d0": 0.0, "q_H": 0.0}
    run = descended(
        program, start, data, quadratic=True, hessian=lambda _: hessian, learning_rate=0.1, settings=settings
    )
    direct = line(data, False, learning_rate=0.1, maxiter=100, gtol=0)
    np.testing.assert_allclose(run.history.params["w"], direct.history.params["w"], rtol=1e-12)
    assert "Quadratic" in run.message


def test_resume_is_bit_equal_here_too(tmp_path: Any) -> None:
    data = line_data(100)
    whole = line(data, True, learning_rate=0.2, maxiter=400, gtol=0)
    line(data, True, learning_rate=0.2, maxiter=170, gtol=0).save(tmp_path / "half")
    rest = line(data, True, learning_rate=0.2, maxiter=400, gtol=0, resume=load(tmp_path / "half"))
    assert np.array_equal(rest.history.cost, whole.history.cost) and np.array_equal(rest.x, whole.x)


def linear(columns: int, hoist: bool, **how: Any) -> Descent:
    rng = np.random.default_rng(5)
    X = rng.normal(size=(300, columns))
    data = {"X": X, "y": X @ rng.normal(size=columns) + 5 + 0.1 * rng.normal(size=300), "m": 300}
    whole = np.column_stack([X, np.ones(300)])
    rest = {n: how.pop(n) for n in ("learning_rate", "update", "resume", "callback") if n in how}
    return descended(
        VECTOR, {"v": np.zeros(columns), "b": 1.0}, data, quadratic=True, hoist=hoist,
        hessian=lambda _: whole.T @ whole / 300, settings=Settings(**how), **rest,
    )  # fmt: skip


@pytest.mark.parametrize("columns", [4, 90])
@pytest.mark.parametrize("update", [None, "momentum", "nesterov"])
@pytest.mark.parametrize("rate", [0.05, "k", {"v": 0.05, "b": 0.02}, {"v": "k", "b": 0.02}])
def test_parameters_moved_as_one_vector_are_those_of_the_direct_loop(columns: int, update: Any, rate: Any) -> None:
    decay = 0.05 / (1 + symbols("k") / 100)
    spelled = {n: decay if r == "k" else r for n, r in rate.items()} if isinstance(rate, dict) else rate
    how: dict[str, Any] = {"learning_rate": decay if spelled == "k" else spelled, "update": update, "gtol": 0}
    fast, slow = (linear(columns, h, maxiter=400, **how) for h in (True, False))
    assert "Quadratic" in fast.message and fast.history.params[v].shape == (401, columns)
    for key in (v, b):
        np.testing.assert_allclose(fast.history.params[key], slow.history.params[key], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(fast.history.gradient_norm, slow.history.gradient_norm, rtol=1e-8, atol=1e-12)
    np.testing.assert_array_equal(fast.history.rate, slow.history.rate)


@pytest.mark.parametrize("half", [1, 63, 64, 65, 170])
@pytest.mark.parametrize("columns", [4, 90])
def test_a_vector_run_resumes_bit_equal(tmp_path: Any, half: int, columns: int) -> None:
    how: dict[str, Any] = {"update": "momentum", "learning_rate": 0.02, "gtol": 0}
    whole = linear(columns, True, maxiter=400, **how)
    linear(columns, True, maxiter=half + 120, **how).save(tmp_path / "half")
    rest = linear(columns, True, maxiter=400, resume=load(tmp_path / "half"), **how)
    for name in ("cost", "gradient_norm"):
        assert np.array_equal(getattr(rest.history, name), getattr(whole.history, name))
    assert np.array_equal(rest.history.params[v], whole.history.params[v]) and np.array_equal(rest.x, whole.x)


def test_a_callback_sees_the_parameters_by_themselves() -> None:
    seen: list[Any] = []
    run = linear(4, True, maxiter=50, gtol=0, learning_rate=0.05, callback=lambda k, p: seen.append((k, p[v], p[b])))
    assert [k for k, _, _ in seen] == list(range(51)) and isinstance(seen[3][2], float)
    assert np.array_equal(seen[7][1], run.history.params[v][7]) and "Quadratic" in run.message


@pytest.mark.parametrize("columns", [4, 90])
def test_a_rule_that_keeps_the_gradient_keeps_its_numbers(columns: int) -> None:
    theta, g, alpha, old = symbols("theta g alpha old")
    rule = UpdateRule({theta: theta - alpha * (g + old) / 2, old: g}, start={old: 0})
    fast, slow = (linear(columns, h, maxiter=300, gtol=0, update=rule, learning_rate=0.05) for h in (True, False))
    np.testing.assert_allclose(fast.history.params[v], slow.history.params[v], rtol=1e-10, atol=1e-12)


def test_thinned_rows_are_the_same_rows() -> None:
    how: dict[str, Any] = {"maxiter": 300, "gtol": 0, "learning_rate": 0.05}
    every, some = linear(4, True, **how), linear(4, True, keep_every=7, **how)
    rows = [*range(0, 300, 7), 300]
    assert np.array_equal(some.history.params[v], every.history.params[v][rows])
    assert np.array_equal(some.history.step, rows)


@pytest.mark.parametrize(("points", "hoisted"), [(2, False), (9, True)])
def test_few_numbers_that_are_read_as_plain_floats_are_read_in_every_step(points: int, hoisted: bool) -> None:
    x, y = IndexedBase("x"), IndexedBase("y")
    cost = Cost(sum((w * x[i] + b - y[i]) ** 2 for i in range(1, points + 1)), [w, b])
    data = {x: np.arange(points), y: np.arange(points) ** 2}
    run = cost.descend({w: 0, b: 0}, data, learning_rate=1e-3, maxiter=50)
    direct = cost.descend({w: 0, b: 0}, data, learning_rate=1e-3, maxiter=50, hoist=False)
    assert ("Quadratic cost" in run.message) == hoisted
    assert np.allclose(run.history.cost, direct.history.cost, rtol=1e-12)
