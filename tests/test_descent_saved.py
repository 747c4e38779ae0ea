"""Saved runs: exact, explained after loading, and nothing else than a saved run is read."""

from __future__ import annotations

import base64
import json
import random
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase, KroneckerDelta, MatrixSymbol, Sum, Symbol, exp, log, sqrt, symbols

import gdsym as gd

w, b, lam = symbols("w b lambda")
k = Symbol("k")
i, j, m, n, K, s = symbols("i j m n K s", integer=True, positive=True)
x, y, X, v, W, c = (IndexedBase(letter) for letter in ("x", "y", "X", "v", "W", "c"))
LINE = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
PAIR = {x: [1, 2], y: [300, 500]}
SCORE = Sum(W[k, j] * X[i, j], (j, 1, n))
SHARE = exp(SCORE) / Sum(exp(SCORE.subs(k, s)), (s, 1, K))
A, t, u = MatrixSymbol("X", m, n), MatrixSymbol("y", m, 1), MatrixSymbol("w", n, 1)
ROWS = [[1.0, 2], [3, 4], [5, 7]]

RUNS: dict[str, Any] = {
    "line": (LINE, {w: 0, b: 0}, PAIR, {}),
    "Adam": (LINE, {w: 0, b: 0}, PAIR, {"update": "adam", "learning_rate": 0.1 / (1 + k)}),
    "rates": (LINE, {w: 0, b: 0}, PAIR, {"learning_rate": {w: 0.01, b: lambda k: 0.1 / (k + 1)}}),
    "backtracking": (LINE, {w: 0, b: 0}, PAIR, {"learning_rate": "backtracking"}),
    "one after the other": (LINE, {w: 0, b: 0}, PAIR, {"update": gd.GradientDescent(simultaneous=False)}),
    "own rule": (
        LINE, {w: 0, b: 0}, PAIR,
        {"update": gd.UpdateRule({"v": Symbol("v") / 2 + Symbol("g"), "theta": Symbol("theta") - Symbol("alpha") * Symbol("v")},
                                 start={"v": 0}, name="half")},
    ),
    "ridge": (
        gd.Cost(Sum((Sum(v[j] * X[i, j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)) / m + lam * Sum(v[j] ** 2, (j, 1, n)), [v]),
        {v: [0.0, 0]}, {X: ROWS, y: [1, 2, 4], lam: 0.1}, {"learning_rate": 1e-3},
    ),
    "softmax": (
        gd.Cost(-Sum(Sum(KroneckerDelta(c[i], k) * log(SHARE), (k, 1, K)), (i, 1, m)) / m, [W]),
        {W: np.zeros((3, 2))}, {X: ROWS, c: [1, 3, 2]}, {},
    ),
    "matrix": (gd.Cost((A * u - t).T * (A * u - t), [u]), {u: np.zeros((2, 1))}, {A: ROWS, t: [[1.0], [2], [4]]}, {"learning_rate": 1e-3}),
    "real symbol": (gd.Cost((Symbol("q", real=True) - 3) ** 2, [Symbol("q", real=True)]), {"q": 0}, None, {"update": "momentum"}),
}  # fmt: skip


def made(name: str, **more: Any) -> gd.Descent:
    cost, start, data, how = RUNS[name]
    return cost.descend(start, data, **{"maxiter": 5, "gtol": 0, **how, **more})


@pytest.mark.parametrize("name", RUNS)
def test_a_loaded_run_explains_its_steps_and_goes_on(name: str, tmp_path: Path) -> None:
    first = made(name)
    first.save(tmp_path / "run.json")
    again = gd.load(tmp_path / "run.json")
    for step in range(5):
        assert again.explain(step).text == first.explain(step).text
        assert again.explain(step).latex == first.explain(step).latex
    whole, rest = made(name, maxiter=11), made(name, maxiter=11, resume=again)
    for column, other in zip(rest.history.columns, whole.history.columns, strict=True):
        assert np.array_equal(column.array(), other.array())
    assert np.array_equal(rest.jac, whole.jac)
    rest.save(tmp_path / "run.json")
    assert gd.load(tmp_path / "run.json").explain(10).text == whole.explain(10).text


def test_numbers_stay_exact(tmp_path: Path) -> None:
    """Minus 0, subnormal and huge numbers."""
    cost = gd.Cost(w**2 * 0 + 3 * b - 3 * b + (w - b) ** 2 * 1e-300, [w, b])
    for start in ({w: -0.0, b: 5e-324}, {w: 1.7e308, b: -1.7e308}, {w: 0.1 + 0.2, b: -0.0}):
        run = cost.descend(start, maxiter=0, gtol=0) if abs(start[w]) < 1 else gd.Cost(w + b).descend(start, maxiter=0)
        run.save(tmp_path / "run")
        again = gd.load(tmp_path / "run")
        for p in (w, b):
            assert np.float64(again.params[p]).tobytes() == np.float64(start[p]).tobytes()
            assert again.history.params[p].tobytes() == run.history.params[p].tobytes()


def test_every_truncated_file_is_refused(tmp_path: Path) -> None:
    made("Adam").save(tmp_path / "run")
    whole = (tmp_path / "run").read_bytes()
    for end in [*range(60), *range(60, len(whole) - 1, max(1, len(whole) // 40))]:
        (tmp_path / "cut").write_bytes(whole[:end])
        with pytest.raises(gd.GdsymError) as caught:
            gd.load(tmp_path / "cut")
        assert len(str(caught.value)) <= 600


def test_damaged_and_hostile_files_give_an_error_or_a_run(tmp_path: Path) -> None:
    """Any one value replaced: a typed error, or a run whose explanation refuses or is that of its own formulas."""
    made("Adam").save(tmp_path / "run")
    whole = json.loads((tmp_path / "run").read_text())
    rng = random.Random(3)
    places = list(_places(whole))
    for _ in range(300):
        damaged = json.loads(json.dumps(whole))
        path = rng.choice(places)
        part = damaged
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = rng.choice([None, -1, 10**9, "x", [], {}, 1.5, True, "__import__('os')", [[]], "0x1p-3"])
        if rng.random() < 0.3:
            del part[path[-1]]
        (tmp_path / "bad").write_text(json.dumps(damaged))
        assert len(looked_at(tmp_path / "bad")) <= 600


def looked_at(path: Path) -> str:
    """The error that the file makes, or nothing; any other exception passes through."""
    try:
        run = gd.load(path)
        str(run), run.x, run.fun, run.explain(1).text
        run.save(path.with_suffix(".again"))
        made("Adam", maxiter=11, resume=run)
    except gd.GdsymError as error:
        return str(error)
    return ""


def _places(value: Any, at: tuple[Any, ...] = ()) -> Any:
    if at:
        yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        yield from _places(part, (*at, key))


def test_a_small_file_cannot_unpack_to_a_large_array(tmp_path: Path) -> None:
    made("line").save(tmp_path / "run")
    whole = json.loads((tmp_path / "run").read_text())
    bomb = base64.b64encode(zlib.compress(bytes(50_000_000), 9)).decode()
    whole["columns"][0]["bytes"] = bomb
    (tmp_path / "bomb").write_text(json.dumps(whole))
    with pytest.raises(gd.GdsymError, match="its shape needs 48"):
        gd.load(tmp_path / "bomb")
    whole["columns"][0]["shape"] = [10**12]
    (tmp_path / "bomb").write_text(json.dumps(whole))
    with pytest.raises(gd.GdsymError, match="damaged run"):
        gd.load(tmp_path / "bomb")


def test_formulas_of_another_cost_are_noticed(tmp_path: Path) -> None:
    made("line").save(tmp_path / "run")
    gd.Cost(Sum((w * x[i] + b - y[i]) ** 4, (i, 1, m)), [w, b]).descend(
        {w: 0, b: 0}, PAIR, maxiter=1, gtol=0, learning_rate=1e-12
    ).save(tmp_path / "other")
    whole, other = (json.loads((tmp_path / name).read_text()) for name in ("run", "other"))
    (tmp_path / "mixed").write_text(json.dumps({**whole, "carried": other["carried"]}))
    with pytest.raises(gd.GdsymError, match="do not belong together"):
        gd.load(tmp_path / "mixed").explain(1)
    with pytest.raises(gd.GdsymError, match="cannot be read"):
        gd.load(tmp_path / "nowhere")


def test_large_data_are_left_out(tmp_path: Path) -> None:
    data = {x: np.arange(1_100_000.0), y: np.zeros(1_100_000)}
    LINE.descend({w: 0, b: 0}, data, maxiter=1, gtol=0).save(tmp_path / "run")
    assert (tmp_path / "run").stat().st_size < 100_000
    with pytest.raises(gd.GdsymError, match="run it again"):
        gd.load(tmp_path / "run").explain(0)


def test_sqrt_decay_comes_back(tmp_path: Path) -> None:
    run = LINE.descend({w: 0, b: 0}, PAIR, learning_rate=0.1 / sqrt(k + 1), update="adagrad", maxiter=9, gtol=0)
    run.save(tmp_path / "run")
    assert gd.load(tmp_path / "run").explain(8).text == run.explain(8).text


def test_going_on_needs_no_start() -> None:
    w = symbols("w")
    cost = gd.Cost((w - 3) ** 2, [w])
    part = cost.descend({w: 0}, maxiter=5, gtol=0)
    whole = cost.descend({w: 0}, maxiter=9, gtol=0)
    assert list(cost.descend(resume=part, maxiter=9, gtol=0).history.cost) == list(whole.history.cost)
    with pytest.raises(gd.GdsymError, match="No value is given for the parameter w"):
        cost.descend(maxiter=9)
