"""Lists in the code of claims, `[f(i) for i in range(n)]`, `g.append(u)`, `[0]*n`, `np.array([u, v])`: as Python has them, or refused."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from claim_runs import compared, gradient_beside
from sympy import IndexedBase, KroneckerDelta, Sum, symbols

import gdsym as gd

i, j, k, t, m, n, K = symbols("i j k t m n K", integer=True, positive=True)
lam = symbols("lambda", positive=True)
X, y, w, x, mu, c, v, R = map(IndexedBase, "X y w x mu c v R".split())
z = Sum(X[i, j] * w[j], (j, 1, n))
RIDGE = gd.Cost(Sum((z - y[i]) ** 2, (i, 1, m)) / (2 * m) + lam / 2 * Sum(w[j] ** 2, (j, 1, n)), [w])
MEANS = gd.Cost(Sum(KroneckerDelta(c[i], k) * (x[i] - mu[k]) ** 2, (i, 1, m), (k, 1, K)) / 2, [mu])
LAGS = gd.Cost(Sum((x[t] - w[1] * x[t - 1] - w[2] * x[t - 2]) ** 2, (t, 3, m)) / m, [w])

RIGHT: list[tuple[gd.Cost, Any, str]] = [
    (RIDGE, w, "r = [np.dot(X[i], w) - y[i] for i in range(m)]\nreturn np.array([sum(r[i]*X[i, j] for i in range(m))/m + lam*w[j] for j in range(n)])"),
    (RIDGE, w, "r = np.array([a @ w - b for a, b in zip(X, y)])\nreturn X.T @ r/m + lam*w"),
    (RIDGE, w, "g = []\nfor j in range(n):\n    s = 0\n    for i in range(m):\n        s += (X[i] @ w - y[i])*X[i, j]\n    g.append(s/m + lam*w[j])\nreturn np.array(g)"),
    (RIDGE, w, "rows = []\nfor a, b in zip(X, y):\n    rows.append((a @ w - b)*a)\nreturn np.mean(rows, axis=0) + lam*w"),
    (RIDGE, w, "return sum([(X[i] @ w - y[i])*X[i] for i in range(m)])/m + lam*w"),
    (RIDGE, w, "return np.mean([(X[i] @ w - y[i])*X[i] for i in range(m)], axis=0) + lam*w"),
    (RIDGE, w, "g = [0]*n\nfor j in range(n):\n    for i in range(m):\n        g[j] += (X[i] @ w - y[i])*X[i, j]/m\n    g[j] += lam*w[j]\nreturn np.array(g)"),
    (RIDGE, w, "g = [0.0 for _ in range(n)]\nfor j in range(n):\n    g[j] = (X @ w - y) @ X[:, j]/m + lam*w[j]\nreturn g"),
    (RIDGE, w, "p = []\nfor i in range(m):\n    row = []\n    for j in range(n):\n        row.append(X[i, j]*w[j])\n    p.append(sum(row))\nreturn X.T @ (np.array(p) - y)/m + lam*w"),
    (MEANS, mu, "return np.array([np.sum(mu[k] - x[c == k]) for k in range(K)])"),
    (MEANS, mu, "g = []\nfor k in range(K):\n    g.append((mu[k] - x)[c == k].sum())\nreturn np.asarray(g)"),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "by", "claim"), RIGHT)
def test_lists_become_arrays(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert verdict.ok, verdict.message
    found, wanted = gradient_beside(cost, by, claim.replace("lam", "0.7"))
    np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12)


def test_two_numbers_are_an_array() -> None:
    e = "e = x[2:] - w[0]*x[1:-1] - w[1]*x[:-2]\n"
    assert LAGS.check({w: e + "return -2/m*np.array([np.sum(e*x[1:-1]), np.sum(e*x[:-2])])"}).ok
    assert LAGS.check({w: e + "return -2/m*np.stack([x[1:-1], x[:-2]]) @ e"}).ok
    assert not LAGS.check({w: e + "return -2/m*np.array([np.sum(e*x[:-2]), np.sum(e*x[1:-1])])"}).ok


LIST = "list of Python"


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("g = [w[j] for j in range(n)]\nreturn 2*g", LIST),
        ("g = [w[j] for j in range(n)]\nreturn g + g", LIST),
        ("g = [w[j] for j in range(n)]\nreturn -g", LIST),
        ("g = [w[j] for j in range(n)]\nreturn g/m", LIST),
        ("g = [w[j] for j in range(n)]\nreturn g.sum()*w", LIST),
        ("g = [w[j] for j in range(n)]\nreturn g.T", LIST),
        ("g = [w[j] for j in range(n)]\nreturn w*(g > 0)", LIST),
        ("g = [w[j] for j in range(n)]\nreturn g[w > 0]", LIST),
        ("g = [X[i] for i in range(m)]\nreturn 2*(g if m > 2 else g)", LIST),
        ("g = [[X[i, j] for j in range(n)] for i in range(m)]\nreturn 2*g[0]", LIST),
        ("g = [[X[i, j] for j in range(n)] for i in range(m)]\nreturn sum(g)", LIST),
        ("g = [[X[i, j] for j in range(n)] for i in range(m)]\ns = 0*w\nfor row in g:\n    s += 2*row\nreturn s", LIST),
        ("g = [0]*n\ng += w\nreturn g", LIST),
        ("g = [0]*n\nfor i in range(m):\n    g += X[i]\nreturn g", LIST),
        ("g = [0]*n\ng *= 2\nreturn g", LIST),
        ("g = [0]*n\ng[:] = w\nreturn g", LIST),
        ("g = [0]*n\nfor j in range(n):\n    g[j] += w[j]\nreturn 2*g", LIST),
        ("g = [w[j] for j in range(n)]\ng[0] = 1\nreturn 2*g", LIST),
        ("g = []\nfor j in range(n):\n    g.append(w[j])\n    g.append(w[j])\nreturn g", "one append in each run"),
        ("g = []\nfor j in range(n):\n    if w[j] > 0:\n        g.append(w[j])\nreturn g", "one append in each run"),
        ("g = []\nfor j in range(n):\n    if w[j] > 0: continue\n    g.append(w[j])\nreturn g", "one append in each run"),
        ("g = []\nfor i in range(m):\n    for j in range(n):\n        g.append(w[j])\nreturn g", "one append in each run"),
        ("g = []\nfor j in range(n):\n    g.append(w[j] + len(g))\nreturn np.array(g)", "changes from one run"),
        ("g = [w[0]]\ng.append(w[1])\nreturn g", "filled in a loop"),
        ("g = [s for s in w if s > 0]\nreturn np.array(g)", "no `if`"),
        ("g = [X[i, :i] for i in range(m)]\nreturn np.array(g)", "cannot be read|differ in length"),
        ("g = np.array([1, 2])\ng[0] = 0.5\nreturn g*w", "cuts off"),
        ("g = np.array([0 for j in range(n)])\nfor j in range(n): g[j] = w[j]/2\nreturn g", "cuts off"),
        ("g = [0]*n\nfor j in range(n): g[j] = 1\nh = np.array(g)\nfor j in range(n): h[j] = w[j]/2\nreturn h", "cuts off"),
        ("np.array([w, X])", "must be alike"),
    ],
)  # fmt: skip
def test_what_lists_do_otherwise_is_refused(claim: str, said: str) -> None:
    with pytest.raises(gd.GdsymError, match=said):
        RIDGE.check({w: claim})


RANDOM = gd.Cost(Sum(X[i, j] * v[j] * R[i, j], (i, 1, m), (j, 1, n)) + Sum((x[i] - y[i]) ** 2, (i, 1, m)), [v])


class Programs:
    """Random code that makes lists, and uses them as arrays and otherwise."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def whole(self) -> str:
        pick = self.draw.choice
        lines = ["q = 0.5", *self.made("a", "i", "m"), *self.made("b", "j", "n")]
        for _ in range(self.draw.randint(1, 3)):
            lines += pick((["q += np.sum(a)"], ["q -= np.array(b) @ v"], ["q += a[0]*len(b)"], ["q += sum(b)"], ["q -= np.dot(x, a)"],
                           ["for s, t in zip(a, x):", "    q += s*t"], ["for i in range(m):", "    a[i] += x[i]"], ["a[0] = 3.5"],
                           ["b = np.array(b)", "b *= 2"], ["q += (x + a).sum()"], ["q += (2*a)[0]"], ["q += sum(b + b)"],
                           ["T = [u*x for u in b]", "q += np.sum(T)", "q += (np.array(T) @ y)[0]", "q -= sum(T) @ y"],
                           ["q += np.max([1, 2])"], ["q += np.array([q, 2, x[0]])[1:].sum()"], ["q += np.stack([x, y]).sum(axis=0) @ x"],
                           ["for i in range(m):", "    a[i] = x[i] - 1"], ["q += a[-1] - b[0]"], ["q += sum(a[1:])"], ["h = x + a", "q += h[0]"],
                           ["T = [[x[i]*v[j] for j in range(n)] for i in range(m)]", "q += np.sum(T)", "q += T[0][0]"]))  # fmt: skip
        return "\n".join([*lines, f"return {pick(['q', 'q + sum(a)', 'q*np.sum(b)', 'q + np.mean(a)'])}"])

    def made(self, name: str, letter: str, count: str) -> list[str]:
        pick = self.draw.choice
        entry = pick(
            [f"x[{letter}]*y[{letter}]", f"X[{letter}] @ v", "2.5"]
            if count == "m"
            else [f"v[{letter}]", f"X[:, {letter}] @ x", "1.5"]
        )
        return pick((
            [f"{name} = [{entry} for {letter} in range({count})]"],
            [f"{name} = []", f"for {letter} in range({count}):", f"    {name}.append({entry})"],
            [f"{name} = []", f"for {letter} in range({count}):", f"    s = {entry}", "    q += s", f"    {name}.append(s - 1)"],
            [f"{name} = [0.5]*{count}"],
            [f"{name} = [0]*{count}", f"for {letter} in range({count}):", f"    {name}[{letter}] += {entry}"],
        ))  # fmt: skip


def drawn(draw: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for rows, columns in ((1, 2), (2, 1), (3, 2)):
        rng = np.random.default_rng(draw)
        shapes = {"x": rows, "y": rows, "v": columns, "X": (rows, columns), "R": (rows, columns)}
        data = {"m": rows, "n": columns, **{name: rng.normal(size=shape) for name, shape in shapes.items()}}
        yield data, data


@pytest.mark.parametrize("seed", range(4))
def test_random_lists_mean_what_python_makes_of_them(seed: int) -> None:
    assert compared(RANDOM.partial(v), Programs(seed).whole, 100, drawn) > 25
