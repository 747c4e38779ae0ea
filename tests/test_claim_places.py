"""Code of claims that changes arrays in places means what NumPy makes of it, or is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase, Sum, symbols
from tools import returned

import gdsym as gd

i, j, k, m, n = symbols("i j k m n", integer=True, positive=True)
x, y, w, U, X = map(IndexedBase, "x y w U X".split())
LINE = gd.Cost(Sum((Sum(X[i, j] * w[j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)), [w])
FIT = gd.Cost(Sum((x[i] - y[i]) ** 2, (i, 1, m)), [x])
FROM0 = gd.Cost(Sum((x[i] - y[i]) ** 2, (i, 0, m - 1)), [x])
THREE = gd.Cost(Sum((x[i] - y[i]) ** 2, (i, 0, 2)), [x])
CUBE = gd.Cost(Sum((U[i, j, k] - 1) ** 2, (i, 1, n), (j, 1, n), (k, 1, n)), [U])

CODE: list[tuple[gd.Cost, Any, str]] = [
    (FIT, x, "g = np.zeros_like(x)\ng[::-1] += 2*(x - y)\nreturn g"),
    (FIT, x, "g = np.zeros_like(x)\nd = 2*(x - y)\ng[::-1] = d[::-1]\nreturn g"),
    (FIT, x, "g = 2*(x - y)\ng[x > 0] += x[x > 0].sum() - x.sum()\nreturn g"),
    (FIT, x, "g = 2*(x - y)\ng[x > 0] += x[x > 0].sum() - (x*(x > 0)).sum()\nreturn g"),
    (FIT, x, "g = 2*(x - y)\ng[x > 0] += np.maximum(x[x > 0], 0) - x[x > 0].clip(0, None)\nreturn g"),
    (FIT, x, "g = 2*(x - y)\nh = g.copy()\ng[1:] += g[:-1]\ng[1:] -= h[:-1]\nreturn g"),
    (FIT, x, "g = 2*(x - y)\ng[1:] += g[:-1]\ng[1:] -= g[:-1]\nreturn g"),
    (FIT, x, "2*(x - y) + np.minimum(x, 1) - x.clip(None, 1)"),
    (FIT, x, "g = 2*(y - x)\ng = g[::-1]\ng *= -1\nreturn g[::-1]"),
    (FIT, x, "g = np.zeros(m + 1)\ng[1:] = x\nreturn 2*(x - y) + np.diff(g) - np.diff(x, prepend=0)"),
    (FROM0, x, "g = np.zeros(m + 2)\ng[1:-1] = x\nreturn 2*g[1:-1] - 2*y + np.pad(x, 1)[2:] - np.append(x, 0)[1:]"),
    (FROM0, x, "g = np.zeros(m + 1)\ng[1:] = x\nreturn 2*(x - y) + np.diff(g) + g[:-1]"),
    (FIT, x, "g = x - y\ng *= 2\nh = g[::-1]\nreturn h[::-1]"),
    (FIT, x, "s = np.where(x > y, 1, -1)\ns[x == y] = 0\nreturn 2*s*abs(x - y)"),
    (THREE, x, "g = 2*(x - y)\ng[:-2] += 1\ng[0] -= 1\nreturn g"),
    (THREE, x, "g = 2*(x - y)\ng[:-2] += 1\ng[:-1] -= 1\nreturn g"),
    (LINE, w, "r = X @ w - y\nreturn 2*sum(X*r[:, None])"),
    (LINE, w, "r = X @ w - y\nreturn 2*sum(X.T*r)"),
    (LINE, w, "r = X @ w - y\nreturn 2*X.T @ r + sum(sum(X)) - X.sum()"),
    (LINE, w, "r = X @ w - y\nreturn 2*X.T @ r + sum(X[X > 0]) - X[X > 0].sum()"),
    (LINE, w, "r = X @ w - y\nreturn 2*X.T @ r + sum(X[r > 0]) - X[r > 0].sum(axis=0)"),
    (LINE, w, "r = X @ w - y\nreturn 2*X.T @ r + np.flip(X)[0] - X[-1, ::-1]"),
    (LINE, w, "r = X @ w - y\nreturn 2*X.T @ r + np.flip(X)[0] - X[-1]"),
    (LINE, w, "r = X @ w - y\nA = X.copy()\nA[r > 0] *= 2\nreturn 2*A.T @ np.where(r > 0, r/2, r)"),
    (LINE, w, "r = X @ w - y\nA = 2*X\nA[r > 0] = X[r > 0]\nreturn A.T @ r"),
    (LINE, w, "r = X @ w - y\nA = 2*X\nA[r > 0] = 0\nreturn A.T @ r"),
    (CUBE, U, "g = 2*(U - 1)\ng[..., 0] += 1\ng[:, :, 0] -= 1\nreturn g"),
    (CUBE, U, "g = 2*(U - 1)\ng[..., 0] += 1\ng[:, 0, :] -= 1\nreturn g"),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "by", "claim"), CODE)
def test_the_verdict_is_that_of_numpy(cost: gd.Cost, by: Any, claim: str) -> None:
    rng = np.random.default_rng(5)
    arrays = {"x": np.array([1.5, -0.5, 0.75]), "y": rng.normal(size=3), "U": rng.normal(size=(3, 3, 3))}
    arrays |= {"X": rng.normal(size=(3, 3)), "w": rng.normal(size=3)}
    used = {str(symbol) for symbol in cost.expr.free_symbols} - {str(by)}
    data = {name: array for name, array in arrays.items() if name in used}
    slope = cost.compile().gradient({by: arrays[str(by)]}, data)[by]
    space: dict[str, Any] = {"np": np, "m": 3, **arrays}
    exec("\n".join(["def gradient():", *(f"    {line}" for line in returned(claim))]), space)
    verdict = cost.check({by: claim})
    assert verdict.ok == np.allclose(space["gradient"](), slope), verdict.message


@pytest.mark.parametrize(("claim", "said"), [
    ("g = 2*(x - y)\ng[::-1][0] = 2*(x[-1] - y[-1])\nreturn g[::-1]", "one pair of brackets"),
    ("g = 2*(x - y)\ng[x > 0] = 2*x[x > 0] - 2*y\nreturn g", "the same mask"),
    ("g = 2*(x - y)\nc = x.sum()\ng[x > 0] -= c[x > 0]\nreturn g", "the same mask"),
    ("g = np.zeros(m, dtype=int)\ng[:] = 2*(x - y)\nreturn g", "holds whole numbers"),
    ("g = (x > 0).astype(int)\ng[:] = 2*(x - y)\nreturn g", "holds whole numbers"),
    ("g = np.where(x > 0, 1, 0)\ng[0] = 0\ng[1:] = 2*(x - y)[1:]\nreturn g", "holds whole numbers"),
    ("g = (x > 0)\ng[:] = 2*(x - y)\nreturn g", "true and false"),
    ("r = x - y\nt = np.add(r, 1, out=r)\nreturn 2*r", "out= changes an array"),
    ("r = x - y\ng = r.flat\ng[0] = 0\nreturn 2*r", "one array in NumPy"),
    ("r = x - y\ng = r if m > 2 else y\ng[0] = 0\nreturn 2*r", "one array in NumPy"),
    ("r = x - y\ng = np.nan_to_num(r, copy=False)\ng += 1\nreturn 2*r", "one array in NumPy"),
    ("g = 2*(x - y)\ng[0], g[1] = g[1], g[0]\nreturn g", "places of one array"),
    ("r = x - y\ng = np.atleast_1d(r)\ng[0] = 0\nreturn 2*r", "one array in NumPy"),
    ("r = x - y\ng = r.astype(float, copy=False)\ng[0] = 0\nreturn 2*r", "one array in NumPy"),
])  # fmt: skip
def test_what_numpy_does_otherwise_is_refused(claim: str, said: str) -> None:
    with pytest.raises(gd.GdsymError, match=said):
        FIT.check({x: claim})
