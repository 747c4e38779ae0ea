"""Every engine beside NumPy: the same numbers to 1e-10, the same statuses, clear refusals. What is not installed is skipped, except in CI."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest
from sympy import Abs, IndexedBase, Max, Sum, Symbol, exp, log, loggamma, pi, sqrt, symbols, tanh
from tools import needs

import gdsym as gd
from gdsym.backends import engine
from gdsym.backends.engines import KNOWN, NEEDS

i, j, k, l, c = symbols("i j k l c", integer=True)
m, n, K, H = symbols("m n K H", integer=True, positive=True)
w, b, lam = symbols("w b lambda")
x, y, X, Y, W, U, V, T = (IndexedBase(s) for s in "x y X Y W U V theta".split())

ENGINES = ["numba", "jax", "dask"]
LOOPS = ["numba", "jax"]
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@dataclass(frozen=True)
class Case:
    """A cost with a start, data and a rate at which 50 steps stay finite."""

    cost: gd.Cost
    start: dict[Any, Any]
    data: dict[Any, Any]
    rate: float = 0.05


def _data() -> dict[str, Any]:
    rng = np.random.default_rng(3)
    Xs = rng.normal(size=(30, 3))
    return {
        "x": rng.normal(size=30), "y": rng.normal(size=30), "X": Xs, "hit": (rng.random(30) < 0.5).astype(float),
        "hot": np.eye(4)[rng.integers(0, 4, size=30)], "W": rng.normal(size=(3, 4)), "V": rng.normal(size=(4, 3)),
        "u": rng.normal(size=4),
    }  # fmt: skip


@cache
def cases() -> dict[str, Case]:
    d = _data()
    z = Sum(T[j] * X[i, j], (j, 1, n)) + b
    score = Sum(W[j, l] * X[i, j], (j, 1, n))
    hidden = Sum(U[j] * tanh(Sum(V[j, l] * X[i, l], (l, 1, n))), (j, 1, H)) - y[i]
    flat = {T: [0.1, -0.2, 0.3], b: 0.4}
    total = (i, 1, m)
    return {
        "line": Case(gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, total) / (2 * m), [w, b]), {w: 0, b: 0}, {x: d["x"], y: d["y"]}),
        "linear": Case(gd.Cost(Sum((z - y[i]) ** 2, total) / (2 * m), [T, b]), flat, {X: d["X"], y: d["y"]}),
        "ridge": Case(
            gd.Cost(Sum((z - y[i]) ** 2, total) / m + lam * Sum(T[j] ** 2, (j, 1, n)), [T, b]), flat,
            {X: d["X"], y: d["y"], lam: 0.1},
        ),
        "logistic": Case(gd.Cost(Sum(log(1 + exp(z)) - y[i] * z, total) / m, [T, b]), flat, {X: d["X"], y: d["hit"]}, 0.5),
        "softmax": Case(
            gd.Cost(
                Sum(log(Sum(exp(score), (l, 1, K))) - Sum(Y[i, l] * score, (l, 1, K)), total) / m, [W]
            ), {W: d["W"]}, {X: d["X"], Y: d["hot"]}, 0.5,
        ),
        "mae": Case(gd.Cost(Sum(Abs(w * x[i] + b - y[i]), total) / m, [w, b]), {w: 0, b: 0}, {x: d["x"], y: d["y"]}),
        "rosenbrock": Case(gd.Cost((1 - w) ** 2 + 100 * (b - w**2) ** 2, [w, b]), {w: -1.2, b: 1.0}, {}, 1e-4),
        "network": Case(gd.Cost(Sum(hidden**2, total) / m, [U, V]), {U: d["u"], V: d["V"]}, {X: d["X"], y: d["y"]}),
        "student": Case(
            gd.Cost(
                Sum((b + 1) / 2 * log(1 + (x[i] - w) ** 2 / b) + log(b * pi) / 2 + loggamma(b / 2) - loggamma((b + 1) / 2), total),
                [w, b],
            ), {w: 0, b: 3}, {x: d["x"]}, 1e-3,
        ),
    }  # fmt: skip


def same(found: Any, right: Any) -> None:
    """Equal to 1e-10 of the largest entry, or to 1e-12."""
    assert np.shape(found) == np.shape(right)
    assert np.max(np.abs(np.asarray(found) - right), initial=0.0) <= 1e-10 * np.max(np.abs(right), initial=0.0) + 1e-12


def same_run(found: Any, right: Any) -> None:
    assert (found.status, found.nit, found.nfev) == (right.status, right.nit, right.nfev)
    assert list(found.params) == list(right.params)
    for p in right.params:
        same(found.history.params[p], right.history.params[p])
        same(found.params[p], right.params[p])
    same(found.history.cost, right.history.cost)
    same(found.history.gradient_norm, right.history.gradient_norm)
    assert np.array_equal(found.history.step, right.history.step)
    assert np.allclose(found.history.rate, right.history.rate, rtol=1e-12, equal_nan=True)


@pytest.mark.parametrize("name", list(cases()))
@pytest.mark.parametrize("backend", ENGINES)
def test_value_and_gradient_equal_numpy(backend: str, name: str) -> None:
    needs(backend)
    case = cases()[name]
    value, slopes = case.cost.compile(backend=backend).value_and_gradient(case.start, case.data)
    right, theirs = case.cost.compile().value_and_gradient(case.start, case.data)
    same(value, right)
    assert type(value) is float and list(slopes) == list(theirs)
    for p in theirs:
        assert type(slopes[p]) is type(theirs[p])
        same(slopes[p], theirs[p])


@pytest.mark.parametrize("name", list(cases()))
@pytest.mark.parametrize("backend", ENGINES)
def test_fifty_steps_equal_numpy(backend: str, name: str) -> None:
    needs(backend)
    case = cases()[name]
    how: Any = {"learning_rate": case.rate, "maxiter": 50, "gtol": 0, "hoist": False}
    found = case.cost.descend(case.start, case.data, backend=backend, **how)
    assert found.nit == 50
    same_run(found, case.cost.descend(case.start, case.data, **how))


@pytest.mark.parametrize("backend", ENGINES)
def test_entries_in_several_rows_or_along_two_axes(backend: str) -> None:
    """A sum over every second entry, and a table of which two labels choose the entry."""
    needs(backend)
    strides = gd.Cost(Sum((y[i] - Sum(W[j] * x[2 * i + j - 2], (j, 1, n))) ** 2, (i, 1, m)), [W])
    rng = np.random.default_rng(4)
    data = {x: rng.normal(size=9), y: rng.normal(size=3)}
    pair = gd.Cost(Sum((w * X[U[i], V[i]] - y[i]) ** 2, (i, 1, m)), [w])
    table = {X: rng.normal(size=(3, 4)), U: [1, 3, 2], V: [4, 1, 2], y: data[y]}
    for cost, start, given in ((strides, {W: [0.5, -1.0, 2.0]}, data), (pair, {w: 2.0}, table)):
        value, slopes = cost.compile(backend=backend).value_and_gradient(start, given)
        right, theirs = cost.compile().value_and_gradient(start, given)
        same(value, right)
        for p in theirs:
            same(slopes[p], theirs[p])


@pytest.mark.parametrize("backend", ENGINES)
def test_bare_numbers(backend: str) -> None:
    """J = ((w + b - 3)^2 + (2 w + b - 5)^2)/4 at w = b = 0: J = 8.5, gradient (-6.5, -4)."""
    needs(backend)
    cost = cases()["line"].cost
    data = {x: [1, 2], y: [3, 5]}
    assert cost.compile(backend=backend).value_and_gradient({w: 0, b: 0}, data) == (8.5, {w: -6.5, b: -4.0})
    run = cost.descend({w: 0, b: 0}, data, learning_rate=0.1, maxiter=1, backend=backend)
    assert run.params == {w: 0.65, b: 0.4}
    bound = cost.compile(backend=backend).bind(data)
    assert bound.fun([0, 0]) == 8.5 and list(bound.jac([0, 0])) == [-6.5, -4.0]


@pytest.mark.parametrize("rule", [gd.Momentum(), gd.Nesterov(), gd.AdaGrad(), gd.RMSProp(), gd.Adam()], ids=str)
@pytest.mark.parametrize("backend", LOOPS)
def test_update_rules(backend: str, rule: Any) -> None:
    needs(backend)
    case = cases()["linear" if rule.name == "Adam" else "line"]
    how: Any = {"update": rule, "maxiter": 30, "learning_rate": 0.05}
    found = case.cost.descend(case.start, case.data, backend=backend, **how)
    same_run(found, case.cost.descend(case.start, case.data, **how))


RATES = {
    "expression": 0.1 / sqrt(Symbol("k") + 1),
    "function": lambda k: 0.1 / (k + 1),
    "by parameter": {w: 0.1, b: lambda k: 0.2 / (k + 2)},
}


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("backend", ENGINES)
def test_schedules(backend: str, rate: str) -> None:
    needs(backend)
    case = cases()["line"]
    how: Any = {"learning_rate": RATES[rate], "maxiter": 20, "hoist": False}
    found = case.cost.descend(case.start, case.data, backend=backend, **how)
    same_run(found, case.cost.descend(case.start, case.data, **how))


@pytest.mark.parametrize("how", [{"xtol": 1e-3}, {"ftol": 1e-4}, {"gtol": 0.5}, {"keep_every": 7}], ids=str)
@pytest.mark.parametrize("backend", LOOPS)
def test_stop_tests_and_thinning(backend: str, how: dict[str, Any]) -> None:
    needs(backend)
    case = cases()["line"]
    how = {"learning_rate": 0.05, "maxiter": 400, "hoist": False, **how}
    found = case.cost.descend(case.start, case.data, backend=backend, **how)
    same_run(found, case.cost.descend(case.start, case.data, **how))


@pytest.mark.parametrize("backend", LOOPS)
def test_batches_draw_the_same_samples(backend: str) -> None:
    needs(backend)
    case = cases()["logistic"]
    how: Any = {"batch": 7, "rng": 5, "maxiter": 25, "learning_rate": 0.1}
    found = case.cost.descend(case.start, case.data, backend=backend, **how)
    right = case.cost.descend(case.start, case.data, **how)
    same_run(found, right)
    assert list(found.history.epoch_step) == list(right.history.epoch_step)
    same(found.history.epoch_cost, right.history.epoch_cost)


@pytest.mark.parametrize("backend", ENGINES)
def test_divergence(backend: str) -> None:
    needs(backend)
    case = cases()["line"]
    run = case.cost.descend(case.start, case.data, learning_rate=50, backend=backend, hoist=False)
    right = case.cost.descend(case.start, case.data, learning_rate=50, hoist=False)
    assert run.status == "diverged" and run.message == right.message
    same_run(run, right)


@pytest.mark.parametrize("backend", ENGINES)
def test_not_a_number(backend: str) -> None:
    """J = w - 3 log w at w = 5, slope 0.4, rate 20: the first step leads to w = -3, where log is undefined."""
    needs(backend)
    cost = gd.Cost(w - 3 * log(w), [w])
    run = cost.descend({w: 5.0}, learning_rate=20, backend=backend)
    assert run.status == "nonfinite" and run.nit == 0 and run.params[w] == 5.0
    with pytest.raises(gd.GdsymError, match="start"):
        cost.descend({w: -1.0}, backend=backend)


@pytest.mark.parametrize("backend", ENGINES)
def test_callback_stops_at_its_row(backend: str) -> None:
    needs(backend)
    case, seen = cases()["line"], []

    def watch(step: int, params: Any) -> bool:
        seen.append((step, params["w"]))
        return step == 17

    run = case.cost.descend(case.start, case.data, callback=watch, backend=backend, maxiter=60, hoist=False)
    assert (run.status, run.nit, len(run.history)) == ("interrupted", 17, 18)
    assert [s for s, _ in seen] == list(range(18))
    assert [v for _, v in seen] == list(run.history.params[w])


@pytest.mark.parametrize("backend", LOOPS)
def test_a_rate_that_fails_ends_the_run_there(backend: str) -> None:
    needs(backend)
    case = cases()["line"]

    def rate(step: int) -> float:
        if step == 9:
            raise RuntimeError("no more")
        return 0.1

    run = case.cost.descend(case.start, case.data, learning_rate=rate, backend=backend, maxiter=60, hoist=False)
    right = case.cost.descend(case.start, case.data, learning_rate=rate, maxiter=60, hoist=False)
    assert run.status == "callback_error" and run.message == right.message
    same_run(run, right)


@pytest.mark.parametrize("backend", LOOPS)
def test_resume_goes_on_where_it_stopped(backend: str) -> None:
    needs(backend)
    case = cases()["logistic"]
    how: Any = {"update": gd.Adam(), "learning_rate": 0.1}
    first = case.cost.descend(case.start, case.data, maxiter=10, backend=backend, **how)
    second = case.cost.descend(case.start, case.data, maxiter=25, backend=backend, resume=first, **how)
    same_run(second, case.cost.descend(case.start, case.data, maxiter=25, **how))


def test_numba_hoists_quadratic_costs() -> None:
    needs("numba")
    for name in ("line", "linear"):
        case = cases()[name]
        how: Any = {"learning_rate": 0.1, "maxiter": 500}
        found = case.cost.descend(case.start, case.data, backend="numba", **how)
        right = case.cost.descend(case.start, case.data, **how)
        same_run(found, right)
        assert "over the data" in found.message and found.message.split(" (")[0] == right.message.split(" (")[0]


def test_numba_searches_and_updates_one_after_the_other() -> None:
    needs("numba")
    case = cases()["linear"]
    wrong = gd.UpdateRule(gd.GradientDescent().equations, simultaneous=False)
    for how in ({"learning_rate": "backtracking"}, {"update": wrong, "learning_rate": 0.05}):
        found = case.cost.descend(case.start, case.data, backend="numba", maxiter=30, **how)
        same_run(found, case.cost.descend(case.start, case.data, maxiter=30, **how))


def test_numba_source_is_one_loop_over_the_samples() -> None:
    needs("numba")
    case = cases()["line"]
    source = case.cost.compile(backend="numba").source
    assert source.count("for i in range(") == 1 and "    r = w*x[i] + b - y[i]\n" in source
    run = case.cost.descend(case.start, case.data, backend="numba", maxiter=3, hoist=False)
    assert run.source.count("for i in range(") == 1 and "@njit" in run.source and "np.dot" not in run.source


def test_numba_writes_its_loops_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call at sizes that were seen before is a call of the compiled function, nothing else."""
    from gdsym.backends import function

    needs("numba")
    written = []
    made = function.source
    monkeypatch.setattr(function, "source", lambda *about: written.append(about) or made(*about))
    code = cases()["line"].cost.compile(backend="numba")
    for count in (3, 4, 4, 3):
        value, _ = code.value_and_gradient({w: 1, b: 0}, {x: np.ones(count), y: np.zeros(count)})
        assert value == 0.5
    bound = code.bind({x: np.ones(4), y: np.zeros(4)})
    assert bound.fun(bound.flat({w: 1, b: 0})) == bound.fun(bound.flat({w: -1, b: 0})) == 0.5
    told = [about for about in written if about[0] is code.program]
    assert len(told) == 4  # the text of cost and slopes together and that of the cost alone, each with its trial


def test_numba_notices_nan_in_a_maximum() -> None:
    """Compiled comparisons must not lose NaN: max(0, nan) is nan, as in NumPy."""
    needs("numba")
    space: dict[str, Any] = {}
    from gdsym.backends.words import HELPERS

    for source in HELPERS.values():
        exec(f"import math\n{source}", space)
    nan = float("nan")
    assert all(np.isnan(space[f](a, o)) for f in ("maximum", "minimum") for a, o in ((0.0, nan), (nan, 0.0)))
    assert space["maximum"](1.0, 2.0) == 2.0 and space["minimum"](1.0, 2.0) == 1.0
    assert np.isnan(space["sign"](nan)) and [space["sign"](u) for u in (-3.0, 0.0, 2.0)] == [-1.0, 0.0, 1.0]
    cost = gd.Cost(Sum(Max(0, w * x[i] - log(w)), (i, 1, m)), [w])
    assert np.isnan(cost.compile(backend="numba").value({w: -1.0}, {x: [1.0, 2.0]}))


def test_dask_reads_chunks_and_agrees() -> None:
    needs("dask")
    da = importlib.import_module("dask.array")
    case = cases()["linear"]
    data = {X: da.from_array(case.data[X], chunks=(7, 3)), y: da.from_array(case.data[y], chunks=11)}
    for hoist in (True, False):
        run = case.cost.descend(case.start, data, learning_rate=0.1, maxiter=40, backend="dask", hoist=hoist)
        same_run(run, case.cost.descend(case.start, case.data, learning_rate=0.1, maxiter=40, hoist=hoist))
    with pytest.raises(gd.GdsymError, match="both run over"):
        case.cost.descend(case.start, {X: data[X], y: data[y][:20]}, backend="dask")


def test_dask_reads_a_quadratic_cost_a_few_times_only() -> None:
    needs("dask")
    da = importlib.import_module("dask.array")
    reads = []

    def block(part: Any) -> Any:
        reads.append(len(part))
        return part

    case = cases()["line"]
    xs = da.from_array(case.data[x], chunks=15).map_blocks(block, dtype=float, meta=np.empty(0))
    data = {x: xs, y: case.data[y]}
    run = case.cost.descend(case.start, data, learning_rate=0.1, maxiter=200, gtol=0, backend="dask")
    assert run.nit == 200 and len(reads) <= 2 * 10


def test_what_an_engine_cannot_do_is_said() -> None:
    case = cases()["line"]
    needs("dask")
    with pytest.raises(gd.Unsupported, match="mini-batches"):
        case.cost.descend(case.start, case.data, batch=3, backend="dask")
    needs("jax")
    with pytest.raises(gd.Unsupported, match="backtracking"):
        case.cost.descend(case.start, case.data, learning_rate="backtracking", backend="jax")


def test_jax_leaves_the_settings_alone() -> None:
    needs("jax")
    import jax
    import jax.numpy as jnp

    cases()["rosenbrock"].cost.compile(backend="jax").value({w: 0.0, b: 0.0})
    assert jnp.ones(1).dtype == jnp.float32 and not jax.config.jax_enable_x64


def test_unknown_engines_are_listed() -> None:
    with pytest.raises(gd.CostError, match="Unknown backend 'torch'; known: 'numpy', 'numba', 'jax', 'dask'"):
        cases()["line"].cost.compile(backend="torch")


@pytest.mark.parametrize("backend", ENGINES)
def test_an_engine_that_is_not_installed_says_how(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdsym.backends.engines.find_spec", lambda name: None)
    with pytest.raises(gd.CostError, match=rf'pip install "gdsym\[{backend}\]"'):
        engine(backend)
    assert set(NEEDS) == set(KNOWN) - {"numpy"}


def test_a_wrong_loop_is_refused() -> None:
    """The generated loops are tried as plain Python before Numba sees them."""
    from gdsym.backends.trial import tried

    needs("numba")
    compiled: Any = cases()["linear"].cost.compile(backend="numba")
    tried(compiled.program, compiled.source)
    for right, wrong in ((" - y[i]", " + y[i]"), ("range(n)", "range(n - 1)"), ("/m", "*m")):
        assert right in compiled.source
        with pytest.raises(gd.GdsymError, match="disagree"):
            tried(compiled.program, compiled.source.replace(right, wrong))


def test_data_that_are_widened_before_they_are_summed_over_parameters() -> None:
    needs("numba")
    c, v = np.random.default_rng(0).normal(size=(2, 4, 4))
    cost = gd.Cost("Sum(c[k, k]*Sum(v[l]/(1 + exp(-c[k, k])) + c[p + 1 - k, k], (l, 2, n)), (k, 1, p))", ["v"])
    given = {"v": v[0]}, {"c": c[:3, :3]}
    wide = c[:3, :3].diagonal()
    right = wide @ ((v[0, 1:, None] / (1 + np.exp(-wide))) + c[2::-1, :3].diagonal()).sum(axis=0)
    assert cost.compile().value(*given) == pytest.approx(right, rel=1e-12)
    assert cost.compile(backend="numba").value(*given) == pytest.approx(right, rel=1e-12)


def test_an_insight_of_chunked_data_is_that_of_whole_ones() -> None:
    if importlib.util.find_spec("dask") is None:
        pytest.skip("dask is not installed")
    import dask.array as da

    rng = np.random.default_rng(4)
    table, ys = rng.normal(size=(500, 3)), rng.normal(size=500)
    inner = Sum(V[j] * X[i, j], (j, 1, n))
    largest: list[int] = []

    def seen(block: Any) -> Any:
        largest.append(len(block))
        return block

    for cost, at in (
        (gd.Cost(Sum((inner - y[i]) ** 2, (i, 1, m)) / (2 * m), [V]), None),
        (gd.Cost(Sum(log(1 + exp(-y[i] * inner)), (i, 1, m)) / m, [V]), {V: np.ones(3)}),
    ):
        whole = cost.insight({X: table, y: ys}, at)
        chunks = da.from_array(table, chunks=(100, -1)).map_blocks(seen, dtype=float)
        parts = cost.insight({X: chunks, y: da.from_array(ys, chunks=100)}, at)
        assert (
            np.allclose(parts.hessian, whole.hessian, rtol=1e-13, atol=1e-15) and parts.convex is whole.convex is True
        )
        if at is None:
            assert np.allclose(parts.minimiser[V], whole.minimiser[V], rtol=1e-12)
            assert np.allclose(parts.closed_form.params[V], whole.closed_form.params[V], rtol=1e-12)
    assert max(largest) == 100
