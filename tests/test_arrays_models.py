"""Costs that people write, compiled: value and gradient beside the sum written out in many digits, also with parameters of a thousand."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp
from sympy import Abs, Eq, Heaviside, IndexedBase, Max, Piecewise, Sum, cosh, exp, log, loggamma, sqrt, tanh

import gdsym as gd
from gdsym.arrays import compiled

i, j, k, l, q, m, n, p = sp.symbols("i j k l q m n p", integer=True, positive=True)
AXES: dict[Any, Any] = dict(
    zip(map(IndexedBase, "x y o w b c d u v X Y A V U W".split()),
        ((m,), (m,), (m,), (n,), (n,), (n,), (n,), (p,), (p,), (m, n), (m, n), (n, n), (m, p), (p, n), (n, p)), strict=True)
)  # fmt: skip
x, y, o, w, b, c, d, u, v, X, Y, A, V, U, W = AXES
alpha, beta = sp.symbols("alpha beta")
SIZES = {m: 4, n: 3, p: 2}


@pytest.fixture(autouse=True)
def no_second_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code that raises is run anew, output by output, which is right and slow: none of these costs needs that."""

    def never(program: Any, number: int, *given: Any) -> Any:
        raise AssertionError(f"the code raises where output {number} has a value")

    monkeypatch.setattr(compiled, "_alone", never)


def over_i(body: Any) -> Any:
    return Sum(body, (i, 1, m))


def over_k(body: Any) -> Any:
    return Sum(body, (k, 1, n))


def soft(z: Any, at: Any = k) -> Any:
    return exp(z(at)) / Sum(exp(z(l)), (l, 1, n))


def s(z: Any) -> Any:
    return 1 / (1 + exp(-z))


line = Sum(X[i, k] * w[k], (k, 1, n))
score = Sum(V[i, q] * U[q, k], (q, 1, p))
shares = exp(score) / Sum(exp(score.subs(k, l)), (l, 1, n))
MODELS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "mixture of Poisson": (-over_i(log(over_k(soft(lambda a: b[a]) * exp(y[i] * w[k] - exp(w[k] / 100))))), (b,)),
    "hidden states": (-log(over_k(exp(b[k] + c[k]) * Sum(exp(A[k, l]) / Sum(exp(A[k, j]), (j, 1, n)) * exp(d[l]), (l, 1, n)))), (b, A, c)),
    "three hidden states": (-log(over_k(exp(b[k]) * Sum(exp(A[k, l] + d[l]) * Sum(exp(A[l, j]) * exp(c[j]), (j, 1, n)), (l, 1, n)))), (b, A, c)),
    "pairs of labels": (-over_i(A[1, 2] * x[i] - log(Sum(exp(X[i, k] + A[k, l] + X[i, l]), (k, 1, n), (l, 1, n)))), (A,)),
    "contrast of embeddings": (-over_i(log(exp(Sum(V[i, q] ** 2, (q, 1, p))) / Sum(exp(Sum(V[i, q] * V[j, q], (q, 1, p))), (j, 1, m)))), (V,)),
    "hazards": (-over_i(o[i] * (line - log(Sum(exp(Sum(X[j, k] * w[k], (k, 1, n))), (j, i, m))))), (w,)),
    "hazards by time": (-over_i(o[i] * (beta * x[i] - log(Sum(Heaviside(y[j] - y[i], 1) * exp(beta * x[j]), (j, 1, m))))), (beta,)),
    "responses to items": (-over_i(over_k(o[i] * log(s(c[k] * (x[i] - d[k]))) + (1 - o[i]) * log(1 - s(c[k] * (x[i] - d[k]))))), (d,)),
    "comparisons": (-Sum(A[k, l] ** 2 * log(exp(w[k]) / (exp(w[k]) + exp(w[l]))), (k, 1, n), (l, 1, n)), (w,)),
    "ranking": (-over_k(w[k] - log(Sum(exp(w[l]), (l, k, n)))), (w,)),
    "negative binomial": (-over_i(loggamma(y[i] + exp(alpha)) - loggamma(exp(alpha)) + exp(alpha) * (alpha - log(exp(alpha) + exp(line))) + y[i] * (line - log(exp(alpha) + exp(line)))), (w,)),
    "too many zeros": (-over_i(Piecewise((log(s(alpha) + (1 - s(alpha)) * exp(-exp(beta))), Eq(o[i], 0)), (log(1 - s(alpha)) + o[i] * beta - exp(beta), True))), (alpha,)),
    "focal loss": (-over_i(o[i] * (1 - s(line)) ** 2 * log(s(line)) + (1 - o[i]) * s(line) ** 2 * log(1 - s(line))), (w,)),
    "log cosh": (over_i(log(cosh(y[i] - line))), (w,)),
    "Student": (over_i((exp(alpha) + 1) / 2 * log(1 + (y[i] - line) ** 2 * exp(-alpha))), (w,)),
    "softmax": (-over_i(over_k(Y[i, k] * log(shares))), (U,)),
    "Brier": (over_i(over_k((Y[i, k] - shares) ** 2)), (U,)),
    "soft clusters": (-over_i(log(over_k(exp(-Sum((V[i, q] - W[k, q]) ** 2, (q, 1, p)))))), (W,)),
    "attention twice": (over_i((y[i] - over_k(exp(over_k(exp(x[i] * w[k]) * c[k]) / over_k(exp(x[i] * w[k])) * b[k]) * d[k]) / over_k(exp(over_k(exp(x[i] * w[k]) * c[k]) / over_k(exp(x[i] * w[k])) * b[k]))) ** 2), (w, c)),
    "gate": (over_i((y[i] - (1 - s(alpha * x[i])) * o[i] - s(alpha * x[i]) * tanh(beta * x[i])) ** 2), (alpha, beta)),
    "network": (over_i((y[i] - Sum(v[q] * log(1 + exp(Sum(W[k, q] * X[i, k], (k, 1, n)) + u[q])), (q, 1, p))) ** 2), (W, u, v)),
    "group lasso": (over_i((y[i] - line) ** 2) + over_k(sqrt(Sum(W[k, q] ** 2, (q, 1, p)))), (w, W)),
    "hinge": (over_i(Max(0, 1 - y[i] * line)) + over_k(Abs(w[k])), (w,)),
    "scale by softplus": (over_i((y[i] - alpha) ** 2 / log(1 + exp(beta)) + log(log(1 + exp(beta)))), (alpha, beta)),
}  # fmt: skip
FUNCTIONS: dict[Any, Any] = {
    sp.exp: mpmath.exp, sp.log: mpmath.log, sp.tanh: mpmath.tanh, sp.cosh: mpmath.cosh, sp.Abs: abs, sp.Max: max, sp.loggamma: mpmath.loggamma,
    sp.Heaviside: lambda z, at: at if z == 0 else int(z > 0),
}  # fmt: skip


DIGITS = {"responses to items": 3000, "focal loss": 3000}  # of 1 - 1/(1 + exp(-z))


class Literal:
    """The sum written out, in mpmath's numbers."""

    def __init__(self, values: dict[Any, Any]) -> None:
        self.values, self.known = values, dict[Any, Any]()

    def __call__(self, e: Any, at: dict[Any, int]) -> Any:
        key = (e, *((a, number) for a, number in at.items() if e.has(a)))
        if key not in self.known:
            self.known[key] = self.made(e, at)
        return self.known[key]

    def made(self, e: Any, at: dict[Any, int]) -> Any:
        if e.is_Rational:
            return mpmath.mpf(int(e.p)) / int(e.q)
        if e.is_Symbol:
            return at[e] if e in at else self.values[e]
        if isinstance(e, sp.Indexed):
            return self.values[e.base][tuple(int(self(a, at)) - 1 for a in e.indices)]
        if isinstance(e, (sp.Sum, sp.Product)):
            return self.over(e.function, e.limits, at, mpmath.fsum if isinstance(e, sp.Sum) else mpmath.fprod)
        if isinstance(e, sp.Piecewise):
            (first, test), (other, _) = e.args
            return self(first if self(test.lhs, at) == self(test.rhs, at) else other, at)
        parts = [self(a, at) for a in e.args]
        if e.is_Add or e.is_Mul:
            return (mpmath.fsum if e.is_Add else mpmath.fprod)(parts)
        return parts[0] ** parts[1] if e.is_Pow else FUNCTIONS[e.func](*parts)

    def over(self, body: Any, limits: Any, at: dict[Any, int], joined: Any) -> Any:
        if not limits:
            return self(body, at)
        *inner, (letter, low, high) = limits
        numbers = range(int(self(low, at)), int(self(high, at)) + 1)
        return joined([self.over(body, inner, {**at, letter: number}, joined) for number in numbers])


def exact(value: Any) -> Any:
    return np.vectorize(mpmath.mpf, otypes=[object])(value) if np.ndim(value) else mpmath.mpf(value)


def drawn(cost: Any, params: Any, scale: float) -> dict[Any, Any]:
    rng = np.random.default_rng(5)
    values: dict[Any, Any] = {
        base: np.round(rng.normal(size=[SIZES[a] for a in axes]) * (scale if base in params else 1) * 8) / 8
        for base, axes in AXES.items()
    }
    values |= {a: round(float(rng.normal()) * (scale if a in params else 1) * 8) / 8 for a in (alpha, beta)}
    values[o] = (values[o] > 0) * 1.0
    if cost.has(loggamma):
        values[y] = abs(np.round(values[y]))
    return values


def slope(cost: Any, values: dict[Any, Any], param: Any, place: Any) -> float:
    """A difference quotient whose step is far below what a float can see."""
    step, found = mpmath.mpf(10) ** -300, []
    for sign in (1, -1):
        moved = exact(values[param]) if place else exact(values[param]) + sign * step
        if place:
            moved[place] = moved[place] + sign * step
        found.append(Literal({**{a: exact(z) for a, z in values.items()}, **SIZES, param: moved})(cost, {}))
    return float((found[0] - found[1]) / (2 * step))


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_model(name: str) -> None:
    cost, params = MODELS[name]
    code = gd.Cost(cost, list(params)).compile()
    used = {e.base for e in cost.atoms(sp.Indexed)} | cost.free_symbols
    for scale in (1.0, 1000.0):
        values = drawn(cost, params, scale)
        data = {a: z for a, z in values.items() if a in used and a not in params}
        data |= {a: z for a, z in SIZES.items() if cost.has(a)}
        value, gradient = code.value_and_gradient({a: values[a] for a in params}, data)
        with mpmath.workdps(DIGITS.get(name, 800)):
            known = {a: exact(z) for a, z in values.items()}
            assert math.isclose(value, float(Literal({**known, **SIZES})(cost, {})), rel_tol=1e-12), scale
            for param in params:
                shape = np.shape(values[param])
                right = np.array([slope(cost, values, param, place) for place in np.ndindex(*shape)]).reshape(shape)
                assert np.allclose(gradient[param], right, rtol=1e-10, atol=1e-11 * np.max(abs(right), initial=1e-3)), (
                    scale
                )
