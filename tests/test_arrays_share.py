"""Costs written out term by term: value and all partials together take about 3 times the operations of the value."""

from __future__ import annotations

from math import prod
from typing import Any

import pytest
from sympy import E, Matrix, Rational, cos, exp, log, pi, sin, sqrt, symbols, tanh

import gdsym as gd
from gdsym.arrays.expand import reachable
from gdsym.arrays.graph import Op

x = symbols("x0:10")
a, b, c, d = symbols("a b c d")
A = Matrix(3, 3, symbols("m0:9"))
w = symbols("w0:12")
POINTS = [(Rational(k, 7), Rational(k * k % 5, 3)) for k in range(1, 9)]
ROWS = [(Rational(1, 2), Rational(-1, 3)), (Rational(2, 7), Rational(4, 5)), (Rational(-3, 5), Rational(1, 9))]


def network(p: Any, q: Any) -> Any:
    return sum(w[9 + h] * tanh(w[3 * h] * p + w[3 * h + 1] * q + w[3 * h + 2]) for h in range(3))


COSTS: dict[str, tuple[Any, Any]] = {
    "Rosenbrock": ((1 - a) ** 2 + 100 * (b - a**2) ** 2, (a, b)),
    "Rosenbrock in ten": (sum((1 - x[i]) ** 2 + 100 * (x[i + 1] - x[i] ** 2) ** 2 for i in range(9)), x),
    "Himmelblau": ((a**2 + b - 11) ** 2 + (a + b**2 - 7) ** 2, (a, b)),
    "Beale": ((Rational(3, 2) - a + a * b) ** 2 + (Rational(9, 4) - a + a * b**2) ** 2, (a, b)),
    "Powell": ((a + 10 * b) ** 2 + 5 * (c - d) ** 2 + (b - 2 * c) ** 4 + 10 * (a - d) ** 4, (a, b, c, d)),
    "Styblinski": (sum(q**4 - 16 * q**2 + 5 * q for q in x) / 2, x),
    "Rastrigin": (sum(q**2 - 10 * cos(2 * pi * q) for q in x), x),
    "Griewank": (sum(q**2 for q in x) / 4000 - prod(cos(q / sqrt(k + 1)) for k, q in enumerate(x)) + 1, x),
    "Ackley": (-20 * exp(-sqrt((a**2 + b**2) / 2) / 5) - exp((cos(2 * pi * a) + cos(2 * pi * b)) / 2) + E + 20, (a, b)),
    "product": (prod(x[:8]), x[:8]), "exp of a product": (exp(prod(x[:6])), x[:6]), "sine of a sum": (sin(sum(x)), x),
    "nested": (sin(exp(cos(a * b) + c) * d), (a, b, c, d)), "tower": (exp(sin(exp(sin(exp(sin(a + b)))))), (a, b)),
    "norm": (sqrt(sum(q**2 for q in x)), x), "log-sum-exp": (log(sum(exp(q) for q in x)), x),
    "cross-entropy": (-log(exp(x[0]) / sum(exp(q) for q in x)), x),
    "quotient": (sum(x[:5]) / (1 + sum(q**2 for q in x[5:])), x),
    "line": (sum((a * u + b - v) ** 2 for u, v in POINTS), (a, b)),
    "logistic": (sum(log(1 + exp(-(a * u + b))) for u, _ in POINTS), (a, b)),
    "bell": (sum((a * exp(-((u - b) ** 2) / c) - v) ** 2 for u, v in POINTS), (a, b, c)),
    "determinant": (A.det(), tuple(A)), "determinant squared": ((A.det() - 1) ** 2, tuple(A)),
    "network": (sum((network(p, q) - 1) ** 2 for p, q in ROWS), w),
}  # fmt: skip


def operations(outputs: list[Op]) -> int:
    """Additions, multiplications and calls; a sum of n terms is n - 1."""
    made = [op for op in reachable(outputs) if op.kind not in ("leaf", "number", "truth", "size")]
    return sum(len(op.args) - 1 if op.kind in ("add", "mul") else 1 for op in made)


@pytest.mark.parametrize("name", COSTS)
def test_the_gradient_costs_twice_the_value(name: str) -> None:
    expr, params = COSTS[name]
    graph = gd.Cost(expr, params).compile().program.graph
    most = 3.2 if name == "network" else 3.0  # 3.0 with more samples; each weight has a sum of its own
    assert operations([graph.value, *graph.gradients]) <= most * operations([graph.value])


def test_the_sign_of_a_sum_goes_into_its_numbers():
    w, b = symbols("w b")
    source = gd.Cost((1 - w) ** 2 + 100 * (b - w**2) ** 2, [w, b]).compile().source
    assert "dJ_dw = -2*v0 - 400*w*v1 " in source
