"""Claims with a column of ones, `np.c_[X, np.ones(m)]`, parameters in one array, and gradients as one array: as NumPy puts them together."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from claim_runs import compared, drawn, gradient_beside, ran
from sympy import IndexedBase, Sum, exp, log, symbols

import gdsym as gd

i, j, k, m, n, K = symbols("i j k m n K", integer=True, positive=True)
a, b = symbols("a b")
x, y, w, X, phi, mu, U = map(IndexedBase, "x y w X phi mu U".split())
z = Sum(X[i, j] * w[j], (j, 1, n)) + b
LINE = gd.Cost(Sum((a * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [a, b])
LOGISTIC = gd.Cost(Sum(log(1 + exp(z)) - y[i] * z, (i, 1, m)) / m, [w, b])
MIXED = gd.Cost(-Sum(log(Sum(phi[k] * exp(-((x[i] - mu[k]) ** 2) / 2), (k, 1, K))), (i, 1, m)), [mu])

RIGHT: list[tuple[gd.Cost, Any, str]] = [
    (LOGISTIC, w, "A = np.c_[X, np.ones(m)]\np = 1/(1 + np.exp(-A @ np.r_[w, b]))\ng = A.T @ (p - y)/m\nreturn g[:-1]"),
    (LOGISTIC, b, "A = np.column_stack((np.ones(m), X))\np = 1/(1 + np.exp(-A @ np.concatenate([[b], w])))\ng = A.T @ (p - y)/m\nreturn g[0]"),
    (LOGISTIC, w, "A = np.hstack([np.ones((m, 1)), X])\np = 1/(1 + np.exp(-A.dot(np.append(b, w))))\nreturn (A.T.dot(p - y)/m)[1:]"),
    (LOGISTIC, w, "A = np.concatenate((X, np.ones((m, 1))), axis=1)\np = 1/(1 + np.exp(-(A*np.hstack([w, b])).sum(axis=1)))\nreturn (A*(p - y)[:, None]).mean(axis=0)[:-1]"),
    (LOGISTIC, w, "A = np.vstack([X.T, np.ones(m)])\np = 1/(1 + np.exp(-np.r_[w, b] @ A))\nreturn (A @ (p - y)/m)[:-1]"),
    (LOGISTIC, b, "s = b\ns += 1\nreturn (1/(1 + np.exp(-X @ w - s + 1)) - y).mean()"),
    (LOGISTIC, w, "g = np.zeros_like(w, dtype=float)\nfor i in range(m):\n    s = b\n    for j in range(n): s += w[j]*X[i, j]\n    g += (1/(1 + np.exp(-s)) - y[i])*X[i]\nreturn g/m"),
    (MIXED, mu, "r = np.empty((m, K))\nfor i in range(m):\n    for k in range(K):\n        r[i, k] = phi[k]*np.exp(-(x[i] - mu[k])**2/2)\n    r[i] /= r[i].sum()\nreturn r.sum(axis=0)*mu - r.T @ x"),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "by", "claim"), RIGHT)
def test_what_is_read_is_what_python_runs(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert verdict.ok, verdict.message
    found, wanted = gradient_beside(cost, by, claim, phi=np.array([0.2, 0.5, 0.3]))
    np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12)


ONE_ARRAY = [
    "A = np.column_stack([x, np.ones(len(x))])\nr = A @ np.array([a, b]) - y\nreturn A.T @ r/len(y)",
    "g = np.zeros(2)\nfor i in range(m):\n    e = a*x[i] + b - y[i]\n    g[0] += e*x[i]\n    g[1] = g[1] + e\nreturn g/m",
    "X = np.hstack([x.reshape(-1, 1), np.ones((len(x), 1))])\ng = X.transpose().dot(X.dot(np.array([a, b])) - y)/m\nda, db = g[0], g[1]\nreturn da, db",
    "da = db = 0\nfor s, t in zip(x, y):\n    e = a*s + b - t\n    da += e*s/m\n    db += e/m\nreturn da, db",
]


@pytest.mark.parametrize("claim", ONE_ARRAY)
def test_one_array_is_a_gradient_by_numbers(claim: str) -> None:
    verdict = LINE.check(claim)
    assert verdict.ok and len(verdict.parts) == 2, verdict.message
    rng = np.random.default_rng(2)
    data = {"x": rng.normal(size=4), "y": rng.normal(size=4)}
    wanted = LINE.compile().gradient({a: 0.3, b: -0.4}, data)
    np.testing.assert_allclose(ran(claim, {"m": 4, "a": 0.3, "b": -0.4, **data}), [wanted[a], wanted[b]], rtol=1e-12)


@pytest.mark.parametrize(("number", "old", "new"), [(0, "[x, np.ones(len(x))]", "[np.ones(len(x)), x]"), (1, "e*x[i]", "e"), (2, "+", "-"), (3, "e*s/m", "e*s")])  # fmt: skip
def test_slips_are_found(number: int, old: str, new: str) -> None:
    claim = ONE_ARRAY[number]
    verdict = LINE.check(claim.replace(old, new) if number != 2 else claim.replace("- y", "+ y"))
    assert not verdict.ok and "refused" not in verdict.message


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("return a*x + b - y", "an array of length m, the cost has 2 parameters"),
        ("return (a*x + b - y).mean()", "a number, the cost has 2 parameters"),
        ("return np.zeros(3)", "an array of length 3, the cost has 2 parameters"),
        ("A = np.concatenate((x, np.ones((m, 1))), axis=1)\nreturn A.T @ y", "not put together"),
        ("A = np.concatenate((x[:, None], np.ones((3, 1))), axis=1)\nreturn A.T @ y", "but for one axis"),
        ("A = np.concatenate((x, y), axis=1)\nreturn A.T @ y", "no such axis"),
        ("A = np.c_[x, 1:3]\nreturn A.T @ y", "np.c_"),
        ("A = np.append(x[:, None], np.ones((m, 1)))\nreturn A", "np.append"),
        ("s = x\ns += 1\nreturn x.sum(), s.sum()", "one array in NumPy"),
        ("b = x\ns = b\ns += 1\nreturn x.sum(), s.sum()", "one array in NumPy"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused(claim: str, said: str) -> None:
    with pytest.raises(gd.GdsymError, match=said):
        LINE.check(claim)


RANDOM = gd.Cost(Sum((Sum(X[i, j] * w[j], (j, 1, n)) + x[i] - y[i]) ** 2, (i, 1, m)), [w])


SIZES = ((1, 1), (2, 3), (3, 2))


class Programs:
    """Random arrays side by side and one below the other, of which entries, slices, sums and products are taken."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def whole(self) -> str:
        pick = self.draw.choice
        columns = [
            pick(["X", "x[:, None]", "np.ones((m, 1))", "2*X", "y.reshape(-1, 1)", "x", "y"])
            for _ in range(self.draw.randint(1, 3))
        ]
        tall = [part for part in columns if part not in ("x", "y")] or ["X"]
        side = pick([f"np.column_stack(({', '.join(columns)},))", f"np.c_[{', '.join(columns)}, x]", f"np.hstack([{', '.join(tall)}])",
                     f"np.concatenate(({', '.join(tall)},), axis={pick('1-')}1)".replace("11", "1")])  # fmt: skip
        below = f"np.vstack(({', '.join(pick(['X', 'w', 'np.ones(n)', 'X[::-1]']) for _ in range(self.draw.randint(1, 3)))},))"
        row = f"np.{pick(['concatenate', 'hstack'])}(([2], {pick('xyw')}, {pick('xyw')}))"
        lines = [f"A = {side}", f"B = {below}", f"c = {row}", f"d = np.r_[{pick('xyw')}, 3, {pick('xyw')}]"]
        take = ["(A.T @ y)[0]", "(A.T @ x)[-1]", "A.sum()", "(A*A).sum(axis=1) @ y", "A[0].sum()", "A[:, -1] @ x", "(B @ w).sum()", "(B*w).sum(axis=0) @ w",
                "B[-1] @ w", "c.sum()", "c[0] + c[-1]", "(d*d).sum()", "(A @ (A.T @ x)) @ y", "d[1:].sum()", "(A.T @ y)[:-1].sum()", "np.einsum('ij,ik->jk', A, A)[0].sum()"]  # fmt: skip
        return "\n".join([*lines, f"return {pick(take)} + 2*{pick(take)} - {pick(take)}"])


@pytest.mark.parametrize("seed", range(4))
def test_random_arrays_are_put_together_as_by_numpy(seed: int) -> None:
    assert compared(RANDOM.partial(w), Programs(seed).whole, 40, drawn(SIZES, rows="xy", columns="w", tables="X")) > 12
