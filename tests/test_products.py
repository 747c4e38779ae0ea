"""A product over an index: one factor at a time, right where a factor is 0, in steps, as a law and in code."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp
from once import code_of
from oracle import World, close, slope, value
from sympy import IndexedBase, Product, Sum, exp, log
from tools import needs

import gdsym as gd
from gdsym.verify import agree, recheck
from gdsym.verify.formulas import Formulas
from gdsym.verify.points import Point
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import D, Sym
from gdsym.written.nodes import Sum as Total

i, j, k, n, m = sp.symbols("i j k n m", integer=True, positive=True)
x, b = sp.symbols("x b")
w, v, X, Y = (IndexedBase(name) for name in "w v X Y".split())
SIZES = {"n": 4, "m": 3}

COSTS = [
    (Product(w[j] * x + b, (j, 1, n)), x),
    (Product(w[j], (j, 1, n)), w[k]),
    (Product(w[j], (j, 2, n)), w[k]),
    (Product(w[j] ** 2 + v[j], (j, 0, n)), w[k]),
    (Product(w[j] - w[j - 1], (j, 2, n)), w[k]),
    (Product(1 / (1 + exp(-x * v[i])), (i, 1, n)), x),
    (Product(Sum(w[j] * v[i], (j, 1, m)), (i, 1, n)), w[k]),
    (Sum(Product(w[j] * X[i, j], (j, 1, n)), (i, 1, m)), w[k]),
    (Sum(Product(w[j], (j, 1, i)), (i, 1, n)), w[k]),
    (Product(Product(w[i] + v[j], (j, 1, m)), (i, 1, n)), w[k]),
    (Product(x, (i, 1, n)), x),
    (log(Product(w[j] ** 2 + 1, (j, 1, n))), w[k]),
    (exp(Product(w[j], (j, 1, n))) * w[1], w[k]),
    (Product(x - w[i], (i, 1, n)), (x, x)),
    (Product(w[i], (i, 1, n)), (w[k], w[k])),
    (Product(w[i], (i, 1, n)), (w[k], w[j])),
]  # fmt: skip
ZEROS = {("w", (2,)): 0, ("w", (3,)): 0, ("v", (2,)): 0}


@pytest.mark.parametrize("fixed", [{}, {("w", (2,)): 0}, ZEROS], ids=["no zero", "one zero", "two zeros"])
@pytest.mark.parametrize(("cost", "by"), COSTS, ids=lambda c: str(c)[:50])
def test_as_the_product_written_out(cost: Any, by: Any, fixed: dict[Any, Any]) -> None:
    d = gd.derive(cost, by)
    assert d.check
    for point, at in ((0, 1), (1, 2), (2, 3)):
        world = World(point, whole={**SIZES, "k": at, "j": 2}, fixed=fixed)
        assert close(slope(cost, by if isinstance(by, tuple) else (by,), world), value(d.result, world))


def test_the_step_as_it_is_printed() -> None:
    d = gd.derive(Product(w[j] * x + b, (j, 1, n)), x)
    assert d.steps[0].rule.name == "product over an index"
    assert d.steps[0].given == sp.true
    others = Product(b + x * w[i], (i, 1, j - 1)) * Product(b + x * w[i], (i, j + 1, n))
    shown = d.steps[-1].line.to_sympy()
    letter = next(iter(shown.atoms(Product))).limits[0][0]
    assert shown == Sum(w[j] * others.replace(i, letter), (j, 1, n))
    entry = gd.derive(Product(w[j], (j, 1, n)), w[k])
    assert "Kronecker delta" in [step.rule.name for step in entry.steps]
    assert str(entry).count("Π") > 4 and "/" not in str(entry.steps[-1].line.to_sympy())


def test_no_letter_is_written_for_two_indices() -> None:
    l = sp.Symbol("l", integer=True)
    d = gd.derive(Product(w[j] ** 2, (j, 1, n)), (w[k], w[l]))
    bound = {p.limits[0][0].name for p in d.result.atoms(Product)}
    assert "l" not in bound and "k" not in bound


def test_the_law_at_ten_thousand_instances() -> None:
    """Prod (u_i + t s_i) by t at t = 0, by a complex step, against sum_i s_i prod before prod behind; zeros among the u."""
    rng = np.random.default_rng(3)
    u, s = rng.normal(size=(2, 10_000, 6))
    u[rng.random(u.shape) < 0.2] = 0
    truth = (u + 1e-30j * s).prod(axis=1).imag / 1e-30
    ones = np.ones((10_000, 1))
    before = np.concatenate((ones, np.cumprod(u[:, :-1], axis=1)), axis=1)
    behind = np.concatenate((np.cumprod(u[:, :0:-1], axis=1)[:, ::-1], ones), axis=1)
    assert np.abs((s * before * behind).sum(axis=1) - truth).max() < 1e-12
    assert np.abs((1.001 * s * before * behind).sum(axis=1) - truth).max() > 1e-4


CODE = [
    (Product(w[j], (j, 1, n)), {"n": 4}),
    (Product(w[j] ** 2 + v[j], (j, 1, n)), {"n": 4}),
    (Product(w[j], (j, 2, n)), {"n": 4}),
    (Sum(Product(w[j] * X[i, j], (j, 1, n)), (i, 1, m)), {"n": 4, "m": 3}),
    (Sum(Product(w[j], (j, 1, i)), (i, 1, n)), {"n": 4}),
    (Sum(v[i] * Product(w[j], (j, 1, i - 1)) + w[i], (i, 1, n)), {"n": 4}),
    (Sum(Product(Y[k, i] * w[i] + 1, (i, 1, n)) ** 2, (k, 1, m)), {"n": 4, "m": 3}),
    (Product(Sum(w[j] * X[i, j], (j, 1, n)), (i, 1, m)), {"n": 4, "m": 3}),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "sizes"), CODE, ids=lambda c: str(c)[:40])
def test_the_code_is_right_where_a_factor_is_zero(cost: Any, sizes: dict[str, int]) -> None:
    compiled_and_compared(cost, sizes, "numpy")


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["numba", "jax", "dask"])
@pytest.mark.parametrize(("cost", "sizes"), CODE[:5], ids=lambda c: str(c)[:40])
def test_every_engine_is_right_where_a_factor_is_zero(cost: Any, sizes: dict[str, int], backend: str) -> None:
    needs(backend)
    compiled_and_compared(cost, sizes, backend)


def compiled_and_compared(cost: Any, sizes: dict[str, int], backend: str) -> None:
    world = World(5, whole=sizes, fixed={("w", (2,)): 0, ("w", (4,)): 0, ("v", (3,)): 0})
    used = sorted({e.base for e in cost.atoms(sp.Indexed)}, key=str)
    shape = {w: (4,), v: (4,), X: (3, 4), Y: (3, 4)}
    arrays = {
        base: np.array([float(world.entry(base, tuple(q + 1 for q in at))) for at in np.ndindex(shape[base])]).reshape(
            shape[base]
        )
        for base in used
    }
    data = {**{base: array for base, array in arrays.items() if base != w}, **sizes}
    run = code_of(cost, [w], backend)
    found, gradient = run.value_and_gradient({w: arrays[w]}, data)
    assert found == pytest.approx(float(value(cost, world)), rel=1e-12, abs=1e-14)
    right = [float(slope(cost, (w[q],), world)) for q in range(1, 5)]
    np.testing.assert_allclose(gradient[w], right, rtol=1e-10, atol=1e-13)


def test_one_pass_for_all_entries() -> None:
    """A hundred thousand factors, without a table of all pairs."""
    run = gd.Cost(Product(w[j], (j, 1, n)), [w]).compile()
    assert "cumprod" in run.source and "where" not in run.source
    start = np.full(100_000, 1.0)
    start[7] = 0
    value_, gradient = run.value_and_gradient({w: start}, {n: 100_000})
    assert value_ == 0 and gradient[w][7] == 1 and abs(gradient[w]).sum() == 1


def test_a_condition_that_is_declared_is_no_condition() -> None:
    """1 <= k for a positive k stood as `holds where ... True` in the evidence."""
    for cost, by in ((Sum(Product(w[j], (j, 1, i)), (i, 1, n)), w[k]), (Product(w[j], (j, 1, n)), w[1])):
        d = gd.derive(cost, by, detail="full")
        for step in d.steps:
            assert "True" not in step.check.note
            assert step.check.verdict != "holds where" or step.compared != sp.true
        assert recheck(d.certificate)


def by_entries(e: Any) -> Any:
    return {
        "nested": Product(Product(x * w[i] + v[k], (k, 1, n)) + x, (i, 1, m)),
        "siblings": Product(x * w[i] + 1, (i, 1, m)) * Product(x * v[i] + x, (i, 1, m)),
    }[e]


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("names", [("nested",), ("siblings",), ("nested", "siblings"), ("siblings", "siblings")])
def test_slopes_of_products_are_judged_by_those_of_products_written_out(names: tuple[str, ...], order: int) -> None:
    product = sp.Mul(*map(by_entries, names), evaluate=False)
    pending = from_sympy(product, (Sym(x),))
    for _ in range(order):
        pending = D(pending, Sym(x))
    for sizes in ({m: 1, n: 2}, {m: 2, n: 2}, {m: 3, n: 1}):
        entries = {a[place]: sp.Rational(2 * place - 3, 5 + at) for at, a in enumerate((w, v)) for place in range(1, 4)}
        true = product.subs(sizes).doit().diff(x, order).subs({**entries, x: sp.Rational(2, 3)})
        named = {
            (from_sympy(e).children[0], (int(e.indices[0]),)): Fraction(int(q.p), int(q.q)) for e, q in entries.items()
        }
        point = Point({**named, Sym(x): Fraction(2, 3), **{Sym(size): count for size, count in sizes.items()}})
        (found,) = Formulas(pending).at(point)
        assert Fraction(int(found.p), int(found.q)) == Fraction(int(true.p), int(true.q))


def test_the_slope_of_a_sum_of_products_is_the_sum_of_their_slopes_exactly() -> None:
    inner = from_sympy(Product(sp.Max(0, w[j] * X[i, j]) - v[i], (j, 1, n)) ** 2)
    over = Sym(i), from_sympy(sp.Integer(1)), Sym(m)
    variable = from_sympy(w[k])
    assert agree(D(Total(inner, *over), variable), Total(D(inner, variable), *over)).verdict == "proved"
    other = Total(D(inner, variable), Sym(i), from_sympy(sp.Integer(2)), Sym(m))
    assert agree(D(Total(inner, *over), variable), other).verdict == "refuted"
