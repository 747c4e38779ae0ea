"""Claims that bring functions along, `def sigmoid(z): ...`, `relu = lambda z: ...`: they mean what Python makes of them, or are refused."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from claim_runs import compared, gradient_beside, ran
from sympy import IndexedBase, Max, Sum, exp, log, symbols

import gdsym as gd

i, j, k, m, n, K, H = symbols("i j k m n K H", integer=True, positive=True)
b = symbols("b")
X, y, w, W, B, v, c, x = map(IndexedBase, "X y w W B v c x".split())
z = Sum(X[i, j] * w[j], (j, 1, n))
LOGISTIC = gd.Cost(Sum(log(1 + exp(z)) - y[i] * z, (i, 1, m)) / m, [w])
scores = Sum(X[i, j] * W[j, k], (j, 1, n))
LABELS = gd.Cost(Sum(log(Sum(exp(scores), (k, 1, K))) - scores.subs(k, c[i]), (i, 1, m)) / m, [W])
layer = Max(0, Sum(X[i, j] * W[j, k], (j, 1, n)) + B[k])
NETWORK = gd.Cost(Sum((Sum(layer * v[k], (k, 1, H)) - y[i]) ** 2, (i, 1, m)) / m, [W, B, v])

SIGMOID = "def sigmoid(z):\n    return 1/(1 + np.exp(-z))\n"
SOFTMAX = (
    "def softmax(z):\n    e = np.exp(z - z.max(axis=1, keepdims=True))\n    return e/e.sum(axis=1, keepdims=True)\n"
)
RELU = "relu = lambda z: np.maximum(0, z)\ndrelu = lambda z: (z > 0).astype(float)\n"
RIGHT: list[tuple[gd.Cost, Any, str]] = [
    (LOGISTIC, w, SIGMOID + "return X.T @ (sigmoid(X @ w) - y)/m"),
    (LOGISTIC, w, SIGMOID + "p = sigmoid(X @ w)\np -= y\nreturn X.T @ p/m"),
    (LOGISTIC, w, "def sigmoid(z): return 1/(1 + np.exp(-z))\ng = np.zeros(n)\nfor i in range(m):\n    g += (sigmoid(X[i] @ w) - y[i])*X[i]\nreturn g/m"),
    (LOGISTIC, w, "sigmoid = lambda z: 1/(1 + np.exp(-z))\ng = np.zeros(n)\nfor i in range(m): g += (sigmoid(X[i] @ w) - y[i])*X[i]\nreturn g/m"),
    (LOGISTIC, w, "s = lambda z: 1/(1 + np.exp(-z))\nreturn sum((s(X[i] @ w) - y[i])*X[i] for i in range(m))/m"),
    (LOGISTIC, w, SIGMOID + "def half(u, factor=0.5):\n    return factor*u\nreturn X.T @ (half(sigmoid(X @ w) - y, factor=2))/(4*half(m))"),
    (LOGISTIC, w, ("def sigmoid(z):\n    out = np.empty_like(z)\n    pos = z >= 0\n    out[pos] = 1/(1 + np.exp(-z[pos]))\n    ez = np.exp(z[~pos])\n"
                   "    out[~pos] = ez/(1 + ez)\n    return out\np = sigmoid(X @ w)\np -= y\nreturn X.T @ p/m")),
    (LOGISTIC, w, SIGMOID + "def forward(X, w):\n    a = X @ w\n    return a, sigmoid(a)\na, p = forward(X, w)\nreturn X.T @ (p - y + 0*a)/m"),
    (LOGISTIC, w, ("def dot(u, v):\n    total = 0\n    for k in range(len(u)):\n        total += u[k]*v[k]\n    return total\ng = np.zeros(n)\nfor i in range(m):\n"
                  "    a = dot(X[i], w)\n    g += (1/(1 + np.exp(-a)) - y[i])*X[i]\nreturn g/m")),
    (LABELS, W, SOFTMAX + "P = softmax(X @ W)\nP[np.arange(m), c] -= 1\nreturn X.T @ P/m"),
    (LABELS, W, ("def softmax(z):\n    z -= np.max(z, axis=1, keepdims=True)\n    e = np.exp(z)\n    e /= e.sum(axis=1, keepdims=True)\n    return e\n"
                "P = softmax(X @ W)\nP[range(m), c] -= 1\nreturn X.T @ P/m")),
    (LABELS, W, ("def softmax(z):\n    e = np.exp(z - z.max())\n    return e/e.sum()\ng = np.zeros_like(W)\nfor i in range(m):\n    p = softmax(X[i] @ W)\n"
                "    p[c[i]] -= 1\n    g += np.outer(X[i], p)\nreturn g/m")),
    (NETWORK, W, RELU + "a = X @ W + B\ne = 2*(relu(a) @ v - y)/m\nreturn X.T @ (np.outer(e, v)*drelu(a))"),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "by", "claim"), RIGHT)
def test_calls_are_what_python_makes_of_them(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert verdict.ok, verdict.message
    found, wanted = gradient_beside(cost, by, claim)
    np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    "claim",
    [
        "import numpy as np\n\n" + SIGMOID + "\ndef gradient(w, X, y):\n    m = len(y)\n    return X.T @ (sigmoid(X @ w) - y)/m\n",
        "def gradient(w, X, y):\n    return X.T @ (sigmoid(X @ w) - y)/m\n\n" + SIGMOID,
        SIGMOID + "def cost(w):\n    p = sigmoid(X @ w)\n    return -np.mean(y*np.log(p))\n@jit\ndef grad(w):\n    return X.T @ (sigmoid(X @ w) - y)/m\nprint(grad(w))",
        SIGMOID + "def gradient(w, X, y):\n    return X.T @ (sigmoid(X @ w) - y)/m\ng = gradient(w, X, y)",
        "def cost(w):\n    return np.sum((X @ w - y)**2)/m\ndef gradient(w, X, y):\n    m = len(y)\n    return X.T @ (1/(1 + np.exp(-X @ w)) - y)/m",
        "def gradient(w): return X.T @ (1/(1 + np.exp(-X @ w)) - y)/m",
        "size = len(y)\n" + SIGMOID + "def gradient(w):\n    def scaled(u): return u/size\n    return scaled(X.T @ (sigmoid(X @ w) - y))",
    ],
)  # fmt: skip
def test_a_function_may_be_the_claim(claim: str) -> None:
    verdict = LOGISTIC.check({w: claim})
    assert verdict.ok, verdict.message


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("def f(z):\n    z -= 1\n    return z\ng = X.T @ y\nh = f(g)\nreturn g", "one array in NumPy"),
        ("def f(z):\n    z[0] = 1\n    return 2*z\nh = f(w)\nreturn w", "one array in NumPy"),
        ("def f(z):\n    z *= 2\n    return z\nreturn w + f(w)", "one array in NumPy"),
        ("def f(z):\n    u = z.T\n    return u\ng = 2*w\nh = f(g)\nh -= 1\nreturn g", "one array in NumPy"),
        ("f = lambda z: z\ng = 2*w\nh = f(g)\nh -= 1\nreturn g", "one array in NumPy"),
        ("def f(z):\n    z /= 2\n    return z\ng = np.zeros(n)\nfor i in range(m):\n    g += f(X[i])\nreturn g", "one array in NumPy"),
        ("def f(z):\n    g[0] = 1\n    return z\ng = 2*w\nreturn f(g)", "is changed by this function"),
        ("def f(z):\n    np.add.at(g, 0, 1)\n    return z\ng = 2*w\nreturn f(g)", "is changed by this function"),
        ("s = 2\ndef f(z): return s*z\ndef gradient(w):\n    s = 3\n    return f(w)", "one thing in this function"),
        ("s = 2\ndef f(z): return s*z\ndef gradient(s):\n    return f(w)", "is a parameter of the function, too"),
        ("f = lambda z: s*z\ns = 2\nreturn sum(f(X[0]) for s in y)", "one thing in this function"),
        ("def f(z):\n    if z > 0: return z\n    return 0\nreturn f(w)", "one truth value"),
        ("def f(*z):\n    return z[0]\nreturn f(w)", "at their end"),
        ("def f(z):\n    return f(z - 1)\nreturn f(w)", "calls itself"),
        ("def f(z, u):\n    return z*u\nreturn f(w)", "other arguments"),
        ("def f(z):\n    return 2*z\nf = 3\nreturn f*w", "keeps its name"),
        ("def f(z):\n    return 2*z\nreturn np.apply(f, w)", "it is no value"),
        ("def f(z):\n    return 2*z\ndef f(z):\n    return 3*z\nreturn f(w)", "defined twice"),
        ("def f(w):\n    return 2*w\ndef h(w):\n    return 3*w", "Which one is the gradient"),
        ("def f(z):\n    q = 0\n    for i in range(n): q += z[i]\n    return q\nreturn w*sum(f(X[i]) for i in range(m))", "in a line of its own"),
        ("from numpy import exp as log\ndef f(z): return log(z)\nreturn f(w)", "their own names"),
        ("def f(z):\n    z = z +\n    return z\nreturn f(w)", "no function in Python"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused(claim: str, said: str) -> None:
    with pytest.raises(gd.GdsymError, match=said):
        LOGISTIC.check({w: claim})


def test_slips_in_functions_are_found() -> None:
    assert not LOGISTIC.check({w: SIGMOID.replace("-z", "z") + "return X.T @ (sigmoid(X @ w) - y)/m"}).ok
    assert LOGISTIC.check({w: SIGMOID + "return X.T @ (sigmoid(X @ w) - y)"}).factor == m
    assert not LABELS.check({W: SOFTMAX.replace("axis=1", "axis=0") + "P = softmax(X @ W)\nP[np.arange(m), c] -= 1\nX.T @ P/m"}).ok  # fmt: skip


RANDOM = gd.Cost(Sum((Sum(X[i, j] * v[j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)) + Sum((x[i] - y[i]) ** 2, (i, 1, m)), [v])


class Programs:
    """Random functions, which change what they are given or not, and code that calls them in lines, loops and sums."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def whole(self) -> str:
        names = ["f", "h"]
        lines = [line for name in names for line in self.function(name)]
        lines += ["q = 1.5", "a = 2*x", "r = x + y"]
        for _ in range(self.draw.randint(2, 4)):
            lines += self.statement(self.draw.choice(names))
        end = self.draw.choice(["q + a.sum()", "a @ r - q", "f(a) @ x + q", "q*h(r).sum()", "r.sum() + q"])
        return "\n".join([*lines, f"return {end}"])

    def function(self, name: str) -> list[str]:
        pick = self.draw.choice
        if self.draw.random() < 0.25:
            return [f"{name} = lambda u: {pick(['2*u - y', 'u*x', 'u', '-u', 'u[::-1]', 'np.where(u > 0, u, 0)'])}"]
        inner = [pick(["t = 2*u", "t = u", "t = u + y", "t = u - u.sum()", "t = u[::-1]", "t = u.copy()"])]
        inner += self.draw.sample(["t -= 1", "u *= 2", "t[0] = 3", "u = u + 1", "t = t*x", "s = t.sum()\n    t = t - s",
                                   "for i in range(len(u)):\n        t[i] += x[i]", "t[u > 0] = 0.5"], self.draw.randint(0, 2))  # fmt: skip
        return [
            f"def {name}(u):",
            *(f"    {line}" for line in inner),
            f"    return {pick(['t', 't', 'u', 't + u', '2*t'])}",
        ]

    def statement(self, name: str) -> list[str]:
        return [self.draw.choice([
            f"a = {name}(r)", f"r = {name}(a + r)", f"q += {name}(x - y).sum()", f"a -= {name}(2*r)", f"r = {name}({name}(a))",
            f"q -= sum({name}(x)[i] for i in range(m))", f"for i in range(m):\n    q += {name}(a)[i]*y[i]", "r = 1*r", "a[0] += 2",
            f"t = {name}(1*a)\nt *= 0.5\nr = r + t", f"q = q + ({name}(a)[0] if q > 0 else {name}(r)[0])", f"u = {name}(r.copy())\na = u + 1",
        ])]  # fmt: skip


def drawn(draw: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for rows, columns in ((1, 2), (2, 1), (3, 2)):
        rng = np.random.default_rng(draw)
        shapes = {"x": rows, "y": rows, "v": columns, "X": (rows, columns)}
        data = {"m": rows, "n": columns, **{name: rng.normal(size=shape) for name, shape in shapes.items()}}
        yield {name: np.copy(number) for name, number in data.items()}, data


@pytest.mark.parametrize("seed", range(4))
def test_random_functions_mean_what_python_makes_of_them(seed: int) -> None:
    assert compared(RANDOM.partial(v), Programs(seed).whole, 100, drawn) > 25


def test_a_function_sees_the_names_around_it_when_it_is_called() -> None:
    code = "s = 2\nf = lambda u: s*u\ns = 3\nreturn f(x).sum()"
    assert ran(code, {"x": np.ones(2)}) == 6
    cost = gd.Cost(3 * Sum(x[i] ** 2, (i, 1, m)) / 2, [x])
    assert cost.check({x: "s = 2\nf = lambda u: s*u\ns = 3\nreturn f(x)"}).ok
