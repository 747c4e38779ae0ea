"""A cost keeps the sources of its runs: the second run is the first one's, and what differs is written anew."""

import numpy as np
import pytest
from sympy import IndexedBase, Sum, symbols

import gdsym as gd
from gdsym.descent.kept import MOST

w, b, k = symbols("w b k")
i, m = symbols("i m", integer=True, positive=True)
x, y = IndexedBase("x"), IndexedBase("y")
LINE = Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m)
DATA = {x: [1.0, 2.0, 4.0], y: [3.0, 5.0, 8.0]}
WAYS = [
    {},
    {"hoist": False},
    {"learning_rate": 0.02},
    {"learning_rate": 0.1 / (k + 2)},
    {"learning_rate": lambda k: 0.1 / (k + 3)},
    {"learning_rate": {w: 0.02, b: 0.03}},
    {"learning_rate": "backtracking"},
    {"update": gd.Momentum(0.5)},
    {"update": gd.Momentum(0.25)},
    {"update": gd.Adam()},
    {"update": gd.GradientDescent(simultaneous=False)},
    {"gtol": 0},
    {"xtol": 1e-5},
    {"ftol": 1e-5},
    {"batch": 2, "rng": 1},
    {"callback": lambda k, params: k == 4},
]


def outcome(cost, **how):
    run = cost.descend({w: 0, b: 0}, DATA, maxiter=40, **how)
    return run.source, run.status, run.message, run.nit, run.x.tolist(), run.history.cost.tolist()


def test_one_cost_for_all_ways_runs_as_a_new_cost_for_each():
    cost = gd.Cost(LINE, [w, b])
    alone = [outcome(gd.Cost(LINE, [w, b]), **how) for how in WAYS]
    for _ in range(2):
        assert [outcome(cost, **how) for how in WAYS] == alone
    assert len({a[0] for a in alone}) > 12


def test_other_sizes_are_other_blocks():
    cost, rng = gd.Cost(Sum((w * x[i] - y[i]) ** 2, (i, 1, m)) / m, [w]), np.random.default_rng(1)
    for count in (10, 1000, 10, 4 << 20, 10):
        xs = rng.normal(size=count)
        run = cost.descend({w: 0}, {x: xs, y: 2 * xs}, learning_rate=0.1, maxiter=3, gtol=0, hoist=False)
        assert run.params[w] == pytest.approx(2 - 2 * np.prod([1 - 0.2 * float(xs @ xs) / count] * 3))
        assert ("blocks" in run.source) == (count > 1 << 20)


def test_few_sources_are_kept():
    cost = gd.Cost((w - 3) ** 2, [w])
    for rate in range(1, 2 * MOST):
        cost.descend({w: 0}, learning_rate=rate / 1000, maxiter=2)
    assert len(cost._numeric._sources._made) == MOST
