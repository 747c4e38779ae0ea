"""The derivations of the gallery: one of every kind, each with its heading; those with words stand in docs/gallery.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy
from sympy import Abs, Function, IndexedBase, Integral, MatrixSymbol, Max, Sum, exp, log, symbols, tanh

import gdsym as gd
from gdsym import losses

w, b, lam, alpha, beta, t, x = symbols("w b lambda alpha beta t x")
delta = symbols("delta", positive=True)
i, j, k, l_, c, q, m, n, K, H = symbols("i j k l c q m n K H", integer=True, positive=True)
X, Y, P, Q, Z, W, V, U, v, vw = (IndexedBase(name) for name in ("x", "y", "p", "q", "z", "W", "V", "U", "v", "w"))
f, g = Function("f"), Function("g")

LINE = w * X[i] + b
LINEAR = Sum(vw[j] * X[i, j], (j, 1, n))
SQUARES = Sum((LINEAR - Y[i]) ** 2, (i, 1, m)) / (2 * m)
SIGMOID = 1 / (1 + exp(-LINE))
NETWORK = Sum(v[l_] * tanh(Sum(W[l_, j] * X[i, j], (j, 1, n))), (l_, 1, H))
A, M = MatrixSymbol("A", m, n), MatrixSymbol("M", n, n)
column, target = MatrixSymbol("x", n, 1), MatrixSymbol("b", m, 1)


@dataclass(frozen=True)
class Plate:
    """One derivation of the gallery: its heading, how it is made, and what stands above it in docs/gallery.md."""

    title: str
    make: Callable[[], gd.Derivation]
    words: str = ""
    picture: str = ""


def _mean(term: Any) -> Any:
    return Sum(term, (i, 1, m)) / m


def _by(wrt: Any, expr: Any, *params: Any, **parts: Any) -> gd.Derivation:
    """The partial derivative of a cost in these parameters."""
    return gd.Cost(expr, [*params], **parts).partial(wrt)


def _softmax() -> gd.Derivation:
    score = Sum(W[c, j] * X[i, j], (j, 1, n))
    share = exp(score) / Sum(exp(score.subs(c, q)), (q, 1, K))
    cost = losses.softmax_cross_entropy(score, Y[i], (i, 1, m), (c, 1, K))
    return _by(W[c, k], cost, W, where={P[i, c]: share})


def _log_loss_by_parts() -> gd.Derivation:
    cost = losses.log_loss(P[i], Y[i], (i, 1, m))
    return _by(w, cost, w, b, where={P[i]: 1 / (1 + exp(-Z[i])), Z[i]: LINE})


CALCULUS = (
    Plate("A polynomial", lambda: gd.derive("3*x**5 - 4*x**2 + 7*x - 2", "x")),
    Plate("A power of a sum", lambda: gd.derive("(x**2 + 1)**3", "x")),
    Plate("A function of a function of a function", lambda: gd.derive("sin(exp(x**2))", "x")),
    Plate("A quotient", lambda: gd.derive("(x**2 - 1)/(x**2 + 1)", "x"), "Every rule in its own letters.", "quotient"),
    Plate("The same as a product", lambda: gd.derive("(x**2 - 1)/(x**2 + 1)", "x", method="product")),
    Plate("Exponential and logarithm", lambda: gd.derive("x**2*exp(-x)*log(x)", "x")),
    Plate("A tower", lambda: gd.derive("x**sin(x)", "x")),
    Plate("Trigonometric functions", lambda: gd.derive("sin(x)**2*cos(3*x)", "x")),
    Plate("A root", lambda: gd.derive("x/sqrt(1 + x**2)", "x")),
    Plate("The logistic function", lambda: gd.derive("1/(1 + exp(-x))", "x")),
    Plate("A function that is not defined further", lambda: gd.derive(f(x**2) * g(x), x)),
    Plate("An integral with a moving end", lambda: gd.derive(Integral(exp(-x * t**2), (t, 0, x**2)), x)),
    Plate("A circle, y depending on x", lambda: gd.derive(x**2 + Function("y")(x) ** 2, x)),
    Plate("A second derivative", lambda: gd.derive("exp(-x**2/2)", ("x", "x"))),
    Plate("A tie in a maximum", lambda: gd.derive(Max(x, x**2), x)),
)  # fmt: skip

COSTS = (
    Plate("A line through data", lambda: _by(w, losses.half_mse(LINE, Y[i], (i, 1, m)), w, b),
          "The sum over the data stays a sum; what does not depend on $w$ is held constant.", "derivation"),
    Plate("Ridge regression", lambda: _by(vw, SQUARES + lam / 2 * Sum(vw[j] ** 2, (j, 1, n)), vw),
          "A vector parameter: derived by $w_k$ for any $k$, so that Kronecker's delta picks one term of the sum over $j$."),
    Plate("Lasso", lambda: _by(vw, SQUARES + lam * Sum(Abs(vw[j]), (j, 1, n)), vw)),
    Plate("Logistic regression, the probability named", _log_loss_by_parts,
          "Named parts keep their names, and a subproblem that came up before is not derived twice."),
    Plate("Logistic regression, nothing named", lambda: _by(w, losses.log_loss(SIGMOID, Y[i], (i, 1, m)), w, b)),
    Plate("Logistic regression by its log-odds", lambda: _by(w, _mean(log(1 + exp(LINE)) - Y[i] * LINE), w, b)),
    Plate("Softmax regression", _softmax),
    Plate("Log-sum-exp", lambda: gd.derive(log(Sum(exp(Z[j]), (j, 1, n))), Z[k]),
          "The derivative of the smooth maximum is the softmax."),
    Plate("Poisson regression", lambda: _by(w, _mean(exp(LINE) - Y[i] * LINE), w, b)),
    Plate("Huber's loss", lambda: _by(w, losses.huber(LINE, Y[i], (i, 1, m), delta), w, b)),
    Plate("The hinge", lambda: _by(w, _mean(Max(0, 1 - Y[i] * LINE)), w, b),
          "At the kink there is no derivative; which value is used there is said below."),
    Plate("Total variation", lambda: gd.derive(Sum(Abs(vw[j + 1] - vw[j]), (j, 1, n - 1)), vw[k])),
    Plate("Rosenbrock's function in n variables", lambda: gd.derive(
        Sum(100 * (X[i + 1] - X[i] ** 2) ** 2 + (1 - X[i]) ** 2, (i, 1, n - 1)), X[k])),
    Plate("Matrix factorisation", lambda: _by(U, Sum(Sum(
        (Sum(U[i, k] * V[j, k], (k, 1, K)) - Y[i, j]) ** 2, (j, 1, n)), (i, 1, m)) / 2, U, V)),
    Plate("Pairwise distances", lambda: gd.derive(Sum(Sum((X[i] - X[j]) ** 2, (j, 1, n)), (i, 1, n)), X[k])),
    Plate("Autoregression", lambda: _by(
        alpha, Sum((Y[i] - alpha * Y[i - 1] - beta) ** 2, (i, 2, m)) / (2 * m), alpha, beta)),
    Plate("The Kullback-Leibler divergence", lambda: gd.derive(Sum(P[i] * log(P[i] / Q[i]), (i, 1, n)), Q[k])),
    Plate("A network with one hidden layer", lambda: _by(W, Sum((NETWORK - Y[i]) ** 2, (i, 1, m)) / (2 * m), W, v),
          "Backpropagation, line by line: the error at the output times the slope of the hidden layer times the input.",
          "network"),
    Plate("An entry of a Hessian", lambda: gd.Cost(losses.half_mse(LINE, Y[i], (i, 1, m)), [w, b]).hessian()[w, b]),
)  # fmt: skip

MATRICES = (
    Plate("Least squares in matrices", lambda: gd.derive((A * column - target).T * (A * column - target), column),
          "By differentials; proved entry by entry for every shape."),
    Plate("The logarithm of a determinant", lambda: gd.derive(log(sympy.Determinant(M)), M)),
)  # fmt: skip

GALLERY: tuple[Plate, ...] = CALCULUS + COSTS + MATRICES
