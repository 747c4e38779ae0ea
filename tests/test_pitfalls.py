"""Where SymPy itself goes wrong as an engine: one test a trap, each with what is right."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from oracle import World, close, slope, value
from sympy import Abs, IndexedBase, Integral, KroneckerDelta, Max, Piecewise, Sum, cos, exp, log, sin, sqrt

import gdsym as gd
from gdsym.verify import agree
from gdsym.written import from_sympy

a, b, t, x, y = sp.symbols("a b t x y")
i, j, k, m, n, p = sp.symbols("i j k m n p", integer=True, positive=True)
w, v, X, Y, W = (IndexedBase(name) for name in ("w", "v", "X", "Y", "W"))


def right(expr: Any, by: Any, sizes: dict[str, int]) -> None:
    d = gd.derive(expr, by)
    assert d.check
    for point in range(3):
        world = World(point, whole=sizes)
        assert close(slope(expr, (by,), world), value(d.expanded, world))


def test_the_bound_index_is_not_captured() -> None:
    d = gd.derive(Sum((w[j] - Y[j]) ** 2, (j, 1, p)), w[j])
    assert sp.expand(d.result - 2 * (w[j] - Y[j])) == 0
    right(Sum((w[j] - Y[j]) ** 2, (j, 1, p)), w[j], {"p": 3, "j": 2})


def test_nested_sums_over_the_right_delta() -> None:
    cost = Sum((Sum(W[j] * X[i, j], (j, 1, n)) - Y[i]) ** 2, (i, 1, m))
    right(cost, W[j], {"m": 3, "n": 2, "j": 2})
    assert not gd.derive(cost, W[j]).result.has(KroneckerDelta)


def test_no_delta_and_no_case_for_a_whole_sum() -> None:
    d = gd.derive(Sum(w[j] ** 2 * X[j], (j, 1, n)), w[k])
    assert d.result == 2 * w[k] * X[k]


def test_no_index_leaks_out_of_its_sum() -> None:
    """SymPy's simplify of this gradient has a condition with i outside of the sum."""
    d = gd.derive(Sum(Abs(a * X[i] + b - Y[i]), (i, 1, m)) / m, a)
    assert i not in d.result.free_symbols
    assert d.result == Sum(sp.sign(a * X[i] + b - Y[i]) * X[i], (i, 1, m)) / m


def test_nothing_is_captured_where_something_is_put_in() -> None:
    """Sum(i, (i, 1, 3)) beside a free i; a part whose letter is bound where it is used."""
    d = gd.derive(x * Sum(i, (i, 1, 3)) * i, x)
    assert d.result.subs(i, 5).doit() == 30
    e = IndexedBase("e")
    cost = gd.derive(Sum(e[j] ** 2, (j, 1, n)), a, where={e[i]: a * X[i] - Sum(X[j], (j, 1, n))})
    world = World(1, whole={"n": 3})
    plain = Sum((a * X[i] - Sum(X[j], (j, 1, n))) ** 2, (i, 1, n))
    assert close(slope(plain, (a,), world), value(cost.expanded, world))


def test_plain_symbols_are_real() -> None:
    d = gd.derive(Abs(a * x - y), a)
    assert d.result == x * sp.sign(a * x - y)
    assert not d.result.has(sp.re, sp.im, sp.Derivative)
    run = gd.Cost(Sum(Abs(a * X[i] + b - Y[i]), (i, 1, m)) / m, [a, b]).compile()
    assert run.gradient({a: 1, b: 0}, {X: [1, 2], Y: [0, 5]}) == {a: -0.5, b: 0.0}


@pytest.mark.parametrize("base", [sp.E, 2], ids=str)
@pytest.mark.parametrize("exponent", [X[i, i - 1] / 4, 2 * x + x * X[i, 2], x * y**2, x * sp.Function("f")(x)], ids=str)
def test_the_modulus_of_a_power_is_real(base: Any, exponent: Any) -> None:
    """SymPy makes e^(re u) of |e^u| while the caller writes it; |e^u| is e^u for the letters of gdsym."""
    modulus = x * Abs(base**exponent)
    assert modulus.has(sp.re)
    assert gd.derive(modulus, x).expanded == gd.derive(x * base**exponent, x).expanded
    assert gd.derive(Sum(modulus, (i, 2, n)), x).check


@pytest.mark.parametrize("u", [sp.Symbol("z", complex=True), log(x), sqrt(x), sp.I * x], ids=str)
def test_the_modulus_of_a_complex_power_is_refused(u: Any) -> None:
    with pytest.raises(gd.ComplexInput):
        gd.derive(x * exp(sp.re(u, evaluate=False)), x)


def test_two_symbols_of_one_name() -> None:
    with pytest.raises(gd.CostError, match="different assumptions"):
        gd.derive(x + sp.Symbol("x", real=True) ** 2, x)


def test_slope_m_and_count_m() -> None:
    both = sp.Symbol("m")
    with pytest.raises(gd.CostError, match="Rename one"):
        gd.Cost(Sum((both * X[i] + b - Y[i]) ** 2, (i, 1, both)) / both, [both, b])


def test_powers_at_zero() -> None:
    d = gd.derive(x**n, x)
    assert d.result == n * x ** (n - 1)
    assert d.result.subs({x: 0, n: 3}) == 0 and d.result.subs({x: 0, n: 1}) == 1


def test_the_mean_of_tied_slopes() -> None:
    d = gd.derive(Max(x, exp(x) - 1, ((x + 1) ** 2 - 1) / 2), x)
    assert d.result.subs(x, 0) == 1 and d.notes


KINKS = [(Max(0, x), sp.Rational(1, 2)), (Abs(x), 0), (Piecewise((x, x < 0), (x**2, True)), 0)]


@pytest.mark.parametrize(("expr", "used"), KINKS, ids=str)
def test_the_value_at_a_kink_is_said(expr: Any, used: Any) -> None:
    d = gd.derive(expr, x)
    assert d.result.subs(x, 0) == used
    assert "not differentiable" in str(d) or "no derivative there" in str(d)


@pytest.mark.parametrize(
    ("expr", "by"), [(Abs(x), (x, x)), (sp.sign(x), x), (Max(0, x), (x, x)), (sp.Heaviside(x) * x, (x, x))], ids=str
)
def test_no_dirac_delta(expr: Any, by: Any) -> None:
    d = gd.derive(expr, by)
    assert not d.result.has(sp.DiracDelta) and d.notes
    assert d.result.subs(x, 2) == 0


def test_nested_integrals_with_one_name() -> None:
    """SymPy's lambdify gives -3 for the inner limits that reuse the outer name."""
    whole = Integral(Integral(x * t, (t, 0, x)), (x, 0, a))
    d = gd.derive(whole, a)
    assert d.result.doit() == a**3 / 2
    with pytest.raises(gd.GdsymError):
        gd.Cost(whole, [a]).compile()


SPECIAL = [
    KroneckerDelta(i, j, (0, x)), sp.meijerg(((a,), ()), ((b,), (t,)), x), sp.besselj(x, 2), sp.polylog(x, y), sp.hyper((x, b), (t,), y), sp.Ynm(2, 1, x, y), sp.gegenbauer(a, x, y), sp.assoc_laguerre(a, x, y),
    sp.re(sp.Function("f")(sp.Symbol("y", imaginary=True))) * x,
]  # fmt: skip


@pytest.mark.parametrize("expr", SPECIAL, ids=str)
def test_a_typed_refusal(expr: Any) -> None:
    with pytest.raises(gd.GdsymError) as caught:
        gd.derive(expr, x)
    assert len(str(caught.value)) <= 600


def test_floor_and_mod_have_an_answer() -> None:
    assert gd.derive(sp.floor(x) * x, x).result == sp.floor(x)
    assert gd.derive(sp.Mod(x, 3) * y, x).result == y
    assert gd.derive(sp.frac(x) ** 2, x).result == 2 * sp.frac(x)
    by_modulus = gd.derive(sp.Mod(7, x), x)
    assert by_modulus.result.subs(x, 2) == -3
    assert by_modulus.result.subs(x, -2) == 4
    assert all(step.check for step in by_modulus.steps)
    assert gd.derive(sp.Mod(x**2, x + 3), x).result.subs(x, 4) == 6


@pytest.mark.parametrize("by", [2, x**2, cos(x)], ids=str)
def test_by_what_is_no_variable(by: Any) -> None:
    with pytest.raises(gd.GdsymTypeError, match="not by"):
        gd.derive(x**2, by)


FALSE = [
    (sqrt(x**2), x), (log(x**2), 2 * log(x) + x / 10**9), (sin(x), sin(x) + sp.Rational(1, 10**30)), (Abs(x) + x, 2 * x),
    (sp.floor(x), x - sp.Rational(1, 2)), ((x**2 - 1) / (x - 1), x + 1 + sp.Rational(1, 10**40)), (Max(x, y), x + y),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right_side"), FALSE, ids=str)
def test_a_false_equality_is_refuted(left: Any, right_side: Any) -> None:
    """Random points in one box take such for equal."""
    assert agree(from_sympy(left), from_sympy(right_side)).verdict in ("refuted", "one side undefined")


def test_a_true_equality_that_equals_denies() -> None:
    positive = sp.Symbol("p", positive=True)
    left = from_sympy(sp.atan(positive) + sp.atan(1 / positive))
    assert agree(left, from_sympy(sp.pi / 2), given=positive > 0)


@pytest.mark.parametrize("text", ["1e99999999*x", "9**9**9**9*x", "factorial(10**9)*x", "x**(10**10**10)"])
def test_numbers_that_would_not_come_back(text: str) -> None:
    with pytest.raises(gd.GdsymError):
        gd.derive(text, "x")


def test_deep_nesting_is_a_clear_error() -> None:
    deep = x
    for _ in range(300):
        deep = sin(deep)
    with pytest.raises(gd.Unsupported, match="nested 301 levels"):
        gd.derive(deep, x)


def test_a_shadowed_letter_avoids_parts_and_parameters() -> None:
    j = sp.Symbol("j")
    E, X = IndexedBase("E"), IndexedBase("X")
    cost = Sum(sp.Product(E[i], (i, 1, n - 1)), (i, 1, m)) * j
    d = gd.derive(cost, j, where={E[j]: a * X[j]})
    assert d.check and d.expanded.subs({m: 2, n: 3}).doit() == 2 * a**2 * X[1] * X[2]
    assert gd.Cost(cost, [j], where={E[j]: a * X[j]}).partial(j).check


def test_factors_that_are_no_polynomials() -> None:
    """SymPy's factor_list raises on e^(-x - a) + 1."""
    assert gd.derive(log(a ** (x + 3)) * sp.sinh(x + y) / (exp(-a - x) + 1), x).check
    assert gd.derive(log(exp(5 / (a**2 + 2) + 1 / sp.sqrt(x)) + 1), x).check


def test_evidence_from_sizes_that_can_be_added_up() -> None:
    """Sizes grow in search of a point inside a condition; a point with too many terms is passed over."""
    v, A = IndexedBase("v"), IndexedBase("A")
    k = sp.Symbol("k", integer=True)
    assert gd.derive(sp.Product(a * v[n - k] * Sum(k, (i, k, n)), (k, 2, n)), v).check
    inner = A[j - 1, k] + Sum(1 / (v[j] ** 2 + 2), (k, 1, n))
    assert gd.derive(Sum(sp.Product(inner, (j, 2, n)), (k, 1, n - 1)), A).check
