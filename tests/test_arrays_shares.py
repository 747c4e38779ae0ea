"""Mixtures, attention and hidden states with weights as softmax of logits: value and gradient at +-1000 against balls.

A term that is exp of logits of about a thousand, or the share of one, is beyond the floats where the cost is not.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import flint
import numpy as np
import pytest
import sympy as sp
from flint import arb
from once import code_of
from sympy import IndexedBase, Sum, exp, log, symbols
from tools import needs

i, j, k, l, m, n = symbols("i j k l m n", integer=True, positive=True)
x, y, w, p, c, s, A, B = map(IndexedBase, ("x", "y", "w", "p", "c", "s", "A", "B"))
SIZES = {m: 3, n: 2}
AXES: dict[Any, tuple[Any, ...]] = {x: (m,), y: (m,), w: (n,), p: (n,), c: (n,), s: (n,), A: (n, n), B: (m, n)}
BITS = 6000


def soft(z: Any, at: Any = k, over: Any = l) -> Any:
    return exp(z(at)) / Sum(exp(z(over)), (over, 1, n))


def over_k(body: Any) -> Any:
    return Sum(body, (k, 1, n))


def over_i(body: Any) -> Any:
    return Sum(body, (i, 1, m))


pk = soft(lambda a: p[a])
pj = soft(lambda a: p[a], j, k)
gate = soft(lambda a: p[a] * x[i] + c[a])
row = exp(A[k, j]) / Sum(exp(A[k, l]), (l, 1, n))
FORMS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "mixture of normals": (-over_i(log(over_k(pk * exp(-((x[i] - w[k]) ** 2) / 2)))), (p, w)),
    "with scales": (
        -over_i(log(over_k(pk * exp(-((x[i] - w[k]) ** 2) * exp(-2 * s[k]) / 2 - s[k])))) / m, (p, w, s)),
    "of exponential distributions": (-over_i(log(over_k(pk * exp(w[k] - exp(w[k]) * x[i] ** 2)))), (p, w)),
    "of experts": (-over_i(log(over_k(gate * exp(-((y[i] - w[k] * x[i]) ** 2) / 2)))), (p, c, w)),
    "mean of experts": (over_i((y[i] - over_k(gate * w[k] * x[i])) ** 2), (p, c, w)),
    "of logistic experts": (-over_i(log(over_k(gate / (1 + exp(-w[k] * x[i]))))), (p, c, w)),
    "responsibilities": (
        over_k(over_i(c[k] * pk * exp(w[k] * x[i]) / Sum(pj * exp(w[j] * x[i]), (j, 1, n)))), (p, w)),
    "responsibilities at once": (
        over_k(over_i(exp(p[k] + w[k] * x[i]) / Sum(exp(p[l] + w[l] * x[i]), (l, 1, n))) ** 2), (p, w)),
    "hidden states": (
        -log(over_k(Sum(pk * exp(w[k]) * row * exp(c[j]), (j, 1, n)))), (p, A, w, c)),
    "hidden states, nested": (-log(over_k(pk * exp(w[k]) * Sum(row * exp(c[j]), (j, 1, n)))), (p, A, w, c)),
    "attention": (
        over_i((y[i] - over_k(exp(x[i] * w[k]) * c[k]) / over_k(exp(x[i] * w[k]))) ** 2), (w, c)),
    "noisy or": (-over_i(log(1 - exp(-over_k(exp(w[k]) * B[i, k] ** 2)))), (w,)),
    "two levels": (-log(over_k(pk * soft(lambda a: w[a]) * exp(c[k]))), (p, w, c)),
    "entropy of shares": (-over_k(pk * (p[k] - log(Sum(exp(p[l]), (l, 1, n))))), (p,)),
    "contrast": (-over_i(log(exp(x[i] * w[1]) / over_k(exp(x[i] * w[k])))), (w,)),
    "square of a share": (over_k(pk**2 * w[k]), (p, w)),
    "distance of shares": (over_k((pk - soft(lambda a: w[a])) ** 2), (p, w)),
    "sums apart": (-log(over_k(Sum(exp(p[k] * x[1]) * exp(c[j] * x[2]) * exp(p[k]) * exp(c[j]), (j, 1, n)))), (p, c)),
    "paired comparisons": (over_i(log(1 + exp(-x[i] * (p[1] - p[2])))), (p,)),
    "counts, negative binomial": (
        over_i((y[i] ** 2 + exp(w[1] + w[2])) * log(exp(w[1] + w[2]) + exp(x[i] * (p[1] - p[2]))) - y[i] ** 2 * x[i] * (p[1] - p[2])) - m * exp(w[1] + w[2]) * (w[1] + w[2]), (p,)),
    "mixture of counts": (-over_i(log(over_k(exp(c[k]) * exp(x[i] * p[k] - exp(s[k]))))) + log(over_k(exp(c[k]))), (c, p, s)),
    "log-logistic survival": (over_i((1 + y[i] ** 2) * log(1 + exp((p[1] - p[2]) * x[i] + (c[1] - c[2]))) - (p[1] - p[2]) * x[i]), (p, c)),
    "divergence": (over_k(pk * (log(pk) - log(soft(lambda a: w[a])))), (p, w)),
}  # fmt: skip
Ball = tuple[arb, arb]  # a value, and how often its last digit may be wrong if each operation rounds


def ball(expr: Any, known: dict[Any, Ball]) -> Ball:
    if expr not in known:
        known[expr] = (arb(int(expr.p)) / int(expr.q), arb(0)) if expr.is_Rational else _made(expr, known)
    return known[expr]


def _made(expr: Any, known: dict[Any, Ball]) -> Ball:
    parts = [ball(part, known) for part in expr.args]
    first, wrong = parts[0]
    if expr.is_Add:
        total = sum((v for v, _ in parts), arb(0))
        return total, sum((e for _, e in parts), abs(total))
    if expr.is_Mul:
        total = math.prod((v for v, _ in parts), start=arb(1))
        return total, sum(
            (
                e * math.prod((abs(v) for q, (v, _) in enumerate(parts) if q != at), start=arb(1))
                for at, (_, e) in enumerate(parts)
            ),
            abs(total),
        )
    if expr.is_Pow:
        total = first ** int(expr.exp)
        return total, abs(total) * (1 + abs(int(expr.exp)) * wrong / abs(first) if first != 0 else 1)
    if isinstance(expr, sp.log):
        return first.log(), abs(first.log()) + wrong / abs(first)
    assert isinstance(expr, sp.exp)
    return first.exp(), first.exp() * (1 + wrong)


def written_out(expr: Any) -> Any:
    """Without sums; an entry is a symbol of its own."""
    plain = expr.subs(SIZES).doit()
    return plain.xreplace({e: symbol(e.base, *e.indices) for e in plain.atoms(sp.Indexed)})


def symbol(base: Any, *indices: Any) -> Any:
    return sp.Symbol(f"{base}_{'_'.join(map(str, indices))}", real=True)


def entries(base: Any) -> list[tuple[int, ...]]:
    return list(itertools.product(*(range(1, SIZES[a] + 1) for a in AXES[base])))


def points() -> list[dict[Any, Any]]:
    rng = np.random.default_rng(7)
    found = []
    for scale in (1.0, 1000.0):
        for pick in range(3):
            values = {}
            for base, axes in AXES.items():
                shape = tuple(SIZES[a] for a in axes)
                drawn = rng.normal(size=shape) * (scale if base in (p, c, A, B, s) else 1)
                values[base] = np.round(drawn * 8) / 8
            values[s] = values[s] / scale
            if pick == 1:  # far apart
                values[w] = values[w] * min(scale, 45)
            if pick == 2:
                values[w] = values[w] * min(scale, 600)
                values[x] = np.sign(values[x])
            found.append(values)
    return found


@pytest.mark.parametrize("name", FORMS)
def test_logits_of_a_thousand(name: str) -> None:
    check_form(name, "numpy")


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["numba", "jax"])
@pytest.mark.parametrize("name", FORMS)
def test_logits_of_a_thousand_on_other_engines(name: str, engine: str) -> None:
    needs(engine)
    check_form(name, engine)


def check_form(name: str, engine: str) -> None:
    cost, params = FORMS[name]
    code = code_of(cost, params, engine)
    plain = written_out(cost)
    slopes = {q: {e: plain.diff(symbol(q, *e)) for e in entries(q)} for q in params}
    before, flint.ctx.prec = flint.ctx.prec, BITS
    try:
        for values in points():
            check(code, plain, slopes, params, values, cost)
    finally:
        flint.ctx.prec = before


def check(code: Any, plain: Any, slopes: Any, params: Any, values: Any, cost: Any) -> None:
    known: dict[Any, Ball] = {}
    for base in AXES:
        for e in entries(base):
            known[symbol(base, *e)] = arb(float(values[base][tuple(q - 1 for q in e)])), arb(0)
    used = {e.base for e in cost.atoms(sp.Indexed)}
    data = {b: v for b, v in values.items() if b in used and b not in params}
    data |= {size: number for size, number in SIZES.items() if cost.has(size)}
    value, gradient = code.value_and_gradient({q: values[q] for q in params}, data)
    agrees(value, ball(plain, known), values)
    for q in params:
        for e, slope in slopes[q].items():
            agrees(gradient[q][tuple(z - 1 for z in e)], ball(slope, known), (q, e, values))


def agrees(ours: float, right: Ball, where: Any) -> None:
    truth, allowed = (float(part.mid()) for part in right)
    assert abs(ours - truth) <= 1e-14 * allowed + 1e-290, (ours, truth, allowed, where)


APART = {
    "responsibilities": {p: [-1746, 757], w: [-1275, 525], x: [1, -1, -1], c: [1, 2]},
    "hidden states, nested": {p: [0, 0], w: [0, 0], A: [[0, -2000], [0, -2000]], c: [-3000, 0]},
    "hidden states": {p: [0, -1500], w: [0, 10], A: [[0, -2000], [-500, -2000]], c: [-3000, 0]},
}


@pytest.mark.parametrize("name", APART)
def test_where_one_factor_is_largest_another_may_vanish(name: str) -> None:
    cost, params = FORMS[name]
    code = code_of(cost, params)
    plain = written_out(cost)
    values = {base: np.zeros([SIZES[a] for a in axes]) for base, axes in AXES.items()}
    values |= {base: np.array(entry, dtype=float) for base, entry in APART[name].items()}
    slopes = {q: {e: plain.diff(symbol(q, *e)) for e in entries(q)} for q in params}
    before, flint.ctx.prec = flint.ctx.prec, BITS
    try:
        check(code, plain, slopes, params, values, cost)
    finally:
        flint.ctx.prec = before
    assert "[:, None, :]" not in code.source  # no array of three axes


def test_what_is_multiplied_out_cancels_before_it_is_scaled() -> None:
    cost, params = FORMS["responsibilities"]
    source = code_of(cost, params).source
    assert source.count("np.exp(") == 2
    assert "np.maximum" not in source


def test_counts_and_log_log_links_far_out() -> None:
    z = Sum(w[k] * B[i, k], (k, 1, n))
    counts = over_i(y[i] * (log(exp(c[1]) + exp(z)) - z) + exp(c[1]) * log(exp(c[1]) + exp(z)))
    values = {w: [900.0, -300], c: [0.5, 0], B: np.eye(2), y: [2.0, 1]}
    slope = code_of(counts, [w]).gradient({w: values[w]}, {b: values[b] for b in (c, B, y)})
    assert slope[w] == pytest.approx([math.exp(0.5), -1], rel=1e-14)
    links = -over_i(y[i] * log(1 - exp(-exp(z))) - (1 - y[i]) * exp(z))
    value, slope = code_of(links, [w]).value_and_gradient({w: [-900, 3]}, {B: np.eye(2), y: [1, 0]})
    assert value == 900 + math.exp(3)
    assert slope[w].tolist() == [-1, math.exp(3)]
