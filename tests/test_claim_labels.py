"""Claims with labels as code has them, `P[i, c[i]] -= 1`, `np.add.at(g, c, v)`, `c == k`: counted from 0, or all of them from 1."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from claim_runs import compared, ran
from sympy import IndexedBase, Sum, exp, log, symbols
from tools import returned

import gdsym as gd

i, j, k, m, n, K, p = symbols("i j k m n K p", integer=True, positive=True)
S, W, X, U, V, v, x, y, c, a, b = map(IndexedBase, "S W X U V v x y c a b".split())
Z = Sum(X[i, j] * W[j, k], (j, 1, p))
SHARES = gd.Cost(Sum(log(Sum(exp(S[i, k]), (k, 1, K))) - S[i, c[i]], (i, 1, n)), [S])
FROM_0 = gd.Cost(Sum(log(Sum(exp(S[i, k]), (k, 0, K - 1))) - S[i, c[i]], (i, 0, n - 1)), [S])
SOFTMAX = gd.Cost(Sum(log(Sum(exp(Z), (k, 1, K))) - Z.subs(k, c[i]), (i, 1, n)) / n, [W])
FACTORS = gd.Cost(Sum((Sum(U[a[i], k] * V[b[i], k], (k, 1, K)) - y[i]) ** 2, (i, 1, n)), [U, V])
GROUPS = gd.Cost(Sum((v[c[i]] * x[i] - y[i]) ** 2, (i, 1, n)) + Sum(v[k] ** 2, (k, 1, K)), [v])

SOFT = "P = np.exp(S)/np.exp(S).sum(axis=1, keepdims=True)\n"
RIGHT: list[tuple[gd.Cost, Any, str]] = [
    (SHARES, S, SOFT + "for i in range(n):\n    P[i, c[i]] -= 1\nreturn P"),
    (SHARES, S, SOFT + "for i, l in enumerate(c): P[i, l] -= 1\nreturn P"),
    (SHARES, S, SOFT + "P -= (c[:, None] == np.arange(K))\nreturn P"),
    (SHARES, S, SOFT + "P - np.equal(np.arange(K)[None, :], c[:, None]).astype(float)"),
    (SHARES, S, SOFT + "for k in range(K):\n    P[:, k] -= (c == k)\nP"),
    (SHARES, S, SOFT + "np.subtract.at(P, (np.arange(n), c), 1)\nP"),
    (SHARES, S, ("g = np.zeros_like(S)\nfor i in range(n):\n    p = np.exp(S[i])/np.sum(np.exp(S[i]))\n"
                 "    for k in range(K):\n        g[i, k] = p[k] - (1 if k == c[i] else 0)\nreturn g")),
    (SHARES, S, ("g = np.empty_like(S)\nfor i, row in enumerate(S):\n    z = row - row.max()\n    g[i] = np.exp(z)/np.exp(z).sum()\n"
                 "    g[i, c[i]] -= 1\nreturn g")),
    (SHARES, S, ("g = np.zeros_like(S)\nfor i in range(n):\n    for k in range(K):\n        g[i, k] = np.exp(S[i, k])/np.sum(np.exp(S[i]))\n"
                 "        if k == c[i]:\n            g[i, k] -= 1\nreturn g")),
    (FROM_0, S, SOFT + "for i in range(n):\n    P[i, c[i]] -= 1\nreturn P"),
    (FROM_0, S, SOFT + "P - (c[:, None] == np.arange(K))"),
    (SOFTMAX, W, ("g = np.zeros_like(W)\nfor i in range(n):\n    s = np.exp(X[i] @ W)/np.exp(X[i] @ W).sum()\n    for k in range(K):\n"
                  "        g[:, k] += (s[k] - (k == c[i]))*X[i]\nreturn g/n")),
    (SOFTMAX, W, ("Z = X @ W\nP = np.exp(Z)/np.exp(Z).sum(axis=1, keepdims=True)\ng = np.zeros_like(W)\nfor k in range(K):\n"
                  "    g[:, k] = X.T @ P[:, k] - X[c == k].sum(axis=0)\nreturn g/n")),
    (SOFTMAX, W, ("Z = X @ W\nP = np.exp(Z)/np.exp(Z).sum(axis=1, keepdims=True)\ng = X.T @ P\nfor i in reversed(range(n)):\n"
                  "    g[:, c[i]] -= X[i]\nreturn g/n")),
    (FACTORS, U, "g = np.zeros_like(U)\nfor i in range(n):\n    e = U[a[i]] @ V[b[i]] - y[i]\n    g[a[i]] += 2*e*V[b[i]]\nreturn g"),
    (FACTORS, V, "g = np.zeros_like(V)\nfor s, t, r in zip(a, b, y):\n    e = np.dot(U[s], V[t]) - r\n    g[t] += 2*e*U[s]\nreturn g"),
    (FACTORS, U, "e = (U[a]*V[b]).sum(axis=1) - y\ng = np.zeros_like(U)\nnp.add.at(g, a, 2*e[:, None]*V[b])\nreturn g"),
    (GROUPS, v, "2*np.bincount(c, weights=(v[c]*x - y)*x, minlength=K) + 2*v"),
    (GROUPS, v, "g = 2*v\nfor i in range(n - 1, -1, -1):\n    g[c[i]] += 2*(v[c[i]]*x[i] - y[i])*x[i]\nreturn g"),
    (GROUPS, v, "g = 2*v\nfor k in range(K):\n    g[k] += n*np.mean([2*(v[k]*s - t)*s*(l == k) for s, t, l in zip(x, y, c)])\nreturn g"),
    (GROUPS, v, "r = v[c]*x - y\nreturn 2*v + 2*np.eye(K)[c].T @ (r*x)"),
]  # fmt: skip
RIGHT_FROM_1 = [
    SOFT + "for i in range(n): P[i, c[i] - 1] -= 1\nP",
    SOFT + "for i in range(n):\n    for k in range(1, K + 1):\n        P[i, k - 1] -= (c[i] == k)\nP",
    SOFT + "for i in range(n):\n    for k in range(K):\n        if c[i] == k + 1: P[i, k] -= 1\nP",
    SOFT + "P - (np.arange(1, K + 1) == c[:, None])",
    SOFT + "P - (np.arange(K) == c[:, None] - 1)",
]


def numbers(cost: gd.Cost, by: Any, begin: int) -> tuple[dict[str, Any], np.ndarray, dict[str, Any]]:
    """The names of a program, the gradient at them, and the sizes; labels begin at `begin` in the program."""
    rng = np.random.default_rng(7)
    sizes = {"n": 5, "K": 3, "p": 2}
    shapes = {"S": "nK", "W": "pK", "X": "np", "U": "KK", "V": "KK", "v": "K", "x": "n", "y": "n"}
    values = {name: rng.normal(size=[sizes[letter] for letter in shape]) for name, shape in shapes.items()}
    labels = {name: rng.permutation([0, 1, 2, 2, 1]) for name in "cab"}
    names = {str(name) for name in cost.expr.free_symbols}
    first = 0 if cost is FROM_0 else 1
    data = {name: found for name, found in values.items() if name in names} | {
        name: found + first for name, found in labels.items() if name in names
    }
    start = {q: data.pop(str(q)) for q in cost.params}
    _, gradient = cost.compile().value_and_gradient(start, data)
    space = {**sizes, **values, **{name: found + begin for name, found in labels.items()}}
    return space, gradient[by], sizes


@pytest.mark.parametrize(("cost", "by", "claim"), RIGHT)
def test_labels_are_read_as_python_counts_them(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert verdict.ok, verdict.message
    space, gradient, _ = numbers(cost, by, 0)
    np.testing.assert_allclose(ran("\n".join(returned(claim)), space), gradient, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("claim", RIGHT_FROM_1)
def test_labels_may_count_from_1(claim: str) -> None:
    verdict = SHARES.check({S: claim})
    assert verdict.ok, verdict.message
    space, gradient, _ = numbers(SHARES, S, 1)
    np.testing.assert_allclose(ran("\n".join(returned(claim)), space), gradient, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("cost", "by", "claim"),
    [
        (SHARES, S, SOFT + "for i in range(n):\n    P[i, c[i]] += 1\nreturn P"),
        (SHARES, S, SOFT + "for k in range(K):\n    P[:, k] -= (c != k)\nP"),
        (SHARES, S, "g = np.zeros_like(S)\nfor i in range(n):\n    g[i, c[i]] -= 1\n    g[i] = np.exp(S[i])/np.exp(S[i]).sum()\ng"),
        (FACTORS, U, "g = np.zeros_like(U)\nfor i in range(n):\n    g[b[i]] += 2*(U[a[i]] @ V[b[i]] - y[i])*V[b[i]]\nreturn g"),
        (GROUPS, v, "2*np.bincount(c, weights=v[c]*x - y, minlength=K) + 2*v"),
    ],
)  # fmt: skip
def test_wrong_claims_with_labels_are_wrong(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert not verdict.ok and "wrong" in verdict.message


@pytest.mark.parametrize(
    ("cost", "by", "claim", "said"),
    [
        (SHARES, S, SOFT + "for i in range(n):\n    P[i, c[i] - 1] -= 0.5\n    P[i, c[i]] -= 0.5\nP", "count from 0 at one place"),
        (SHARES, S, SOFT + "for i in range(n):\n    for k in range(K): P[i, k] -= (c[i] == 2*k)\nP", "A label is compared with"),
        (SHARES, S, SOFT + "P[:, 0] -= (c == 0)\nP", "count from 0 or from 1"),
        (SHARES, S, SOFT + "P[:, 0] -= (c > 0)\nP", "count from 0 or from 1"),
        (SHARES, S, "g = np.zeros_like(S)\nfor i in range(n):\n    i = 0\n    g[i] = S[i]\n    g[i, c[i]] -= 1\ng", "which one is last"),
        (SHARES, S, SOFT + "h = P\nnp.add.at(P, (np.arange(n), c), -1)\nreturn h", "one array in NumPy"),
        (GROUPS, v, "g = 2*v\ng[c] += 2*(v[c]*x - y)*x\ng", "np.add.at"),
        (GROUPS, v, "np.bincount(c, weights=x)", "minlength"),
        (GROUPS, v, "np.bincount(x, weights=y, minlength=K)", "for labels c of the cost"),
        (GROUPS, v, "g = 2*v\nnp.add.at(g, x, y)\ng", "for labels c of the cost"),
        (GROUPS, v, "g = 2*v\nnp.add.at(g, c, v)\ng", "does not fit"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused_by_name(cost: gd.Cost, by: Any, claim: str, said: str) -> None:
    with pytest.raises(gd.GdsymError, match=said):
        cost.check({by: claim})


RANDOM = gd.Cost(Sum((v[c[i]] * x[i] - y[i]) ** 2, (i, 1, m)) + Sum(X[i, j] * v[j], (i, 1, m), (j, 1, n)), [v])


class Programs:
    """Random code about samples 0..m - 1 with labels 0..n - 1, which adds up in h (for each label), q and R (a table)."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def whole(self) -> str:
        kinds = (self.samples, self.classes, self.tables, self.at_once)
        lines = [line for _ in range(self.draw.randint(1, 3)) for line in self.draw.choice(kinds)()]
        end = self.draw.choice(["h @ v + q", "q + (R*X).sum() + h[0]", "h.sum() - q*R.sum()", "q + h @ R[0]"])
        return "\n".join(["q = 0.5", "h = np.zeros(n)", "R = 2*X", *lines, f"return {end}"])

    def one(self, *entries: str) -> str:
        return f"{self.draw.choice(entries)} {self.draw.choice('+-*')} {self.draw.choice(entries)}"

    def samples(self) -> list[str]:
        head, label = self.draw.choice(
            [("i in range(m)", "c[i]"), ("i, l in enumerate(c)", "l"), ("i in range(m - 1, -1, -1)", "c[i]")]
        )
        term = self.one("x[i]", "y[i]", f"v[{label}]", f"X[i, {label}]", "2", f"(1 if {label} == 0 else 3)", "X[i] @ v")
        target = self.draw.choice([f"h[{label}]", "q", f"R[i, {label}]", f"R[:, {label}]"])
        lines = [f"    {target} {self.draw.choice(['+=', '-='])} {term}"]
        if self.draw.random() < 0.3:
            lines.insert(
                0, f"    R[i] = {self.draw.choice(['X[i]*y[i]', 'v', 'X[i] - v', '0.5'])}"
            ) if target.startswith("R[i,") else None
        return [f"for {head}:", *lines]

    def classes(self) -> list[str]:
        over = self.draw.choice(
            [
                "(x*(c == k)).sum()",
                "x[c == k].sum()",
                "sum(s for s, l in zip(y, c) if l == k)",
                "X[:, k] @ x",
                "(c != k) @ y",
            ]
        )
        return [
            "for k in range(n):",
            f"    {self.draw.choice(['h[k] += ', 'h[k] = ', 'q -= v[k]*', 'R[:, k] += '])}{over}",
        ]

    def tables(self) -> list[str]:
        value = self.draw.choice(["x", "2*y", "1", "x*v[c]", "(X @ v)"])
        return [self.draw.choice([f"R[np.arange(m), c] -= {value}", f"np.add.at(R, (np.arange(m), c), {value})",
                                  f"R += (c[:, None] == np.arange(n))*({value} + 0*x)[:, None]", f"R = R - np.eye(n)[c]*({value} + 0*x)[:, None]"])]  # fmt: skip

    def at_once(self) -> list[str]:
        value = self.draw.choice(["x", "y*v[c]", "(X[np.arange(m), c] - x)", "(v[c] - 2)"])
        return [self.draw.choice([f"np.add.at(h, c, {value})", f"np.subtract.at(h, c, {value})", f"h += np.bincount(c, weights={value}, minlength=n)",
                                  f"q += ({value})[1:].sum()", f"h -= np.eye(n)[c].T @ {value}", f"q += {value} @ v[c]"])]  # fmt: skip


def drawn(draw: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for rows, columns in ((2, 1), (2, 3), (4, 2)):
        rng = np.random.default_rng(draw)
        shapes = {"x": rows, "y": rows, "v": columns, "X": (rows, columns)}
        data = {"m": rows, "n": columns, **{name: rng.normal(size=shape) for name, shape in shapes.items()}}
        labels = rng.integers(0, columns, size=rows)
        yield {"c": labels, **data}, {"c": labels + 1, **data}


@pytest.mark.parametrize("seed", range(4))
def test_random_code_with_labels_means_what_numpy_makes_of_it(seed: int) -> None:
    assert compared(RANDOM.partial(v), Programs(seed).whole, 80, drawn) > 50
