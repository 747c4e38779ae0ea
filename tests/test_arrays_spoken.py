"""Beside each line of the readable code stands what it computes, in index letters, also where the compiler made the line."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from source_reader import Reader, Unreadable, lines, values
from sympy import Abs, IndexedBase, KroneckerDelta, Max, Piecewise, Product, Sum, cosh, exp, log, sqrt, symbols, tanh

import gdsym as gd
from gdsym.arrays.check import tiny_point

a, b, lam, s = symbols("a b lambda s")
i, j, k, l, m, n, K = symbols("i j k l m n K", integer=True, positive=True)
c, t, u, v, w, x, y, U, V, W, X, Y = map(IndexedBase, "c t u v w x y U V W X Y".split())
inner = Sum(w[j] * X[i, j], (j, 1, n)) + b


def score(row: Any) -> Any:
    return Sum(W[row, j] * X[i, j], (j, 1, n))


COSTS: dict[str, tuple[Any, list[Any], list[str]]] = {
    "softmax": (
        -Sum(Y[i, k] * log(exp(score(k)) / Sum(exp(score(l)), (l, 1, K))), (k, 1, K), (i, 1, m)) / m,
        [W],
        ["# v0_il - (max_j v0_ij)", "# exp(r_il)", "# sum_l e_il"],
    ),
    "labels": (
        Sum(log(Sum(exp(score(l)), (l, 1, K))) - Sum(KroneckerDelta(c[i], k) * score(k), (k, 1, K)), (i, 1, m)),
        [W],
        ["# max_l v0_il", "# exp(v0_il - top_i)", "# sum_l e_il"],
    ),
    "log of a sum": (
        log(Sum(exp(Sum(w[j] * X[i, j], (j, 1, n))), (i, 1, m))),
        [w],
        ["# max_i v0_i", "# exp(v0_i - v1)", "# sum_i e_i"],
    ),
    "hinge": (Sum(Max(0, 1 - t[i] * inner), (i, 1, m)) / m, [w, b], ["# 1 + sign(r_i)", "# 1/m sum_i {0 if r_i < 0; -t_i if r_i > 0; else -t_i/2}"]),
    "weights": (
        Sum(t[i] * (inner - y[i]) ** 2, (i, 1, m)) / Sum(t[i], (i, 1, m)),
        [w, b],
        ["# sum_i t_i"],
    ),
    "mask": (
        Sum(Y[i, j] * (X[i, j] - Sum(U[i, k] * V[j, k], (k, 1, K))) ** 2, (i, 1, m), (j, 1, n)),
        [U, V],
        ["# r_ij Y_ij"],
    ),
    "distances": (
        Sum((sqrt(Sum((U[i, k] - U[j, k]) ** 2, (k, 1, K)) + 1) - X[i, j]) ** 2, (i, 1, m), (j, 1, m)),
        [U],
        ["# U_ik", "# r1_ij/v1_ij"],
    ),
    "pairs": (Sum((x[i] - x[j] - s * (y[i] - y[j])) ** 2, (i, 1, m), (j, 1, m)) / m**2, [s], ["# m^2"]),
    "normal": (Sum(log(b**2) / 2 + (x[i] - a) ** 2 / (2 * b**2), (i, 1, m)), [a, b], ["# r_i^2", "# b^2"]),
    "ratio": (
        Sum(w[j] * y[j], (j, 1, n)) ** 2 / Sum(w[j] ** 2, (j, 1, n)),
        [w],
        ["# sum_j w_j y_j", "# sum_j w_j^2"],
    ),
    "form": (Sum(w[j] * X[j, k] * w[k], (j, 1, n), (k, 1, n)), [w], []),
    "network": (
        Sum((Sum(v[k] * tanh(Sum(W[k, j] * X[i, j], (j, 1, n)) + u[k]), (k, 1, K)) - y[i]) ** 2, (i, 1, m)),
        [W, u, v],
        [],
    ),
    "bends": (
        Sum((v[i] - y[i]) ** 2, (i, 1, m)) + lam * Sum((v[i - 1] - 2 * v[i] + v[i + 1]) ** 2, (i, 2, m - 1)),
        [v],
        [],
    ),
    "joints": (
        Sum(Piecewise((a * x[i] ** 2, Abs(x[i]) < b), (log(cosh(a * x[i])), True)), (i, 1, m)),
        [a],
        [],
    ),
    "product": (-log(Product(1 / (1 + exp(-a * x[i])), (i, 1, m))), [a], []),
}  # fmt: skip


@pytest.mark.parametrize("name", COSTS)
def test_each_line_has_its_formula(name: str) -> None:
    expression, params, expected = COSTS[name]
    source = gd.Cost(expression, params).compile().source
    lines = source[source.index('partial derivatives."""') :].splitlines()[1:-1]
    for above, line in zip(["", *lines], lines, strict=False):
        plain = any(word in line for word in ("asarray", "= len(", ".shape[")) or line.lstrip().startswith("#")
        assert plain or "#" in line or above.lstrip().startswith("#"), line
    assert [e for e in expected if not any(line.endswith(e) for line in lines)] == []


PARTS = {"bends"}  # arrays of a part of the range: their first entry is not that of the letter's first value


@pytest.mark.parametrize("name", sorted({*COSTS} - PARTS))
def test_each_formula_is_what_its_line_computes(name: str) -> None:
    """The comments read back, entry by entry; those that cannot be read are few."""
    expression, params, _ = COSTS[name]
    compiled = gd.Cost(expression, params).compile()
    program = compiled.program
    point = tiny_point(program, random.Random(3), (0.2, 0.9))
    inputs = [point[i.node] for kind in ("param", "data") for i in program.inputs if i.kind == kind]
    held = {**{size.name: point[size.node] for size in program.sizes}, **values(compiled.source, inputs, [])}
    verdicts = []
    for line, comment in lines(compiled.source):
        try:
            verdicts.append(Reader(comment, {n: v for n, v in held.items() if n != line}).agrees(held[line]))
        except Unreadable:
            verdicts.append(None)
        assert verdicts[-1] is not False, (line, comment)
    assert verdicts.count(True) > len(verdicts) / 2


def test_a_wrong_formula_is_seen() -> None:
    held = {"r": np.array([1.0, 2, 3]), "x": np.array([4.0, 5, 6])}
    assert Reader("sum_i r_i x_i", held).agrees(32)
    assert Reader("r_i x_i", held).agrees(np.array([4.0, 10, 18]))
    assert Reader("sum_i r_i^2 x_i", held).agrees(32) is False
    assert Reader("sum_(j=1..i) r_j + 0 x_i", held).agrees(np.array([1.0, 3, 6]))
    assert Reader("sum_j r_j + 0 x_i", held).agrees(np.array([1.0, 3, 6])) is False


def test_sums_over_a_part_tell_their_limits() -> None:
    """y_i - sum_j w_j was said of a running sum."""
    source = gd.Cost(Sum((y[i] - Sum(w[j], (j, 1, i))) ** 2, (i, 1, m)), [w]).compile().source
    assert "# y_i - sum_(j=1..i) w_j" in source
    assert "# sum_i r_i^2" in source
    source = gd.Cost(Sum((x[i] - a * x[i - 1]) ** 2, (i, 2, m)), [a]).compile().source
    assert "# sum_(i=2..m) r_i^2" in source


def test_a_value_at_neighbouring_places_is_not_called_by_one_name() -> None:
    """v[k + 1] - v[k] and v[k] - v[k - 1] are the same array: their difference must not read r_k - r_k."""
    rough = Sum((v[i] - y[i]) ** 2, (i, 1, m)) / 2 + lam * Sum(Abs(v[i + 1] - v[i]), (i, 1, m - 1))
    source = gd.Cost(rough, [v]).compile().source
    assert "{sign(v_k - v[k - 1]) if 2 <= k; else 0} - {sign(r1_k) if k <= m - 1; else 0}" in source
    assert "r1 = v[1:] - v[:-1]                   # v[i + 1] - v_i" in source
