r"""`python -m examples.gallery --out out`: derivations of every kind as one LaTeX document and one page of Markdown."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sympy
from sympy import Abs, Function, IndexedBase, Integral, MatrixSymbol, Max, Sum, exp, log, symbols, tanh

import gdsym as gd
from gdsym.export import latex
from gdsym.export.saving import written_whole
from gdsym.export.short import short

w, b, lam, delta, c, k, t, alpha = symbols("w b lambda delta c k t alpha")
x, y, s = symbols("x y s")
i, j, q, m, n, p, K, N, H = symbols("i j l m n p K N H", integer=True, positive=True)
X, Y, W, P, U, V, T, v, h, z = map(IndexedBase, "X Y W P U V T v h z".split())
xs, ys, ws, zs, ps, qs = map(IndexedBase, "x y w z p q".split())


@dataclass(frozen=True)
class Plate:
    """One derivation of the gallery: its heading and how it is made."""

    title: str
    make: Callable[[], gd.Derivation]


def _partial(expr: Any, params: Sequence[Any], by: Any, **parts: Any) -> gd.Derivation:
    return gd.Cost(expr, list(params), **parts).partial(by)


def _mean(term: Any) -> Any:
    return Sum(term, (i, 1, m)) / m


LINE = w * xs[i] + b - ys[i]
LINEAR = Sum(ws[j] * xs[i, j], (j, 1, n))
SCORE = LINEAR + b
A, S, M = MatrixSymbol("A", m, n), MatrixSymbol("S", n, n), MatrixSymbol("M", n, n)
B, r = MatrixSymbol("b", m, 1), MatrixSymbol("x", n, 1)
f, g = Function("f"), Function("g")
SCORES = Sum(W[j, k] * X[i, j], (j, 1, n))

GALLERY: tuple[Plate, ...] = (
    Plate("A polynomial", lambda: gd.derive("3*x**5 - 4*x**2 + 7*x - 2", "x")),
    Plate("A power of a sum", lambda: gd.derive("(x**2 + 1)**3", "x")),
    Plate("A function of a function of a function", lambda: gd.derive("sin(exp(x**2))", "x")),
    Plate("A quotient", lambda: gd.derive("(x**2 - 1)/(x**2 + 1)", "x")),
    Plate("The same as a product", lambda: gd.derive("(x**2 - 1)/(x**2 + 1)", "x", method="product")),
    Plate("Exponential and logarithm", lambda: gd.derive("x**2*exp(-x)*log(x)", "x")),
    Plate("A tower", lambda: gd.derive("x**sin(x)", "x")),
    Plate("Trigonometric functions", lambda: gd.derive("sin(x)**2*cos(3*x)", "x")),
    Plate("A root", lambda: gd.derive("x/sqrt(1 + x**2)", "x")),
    Plate("The logistic function", lambda: gd.derive("1/(1 + exp(-x))", "x")),
    Plate("An undefined function", lambda: gd.derive(f(x**2) * g(x), x)),
    Plate("An integral with moving ends", lambda: gd.derive(Integral(exp(-x * t**2), (t, 0, x**2)), x)),
    Plate("An implicit function", lambda: gd.derive(x**2 + f(x) ** 2, x)),
    Plate("Rosenbrock as a sum", lambda: gd.derive(
        Sum(100 * (xs[i + 1] - xs[i] ** 2) ** 2 + (1 - xs[i]) ** 2, (i, 1, n - 1)), xs[k])),
    Plate("A line through data", lambda: _partial(Sum(LINE**2, (i, 1, m)) / (2 * m), [w, b], w)),
    Plate("Ridge regression", lambda: _partial(
        Sum((LINEAR - ys[i]) ** 2, (i, 1, m)) / (2 * m) + lam / 2 * Sum(ws[j] ** 2, (j, 1, n)), [ws], ws)),
    Plate("Lasso", lambda: _partial(
        Sum((LINEAR - ys[i]) ** 2, (i, 1, m)) / (2 * m) + lam * Sum(Abs(ws[j]), (j, 1, n)), [ws], ws)),
    Plate("Logistic regression, the probability named", lambda: _partial(
        -_mean(ys[i] * log(ps[i]) + (1 - ys[i]) * log(1 - ps[i])), [w, b], w,
        where={ps[i]: 1 / (1 + exp(-zs[i])), zs[i]: w * xs[i] + b})),
    Plate("Logistic regression, nothing named", lambda: _partial(
        -_mean(ys[i] * log(1 / (1 + exp(-(w * xs[i] + b)))) + (1 - ys[i]) * log(1 - 1 / (1 + exp(-(w * xs[i] + b))))),
        [w, b], w)),
    Plate("Logistic regression, written with a softplus", lambda: _partial(
        _mean(log(1 + exp(w * xs[i] + b)) - ys[i] * (w * xs[i] + b)), [w, b], w)),
    Plate("Softmax regression", lambda: _partial(
        -Sum(Sum(Y[i, q] * log(exp(Sum(W[j, q] * X[i, j], (j, 1, n)))
                               / Sum(exp(Sum(W[j, p] * X[i, j], (j, 1, n))), (p, 1, K))), (q, 1, K)), (i, 1, m)) / m,
        [W], W)),
    Plate("Log-sum-exp", lambda: gd.derive(log(Sum(exp(zs[j]), (j, 1, n))), zs[k])),
    Plate("Poisson regression", lambda: _partial(_mean(exp(w * xs[i] + b) - ys[i] * (w * xs[i] + b)), [w, b], w)),
    Plate("Huber's loss", lambda: _partial(gd.losses.huber(w * xs[i] + b, ys[i], (i, 1, m), delta), [w, b], w)),
    Plate("The hinge", lambda: _partial(_mean(Max(0, 1 - ys[i] * (w * xs[i] + b))), [w, b], w)),
    Plate("A tie in a maximum", lambda: gd.derive(Max(x, 2 * x, x**2), x)),
    Plate("Total variation", lambda: gd.derive(Sum(Abs(ws[j + 1] - ws[j]), (j, 1, n - 1)), ws[k])),
    Plate("Matrix factorisation", lambda: _partial(
        Sum(Sum((Sum(U[i, k] * V[j, k], (k, 1, K)) - Y[i, j]) ** 2, (j, 1, n)), (i, 1, m)) / 2, [U, V], U)),
    Plate("Pairwise distances", lambda: gd.derive(Sum(Sum((xs[i] - xs[j]) ** 2, (j, 1, n)), (i, 1, n)), xs[k])),
    Plate("Autoregression", lambda: _partial(
        Sum((ys[i] - alpha * ys[i - 1] - c) ** 2, (i, 2, m)) / (2 * m), [alpha, c], alpha)),
    Plate("The Kullback-Leibler divergence", lambda: gd.derive(Sum(ps[i] * log(ps[i] / qs[i]), (i, 1, n)), qs[k])),
    Plate("A network with one hidden layer", lambda: _partial(
        Sum((Sum(v[q] * tanh(Sum(W[q, j] * X[i, j], (j, 1, n))), (q, 1, H)) - ys[i]) ** 2, (i, 1, m)) / (2 * m),
        [W, v], W)),
    Plate("Least squares in matrices", lambda: gd.derive((A * r - B).T * (A * r - B), r)),
    Plate("The logarithm of a determinant", lambda: gd.derive(log(sympy.Determinant(M)), M)),
    Plate("An entry of a Hessian", lambda: gd.Cost(Sum(LINE**2, (i, 1, m)) / (2 * m), [w, b]).hessian()[w, b]),
    Plate("A second derivative", lambda: gd.derive("exp(-x**2/2)", ("x", "x"))),
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m examples.gallery", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out"))
    out = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    made = [(plate.title, plate.make()) for plate in GALLERY]
    written_whole(out / "gallery.tex", book(made))
    written_whole(out / "gallery.txt", "\n\n".join(f"## {title}\n\n{d.text()}" for title, d in made) + "\n")
    return 0


def book(made: Sequence[tuple[str, gd.Derivation]]) -> str:
    """One LaTeX document with all of them."""
    start = latex.document([], title="A gallery of derivations").partition(r"\end{document}")[0]
    parts = []
    for number, (title, d) in enumerate(made, 1):
        section = latex._section(short(d.page()))
        parts.append(rf"\subsection*{{{number}\quad {title}}}" + "\n" + section)
    return start + "\n\n\\bigskip\n\n".join(parts) + "\n\\end{document}\n"


if __name__ == "__main__":
    raise SystemExit(main())
