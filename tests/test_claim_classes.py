"""Claims that are a class: its methods mean what Python makes of them, `self.w` is w, or they are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase, Sum, exp, symbols

import gdsym as gd

i, j, k, m, n, H = symbols("i j k m n H", integer=True, positive=True)
b, lam = symbols("b lam")
X, y, w, W, B, v = map(IndexedBase, "X y w W B v".split())
RIDGE = gd.Cost(Sum((Sum(X[i, j] * w[j], (j, 1, n)) + b - y[i]) ** 2, (i, 1, m)) / (2 * m) + lam * Sum(w[j] ** 2, (j, 1, n)) / 2, [w, b])  # fmt: skip
hidden = 1 / (1 + exp(-Sum(X[i, j] * W[j, k], (j, 1, n)) - B[k]))
NETWORK = gd.Cost(Sum((Sum(hidden * v[k], (k, 1, H)) - y[i]) ** 2, (i, 1, m)) / (2 * m), [W, B, v])

LINEAR = """
class Ridge:
    def __init__(self, lam, lr=0.01):
        self.lam = lam
        self.lr = lr
        self.w = None
        self.b = 0.0

    def predict(self, X):
        return X @ self.w + self.b

    def gradient(self, X, y):
        self.residual = self.predict(X) - y
        dw = X.T @ self.residual / len(y) + self.lam * self.w
        db = self.residual.mean()
        return dw, db

    def fit(self, X, y):
        while True:
            dw, db = self.gradient(X, y)
            self.w = self.w - self.lr * dw
        return self
"""
LAYERS = """
def sigmoid(z):
    return 1 / (1 + np.exp(-z))

class Net:
    def forward(self, X):
        self.z = X @ self.W + self.B
        self.h = sigmoid(self.z)
        return self.h @ self.v

    def backward(self, X, y):
        d = (self.forward(X) - y) / y.shape[0]
        dh = d[:, None] * self.v * self.h * (1 - self.h)
        return X.T @ dh, dh.sum(axis=0), self.h.T @ d
"""
CLAIMS = [(RIDGE, LINEAR, "gradient"), (NETWORK, LAYERS, "backward")]


@pytest.mark.parametrize(("cost", "claim", "method"), CLAIMS)
def test_methods_are_what_python_makes_of_them(cost: gd.Cost, claim: str, method: str) -> None:
    verdict = cost.check(claim)
    assert verdict.ok, verdict.message
    rng = np.random.default_rng(6)
    shapes = {"X": (4, 2), "y": 4, "w": 2, "W": (2, 3), "B": 3, "v": 3, "b": (), "lam": ()}
    space: dict[str, Any] = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    names: dict[str, Any] = {"np": np}
    exec(claim, names)
    made = next(value for value in names.values() if isinstance(value, type))
    net = object.__new__(made)
    net.__dict__.update(space)
    used = {str(s).partition("[")[0] for s in cost.expr.free_symbols} - {str(p) for p in cost.params}
    data = {name: space[name] for name in used if name in space}
    wanted = cost.compile().gradient({p: space[str(p)] for p in cost.params}, data)
    for param, part in zip(cost.params, getattr(net, method)(space["X"], space["y"]), strict=True):
        np.testing.assert_allclose(part, wanted[param], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    ("cost", "claim", "old", "new"),
    [
        (RIDGE, LINEAR, "residual.mean()", "residual.sum()"),
        (RIDGE, LINEAR, "self.w + self.b", "self.w - self.b"),
        (NETWORK, LAYERS, "self.h * (1 - self.h)", "self.z * (1 - self.z)"),
        (NETWORK, LAYERS, "np.exp(-z)", "np.exp(z)"),
    ],
)
def test_slips_are_found(cost: gd.Cost, claim: str, old: str, new: str) -> None:
    verdict = cost.check(claim.replace(old, new))
    assert (not verdict.ok and "wrong" in verdict.message) or verdict.parts[b].factor == m


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("self.lam = lam\n", "self.lam = 2*lam\n", "under the same name"),
        ("self.predict(X) - y", "self.gradient(X, y) - y", "calls itself"),
        ("def gradient(", "def step(", "which method is the gradient|one is that calls"),
        ("+ self.lam * self.w", "+ self.lam * np.asarray(self).w", "self is read in"),
        ("    def predict", "    rate = 0.1\n\n    def predict", "of a class, methods are read"),
        ("def gradient(self, X, y):", "def gradient(self, X, y):\n        w = 2 * self.w", "another meaning"),
    ],
)
def test_what_is_not_read_is_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(gd.GdsymError, match=said):
        RIDGE.check(LINEAR.replace(old, new))


def test_the_order_of_values_is_that_of_the_method_that_returns_them() -> None:
    order = LINEAR.replace("return dw, db", "return db, dw").replace(
        "dw, db = self.gradient(X, y)", "db, dw = self.gradient(X, y)"
    )
    assert RIDGE.check(order).ok
    assert RIDGE.check(LINEAR.replace("residual.mean()\n", "residual.mean()\n        w, b = self.w, self.b\n")).ok
