"""Claims whose names depend on conditions, `if d > 0: s = 1`, several `return`s, or on the run before: as Python has them, or refused."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from claim_runs import compared, drawn, gradient_beside
from sympy import Abs, IndexedBase, Max, Piecewise, Rational, Sum, exp, log, symbols

import gdsym as gd

i, j, k, m, n, K, t = symbols("i j k m n K t", integer=True, positive=True)
a, b = symbols("a b")
x, y, v, w, X, U, V, D, R = map(IndexedBase, "x y v w X U V D R".split())
z = Sum(X[i, j] * w[j], (j, 1, n))
MAE = gd.Cost(Sum(Abs(a * x[i] - y[i]), (i, 1, m)) / m, [a])
HUBER = gd.Cost(Sum(Piecewise(((z - y[i]) ** 2 / 2, Abs(z - y[i]) <= 1), (Abs(z - y[i]) - Rational(1, 2), True)), (i, 1, m)), [w])  # fmt: skip
HINGE = gd.Cost(Sum(Max(0, 1 - y[i] * z), (i, 1, m)) / m + Sum(w[j] ** 2, (j, 1, n)) / 2, [w])
LOGISTIC = gd.Cost(Sum(log(1 + exp(z)) - y[i] * z, (i, 1, m)) / m, [w])
RIDGE = gd.Cost(Sum((z - y[i]) ** 2, (i, 1, m)) / (2 * m) + Sum(w[j] ** 2, (j, 1, n)), [w])
LAGGED = gd.Cost(Sum((x[t] - a * x[t - 1]) ** 2, (t, 2, m)), [a])
FACTORS = gd.Cost(Sum((Sum(U[i, k] * V[j, k], (k, 1, K)) - R[i, j]) ** 2, (i, 1, m), (j, 1, n)) / 2, [U, V])
DIAGONAL = gd.Cost((Sum(D[i, j] ** 2, (i, 1, n), (j, 1, n)) + Sum(D[i, i] ** 2, (i, 1, n))) / 2, [D])

SIGNS = "g = 0\nfor i in range(m):\n    d = a*x[i] - y[i]\n"
PSI = "def psi(r):\n    if abs(r) <= 1:\n        return r\n    return 1 if r > 0 else -1\n"
SIGMOID = "def sigmoid(z):\n    if z >= 0:\n        return 1/(1 + np.exp(-z))\n    else:\n        e = np.exp(z)\n        return e/(1 + e)\n"
RIGHT: list[tuple[gd.Cost, Any, str]] = [
    (MAE, a, SIGNS + "    if d > 0:\n        s = 1\n    elif d < 0:\n        s = -1\n    else:\n        s = 0\n    g += s*x[i]\nreturn g/m"),
    (MAE, a, SIGNS + "    s = 0\n    if d > 0: s = 1\n    if d < 0: s = -1\n    g += s*x[i]\nreturn g/m"),
    (MAE, a, SIGNS + "    if d > 0: g += x[i]\n    else:\n        s = -1\n        if d == 0:\n            s = 0\n        g += s*x[i]\nreturn g/m"),
    (MAE, a, SIGNS + "    s = 2\n    if d > 0:\n        s = s - 1\n    else:\n        s -= 2\n        if d < 0: s = -1\n    g += s*x[i]\nreturn g/m"),
    (HUBER, w, PSI + "g = np.zeros(n)\nfor i in range(m):\n    g += psi(X[i] @ w - y[i])*X[i]\nreturn g"),
    (HUBER, w, PSI + "return sum(psi(s @ w - t)*s for s, t in zip(X, y))"),
    (HUBER, w, "def psi(r):\n    if r > 1: return 1\n    elif r < -1: return -1\n    else: return r\ng = []\nfor j in range(n):\n    s = 0\n    for i in range(m): s += psi(X[i] @ w - y[i])*X[i, j]\n    g.append(s)\nreturn np.array(g)"),
    (HINGE, w, "g = np.zeros(n)\nfor i, d in enumerate(1 - y*(X @ w)):\n    if max(0, d) == 0:\n        s = w\n    else:\n        s = w - y[i]*X[i]\n    g += s\nreturn g/m"),
    (LOGISTIC, w, SIGMOID + "g = np.zeros(n)\nfor i in range(m): g += (sigmoid(X[i] @ w) - y[i])*X[i]\nreturn g/m"),
    (LOGISTIC, w, SIGMOID + "return sum((sigmoid(s @ w) - t)*s for s, t in zip(X, y))/m"),
    (RIDGE, w, "g = np.zeros(n)\nfor i in range(m):\n    e = X[i] @ w - y[i]\n    for j in range(n):\n        g[j] = g[j] + e*X[i, j]\ng = g/m\nfor j in range(n):\n    g[j] = g[j] + 2*w[j]\nreturn g"),
    (RIDGE, w, "g = np.zeros(n)\nfor j in range(n):\n    for i in range(m):\n        g[j] += (X[i] @ w - y[i])*X[i, j]\n    g[j] = g[j]/m + 2*w[j]\nreturn g"),
    (RIDGE, w, "g = X.T @ (X @ w - y)\nfor j in range(n):\n    if g[j] == 0: g[j] = 0\n    g[j] = (g[j] + 2*m*w[j])/m\nreturn g"),
    (RIDGE, w, "g = 2*w\nif m > 2:\n    g += X.T @ (X @ w - y)/m\nelse:\n    e = X @ w - y\n    g = g + X.T @ e/m\nreturn g"),
    (RIDGE, w, "if m == 1:\n    return (X[0] @ w - y[0])*X[0] + 2*w\nreturn X.T @ (X @ w - y)/m + 2*w"),
    (LAGGED, a, "g = 0\nprev = x[0]\nfor t in range(1, m):\n    g -= 2*(x[t] - a*prev)*prev\n    prev = x[t]\nreturn g"),
    (LAGGED, a, "g = 0\nprev = 0\nfor s in x:\n    e = s - a*prev\n    g -= 2*e*prev\n    prev = s\nreturn g"),
    (LAGGED, a, "g = 0\nlast = x[0]\nfor t, s in enumerate(x[1:]):\n    g -= 2*(s - a*last)*last\n    last = s\nreturn g"),
    (FACTORS, U, "G = np.zeros_like(U)\nfor i in range(m):\n    for j in range(n):\n        e = R[i][j] - U[i, :] @ V[j, :]\n        for k in range(K):\n            G[i][k] = G[i][k] - e*V[j][k]\nreturn G"),
    (DIAGONAL, D, "G = 1*D\nfor i in range(n):\n    G[i, i] = 2*D[i, i]\nreturn G"),
    (DIAGONAL, D, "G = 1*D\nfor i in range(n): G[i][i] += D[i][i]\nreturn G"),
    (DIAGONAL, D, "G = 1*D\nfor i in range(n):\n    for j in range(n):\n        if i == j:\n            G[i, j] = 2*G[i, j]\nreturn G"),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "by", "claim"), RIGHT)
def test_what_is_read_is_what_python_runs(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert verdict.factor == 1 and not verdict.counterexample, verdict.message
    found, wanted = gradient_beside(cost, by, claim)
    np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("number", "old", "new"), [
    (0, "s = -1", "s = 1"), (1, "s = -1", "s = -2"), (2, "        if d == 0:\n            s = 0\n", "        if d == 0:\n            s = 0\n        s = 1\n"),
    (3, "s - 1", "s - 2"), (4, "return r\n", "return 2*r\n"), (5, "else -1", "else 1"), (6, "return -1", "return 1"), (7, "== 0", "> 0"),
    (8, "e/(1 + e)", "e/(1 - e)"), (9, "return 1/", "return 2/"), (10, "g[j] + 2*w[j]", "2*w[j]"), (11, "g[j]/m + 2", "g[j] + 2"),
    (12, "(g[j] + 2*m*w[j])/m", "(g[j] + 2*w[j])/m"), (13, "g = g + X.T @ e/m", "g = X.T @ e/m"), (14, "X[0] + 2*w", "X[0]"),
    (15, "    prev = x[t]\n", "    prev = x[t - 1]\n"), (16, "    prev = s\n", "    prev = 2*s\n"), (17, "last = x[0]", "last = x[1]"),
    (18, "G[i][k] - e", "G[i][k] + e"), (19, "G[i, i] = 2", "G[i, i] = 3"), (20, "range(n)", "range(n - 1)"), (21, "i == j", "i >= j"),
])  # fmt: skip
def test_slips_are_found(number: int, old: str, new: str) -> None:
    cost, by, claim = RIGHT[number]
    assert claim.count(old) == 1
    verdict = cost.check({by: claim.replace(old, new)})
    assert not verdict.ok and "wrong" in verdict.message, verdict.message


FROM_RUN = "changes from one run"


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        (SIGNS + "    if d > 0: s = 1\n    g += s*x[i]\nreturn g", "last run of a loop"),
        ("s = 0\n" + SIGNS + "    if d > 0: s = 1\n    g += s*x[i]\nreturn g", "last run of a loop"),
        (SIGNS + "    if d > 0: s = 1\n    else: s = x\n    g += np.sum(s)\nreturn g", "must be alike"),
        (SIGNS + "    s = 1\n    if d > 0:\n        for k in range(m): s = x[k]\n    g += s\nreturn g", "last run of a loop"),
        (SIGNS + "    s = 1\n    if d > 0:\n        s = 2\n    g += s\ng += s\nreturn g", "last run of a loop"),
        ("def f(u):\n    for s in x:\n        if s > u: return s\n    return u\nreturn f(1)", "Loops are read that add up"),
        ("def f(u):\n    if u > 0: return u\nreturn f(1)", "returns nothing"),
        ("def f(u):\n    if u > 0: return u, 1\n    return u\nreturn f(1)", "as many values"),
        ("def f(u):\n    if u > 0: return u\n    return -u\nreturn f(x).sum()", "one truth value"),
        ("g = np.zeros(m)\nfor i in range(m):\n    g[i] = g[i - 1] + x[i]\nreturn g.sum()", FROM_RUN),
        ("g = np.zeros(m)\nfor i in range(m):\n    g[i] = g[0] + x[i]\nreturn g.sum()", FROM_RUN),
        ("g = np.zeros(m)\nfor i in range(m):\n    for j in range(m):\n        g[i] = 2*g[i] + x[j]\nreturn g.sum()", FROM_RUN),
        ("g = np.zeros(m)\nfor i in range(m):\n    for j in range(m):\n        g[j] = 2*g[j] + x[i]\nreturn g.sum()", FROM_RUN),
        ("g = 0\np = x[0]\nfor s in x:\n    g += p*s\n    if s > 0: p = s\nreturn g", FROM_RUN),
        ("g = 0\np = x[0]\nfor s in x:\n    if s > 0: continue\n    g += p*s\n    p = s\nreturn g", FROM_RUN),
        ("g = 0\np = x[0]\nfor k in range(2):\n    for s in x:\n        g += p*s\n        p = s\nreturn g", FROM_RUN),
        ("g = 0\np = x[0]\nfor s in x:\n    g += p*s\n    p = s + p\nreturn g", FROM_RUN),
        ("g = 0\np = x[0]\nfor s in x:\n    g += p*s\n    p = s\n    for p in y: g += p\nreturn g", FROM_RUN),
        ("g = 0\np = x[0]\nfor s in x:\n    g += p*s\n    p = g\nreturn g", FROM_RUN),
        ("g = 0\np = x\nfor s in x:\n    g += np.sum(p)*s\n    p = s\nreturn g", "must be alike"),
        ("return max(0, x)[0]", "compares numbers"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused(claim: str, said: str) -> None:
    with pytest.raises(gd.GdsymError, match=said):
        MAE.check({a: claim})


RANDOM = gd.Cost(Sum((x[i] * v[j] - y[i]) ** 2, (i, 1, m), (j, 1, n)), [v])
SIZES = ((1, 1), (2, 3), (4, 2))


class Programs:
    """Random loops over samples in which names, entries of h, and g and q depend on conditions, nested, with `continue`."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def whole(self) -> str:
        pick = self.draw.choice
        first, last = pick([("return u", "return -u"), ("return 2*u", "t = u + 1\n    return t"), ("t = u*u", "t = 3")])
        end = "" if "return" in first else "\n    return t"
        lines = [
            f"def f(u):\n    if u > {pick(['0', '0.5'])}:\n        {first}\n    {'else:' + chr(10) + '        ' if end else ''}{last}{end}"
        ]
        lines += ["g = 0.0", "q = 1.0", "h = 2*x", "p = x[0]", "r = 0.5"]
        for _ in range(self.draw.randint(1, 2)):
            header = pick(["for i in range(m):", "for i in range(1, m):", "for i, s in enumerate(y):"])
            known = ["x[i]", "y[i]", "h[i]", "p", "r", *(["s"] if "s in" in header else [])]
            lines += [header, *self.block(1, known)]
            lines += [f"    {pick(['p = x[i]', 'p = x[i] - y[i]', 'g += p', 'r = 2'])}"] * (self.draw.random() < 0.7)
            lines += ["p = y[0]", "r = -1"]
        lines += [f"if q > {pick('01')}:", f"    g {pick(['+=', '*=', '='])} q", "else:", "    q = 2"] * (
            self.draw.random() < 0.5
        )
        return "\n".join([*lines, "return g + 2*q + h.sum() + 3*h[0]"])

    def formula(self, depth: int, known: list[str]) -> str:
        if depth and self.draw.random() > 0.35:
            sides = [self.formula(depth - 1, known) for _ in range(2)]
            return f"({sides[0]} {self.draw.choice('+-*')} {sides[1]})"
        return self.draw.choice(["2", "0.5", *known, f"f({self.draw.choice(known)})"])

    def block(self, depth: int, known: list[str]) -> list[str]:
        lines, known, draw, indent = list[str](), list(known), self.draw, "    " * depth
        for _ in range(draw.randint(1, 3)):
            kind, name = draw.random(), f"t{draw.randint(0, 1)}"
            if kind < 0.3:
                lines.append(
                    f"{indent}{name} {draw.choice(['=', '=', '+=']) if name in known else '='} {self.formula(2, known)}"
                )
                known.append(name)
            elif kind < 0.45:
                lines.append(f"{indent}{draw.choice('gq')} {draw.choice('+-')}= {self.formula(2, known)}")
            elif kind < 0.6:
                part = self.formula(2, known)
                lines.append(
                    f"{indent}{draw.choice([f'h[i] = h[i] + {part}', f'h[i] = {part}', f'h[i] = {part}*h[i]', f'h[i] -= {part}'])}"
                )
            elif depth < 3:
                lines.append(f"{indent}if {self.formula(1, known)} > {self.formula(1, known)}:")
                lines += [f"{indent}    continue"] if draw.random() < 0.15 else self.block(depth + 1, known)
                if draw.random() < 0.6 and not lines[-1].endswith("continue"):
                    word = draw.choice(["else:", f"elif {self.formula(1, known)} < {self.formula(0, known)}:"])
                    lines += [f"{indent}{word}", *self.block(depth + 1, known)]
                    if word != "else:" and draw.random() < 0.5:
                        lines += [f"{indent}else:", *self.block(depth + 1, known)]
                known += [name] * (any(f"{indent}    {name} =" in line for line in lines))
        return lines or [f"{indent}pass"]


@pytest.mark.parametrize("seed", range(4))
def test_random_branches_mean_what_python_makes_of_them(seed: int) -> None:
    assert compared(RANDOM.partial(v), Programs(seed).whole, 80, drawn(SIZES, rows="xy", columns="v")) > 20
