"""Special functions in code: each against ball arithmetic, value and slope; both tails; what is missing is told."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
import sympy as s
from balls import agrees
from flint import arb
from once import cost_of
from sympy import IndexedBase, Rational, Sum, cos, exp, gamma, log, pi, sqrt, symbols
from tools import needs

import gdsym as gd
from gdsym.arrays import compile_program
from gdsym.arrays.expand import reachable
from gdsym.arrays.functions import WRITTEN
from gdsym.arrays.special_scalars import LAMBERTW
from gdsym.arrays.specials import CODES, TABLE
from gdsym.descent.special_values import special_value
from gdsym.slopes import slope_of
from gdsym.verify.numbers import ball, precision, rational
from gdsym.verify.primitives import primitive

needs("scipy")
u, k, mu, n, w = symbols("u k mu n w")
i, m = symbols("i m", integer=True, positive=True)
x = IndexedBase("x")
THIRD, HALF, SEVEN = Rational(1, 3), Rational(1, 2), Rational(7, 3)
RIGHT = (1e-12, 0.3, 1.0, 2.5, 30.0, 700.0)  # places above 0
ROUND = (-700.0, -2.5, -0.3, -1e-12, *RIGHT)
LOW = (-2.0, -1e-12, 1e-12, 0.3, 0.999)
SMALL = (-0.5, 1e-12, 0.3, 0.9)

CASES: list[tuple[Any, tuple[Any, ...], Sequence[float]]] = [  # function, arguments, values of u
    *((s.besselj, (p, u), ROUND) for p in (0, 1, 2)), (s.besselj, (SEVEN, u), RIGHT), (s.besselj, (-3, u), ROUND),
    *((s.besseli, (p, u), ROUND) for p in (0, 1, 2)), (s.besseli, (-SEVEN, u), RIGHT),
    *((s.bessely, (p, u), RIGHT) for p in (0, 1, -HALF)), *((s.besselk, (p, u), RIGHT) for p in (0, 1, SEVEN)),
    *((f, (u,), (-30.0, -2.5, -1e-12, 0.3, 2.5, 30.0)) for f in (s.airyai, s.airybi, s.airyaiprime, s.airybiprime)),
    (s.LambertW, (u,), (-0.36, -0.1, -1e-12, *RIGHT, 1e300)), (s.LambertW, (u, -1), (-0.36, -0.1, -1e-12, -1e-300)),
    (s.LambertW, (u, 0), RIGHT), (s.Ei, (u,), ROUND), (s.li, (u,), (1e-12, 0.999, 1.001, 1.45, 1000.0)),
    *((s.expint, (p, u), RIGHT) for p in (1, 5, HALF, Rational(5, 2), -2)), (s.expint, (0, u), ROUND),
    *((f, (u,), ROUND) for f in (s.Si, s.Shi, s.sinc)), *((f, (u,), RIGHT) for f in (s.Ci, s.Chi)),
    *((f, (p, u), RIGHT) for f in (s.lowergamma, s.uppergamma) for p in (HALF, SEVEN, 50)),
    *((f, (3, u), (-2.5, 0.3, 30.0)) for f in (s.lowergamma, s.uppergamma)),
    *((s.uppergamma, (p, u), RIGHT) for p in (0, -2, -SEVEN)),
    (s.erfi, (u,), (-20.0, -0.3, 1e-12, 2.5)), (s.erfinv, (u,), (-0.99, -1e-12, 0.3, 0.999999)),
    (s.erfcinv, (u,), (1e-300, 1e-12, 0.3, 1.99)), (s.fresnels, (u,), ROUND), (s.fresnelc, (u,), ROUND),
    (s.elliptic_k, (u,), (-1000.0, *LOW)), (s.elliptic_e, (u,), (-1000.0, *LOW)),
    *((f, (u, p), (*SMALL, 3.0, 30.0)) for f in (s.elliptic_e, s.elliptic_f) for p in (THIRD, -2)),
    *((f, (u, Rational(3, 2)), SMALL) for f in (s.elliptic_e, s.elliptic_f)),
    (s.elliptic_pi, (u, THIRD), (-100.0, -1.0, 0.5, 0.9)), (s.elliptic_pi, (THIRD, u, -2), (*SMALL, 3.0, 30.0)),
    (s.zeta, (2, u), (1e-3, 0.3, 2.5, 1000.0)), (s.zeta, (SEVEN, u), (1e-3, 0.3, 2.5, 1000.0)),
    *((s.polygamma, (p, u), (1e-3, 0.3, 2.5, 1000.0)) for p in (2, 5, 20)),
]  # fmt: skip
DEGREES: list[tuple[Any, tuple[Any, ...]]] = [
    (s.legendre, ()), (s.chebyshevt, ()), (s.chebyshevu, ()), (s.hermite, ()), (s.laguerre, ()),
    (s.assoc_laguerre, (HALF,)), (s.gegenbauer, (HALF,)), (s.jacobi, (HALF, 2)),
]  # fmt: skip


def exact(form: Any, at: float) -> Any:
    value = s.sympify(form).subs(u, Rational(*at.as_integer_ratio()))
    return rational(Fraction(int(value.p), int(value.q)))


def right(func: Any, args: Sequence[Any], at: float, order: int) -> Any:
    """The value, or a derivative by u, in ball arithmetic; None where there is none."""
    known = primitive(func)
    assert known is not None
    with precision(400):
        found = ball(known(tuple(order * (a is u) for a in args), [exact(a, at) for a in args]))
        return found if found.is_finite() else None


def close(ours: float, func: Any, args: Sequence[Any], at: float, order: int, within: float = 1e-14) -> None:
    """Within 1e-14 of the larger of the value and what a relative change of u changes."""
    value, more = right(func, args, at, order), right(func, args, at, order + 1)
    if value is None or value.rel_accuracy_bits() < 60 or not math.isfinite(float(value.mid())):
        return
    wanted = float(value.mid())
    room = max(abs(wanted), abs(at * float(more.mid())) if more is not None else 0.0)
    assert abs(ours - wanted) <= within * room + 1e-290, (func, args, at, order, ours, wanted)


@pytest.mark.parametrize(("func", "args", "places"), CASES, ids=lambda part: getattr(part, "__name__", None))
def test_value_and_slope(func: Any, args: tuple[Any, ...], places: Sequence[float]) -> None:
    form = ", ".join(map(str, args))
    compiled = cost_of(gd.read(f"{func.__name__}({form})"), [u]).compile()
    for at in places:
        value, slopes = compiled.value_and_gradient({"u": at})
        close(value, func, args, at, 0)
        close(slopes["u"], func, args, at, 1)


@pytest.mark.parametrize(("func", "more"), DEGREES, ids=lambda part: getattr(part, "__name__", None))
def test_polynomials_of_a_degree_that_is_data(func: Any, more: tuple[Any, ...]) -> None:
    compiled = gd.Cost(func(n, *more, u), [u]).compile()
    by_quotient = 1e-12 if func in (s.legendre, s.chebyshevu) else 1e-14  # their slopes hold 1/(u^2 - 1)
    for degree in (0, 1, 2, 7, 20):
        for at in (-2.0, -0.7, 1e-12, 0.3, 0.95, 2.5):
            value, slopes = compiled.value_and_gradient({u: at}, {n: degree})
            close(value, func, (degree, *more, u), at, 0)
            close(slopes[u], func, (degree, *more, u), at, 1, by_quotient)
    assert math.isnan(compiled.value({u: 0.3}, {n: 1.5}))


def test_a_fit_by_polynomials() -> None:
    c, y, p = IndexedBase("c"), IndexedBase("y"), symbols("p", integer=True, nonnegative=True)
    j = symbols("j", integer=True)
    fitted = Sum(c[j] * s.legendre(j, x[i]), (j, 0, p))
    cost = gd.Cost(Sum((fitted - y[i]) ** 2, (i, 1, m)), [c])
    xs = np.linspace(-1, 1, 9)
    data = {x: xs, y: xs**3}
    found = cost.compile().gradient({c: [0, 0.6, 0, 0.4]}, data)[c]  # x^3 = 3/5 P_1 + 2/5 P_3
    assert np.abs(found).max() < 1e-14


UNUSED = {"kv"}  # its scaled form times an exponential has the wider range


@cache
def tried() -> list[tuple[gd.Cost, set[str]]]:
    """Costs, derived already, and the operations in their code."""
    forms = [
        f"{f.__name__}({', '.join(map(str, a))})"
        for f, a in [*((f, a) for f, a, _ in CASES), *((f, (n, *a, u)) for f, a in DEGREES)]
    ]
    costs = [
        *map(gd.read, forms),
        *BOTH_TAILS,
        s.elliptic_k(1 - u),
        u * s.zeta(n),
        s.LambertW(exp(u)),
        s.besselk(0, u) * exp(u),
    ]
    made = [cost_of(cost, [u]) for cost in costs]
    graphs = [cost.compile().program.graph for cost in made]
    return [(c, {op.kind for op in reachable([g.value, *g.gradients])}) for c, g in zip(made, graphs, strict=True)]


def test_all_of_the_table_is_tried() -> None:
    assert set(TABLE) == {f for f, _, _ in CASES if f is not s.polygamma and f not in (s.li, s.sinc)} | {
        f for f, _ in DEGREES
    }
    assert set(CODES) - set().union(*(kinds for _, kinds in tried())) == UNUSED


BOTH_TAILS = [
    log(s.besseli(0, u)), log(s.besseli(2, u)), log(s.besselk(1, u)), log(u * s.besselk(SEVEN, u)),
    log(s.besseli(SEVEN, u) / s.besselk(THIRD, u)), log(u) - log(2 * pi * s.besseli(0, u)),
    s.LambertW(3 * exp(u)),
    s.LambertW(u * exp(u)), log(s.uppergamma(SEVEN, u) / gamma(THIRD)),
    log(s.uppergamma(SEVEN, u) / gamma(SEVEN)), log(s.lowergamma(SEVEN, u) / gamma(SEVEN)), log(s.expint(1, u)), log(sqrt(u) * s.expint(2, u)),
]  # fmt: skip


@pytest.mark.parametrize("form", BOTH_TAILS, ids=str)
def test_both_tails(form: Any) -> None:
    agrees(form, [[at] for at in (1e-12, 1e-3, 0.7, 1.3, 30.0, 1000.0)], [u])


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_tails_over_arrays(engine: str) -> None:
    if engine != "numpy":
        needs(engine)
    form = log(s.besseli(0, k * u)) + exp(-u) * s.besseli(0, u) + log(s.uppergamma(SEVEN, u) / gamma(SEVEN))
    agrees(form, [[1.0, at] for at in (-1000.0, -1e-12, 1e-12, 0.7, 1000.0)[2:]], [k], [u], array=True, engine=engine)


def test_quotients_do_not_overflow() -> None:
    for above, below in ((s.besseli(1, u), s.besseli(0, u)), (s.besselk(1, u), s.besselk(0, u))):
        for at in (1e-12, 0.7, 1000.0):
            ours = gd.Cost(above / below, [u]).compile().value({u: at})
            one, two = (right(f.func, f.args, at, 0) for f in (above, below))
            with precision(400):
                assert ours == pytest.approx(float((one / two).mid()), rel=4e-15)
    scaled = gd.Cost(Sum(exp(-k * x[i]) * s.besseli(0, k * x[i]), (i, 1, m)), [k]).compile()
    assert scaled.value({k: 2}, {x: [1e5]}) == pytest.approx(1 / math.sqrt(2 * math.pi * 2e5), rel=1e-5)


def test_slopes_keep_what_neighbouring_orders_have_apart() -> None:
    """The slope of log I_v(u) - v log u is I_(v+1)/I_v, that of u^v K_v(u) is -u^v K_(v-1): both are differences as they are derived."""
    directions = cost_of(log(s.besseli(SEVEN, u)) - SEVEN * log(u), [u]).compile()
    kernel = cost_of(u**n * s.besselk(n, u), [u]).compile()
    order = Fraction(7, 3)
    for at in (1e-9, 1e-3, 0.7, 30.0, 600.0):
        with precision(400):
            v, here = arb(rational(order)), arb(at)
            ratio, product = here.bessel_i(v + 1) / here.bessel_i(v), -(here**v) * here.bessel_k(v - 1)
        assert directions.gradient({u: at})[u] == pytest.approx(float(ratio.mid()), rel=1e-14)
        given = float(order)  # a float near 7/3: what it lacks changes the power by 1e-14 at most
        assert kernel.gradient({u: at}, {n: given})[u] == pytest.approx(float(product.mid()), rel=5e-14)


def test_von_mises() -> None:
    """The likelihood has its largest value where A(k) = I_1/I_0 is the mean resultant length, at the mean direction."""
    from scipy.optimize import minimize

    cost = gd.Cost(log(s.besseli(0, k)) - k / m * Sum(cos(x[i] - mu), (i, 1, m)), [k, mu])
    assert cost.partial(k).result.has(s.besseli(1, k) / s.besseli(0, k))
    angles = [0.3, 0.9, 1.4, 0.2, 0.8, 1.1, -0.4, 2.0]
    mean = sum(complex(math.cos(a), math.sin(a)) for a in angles) / len(angles)
    bound = cost.compile().bind({x: angles})
    found = minimize(bound.fun, [1.0, 0.0], jac=bound.jac, tol=1e-10).x
    run = cost.descend({k: 1, mu: 0}, {x: angles}, learning_rate="backtracking", maxiter=5000, gtol=1e-9)
    assert run.status == "converged"
    for kappa, direction in (found, (run.params[k], run.params[mu])):
        ratio = arb(kappa).bessel_i(1) / arb(kappa).bessel_i(0)
        assert float(ratio.mid()) == pytest.approx(abs(mean), abs=1e-7)
        assert direction == pytest.approx(math.atan2(mean.imag, mean.real), abs=1e-7)


def test_what_is_not_real_is_nan() -> None:
    for form, at in (
        (s.besselk(0, u), -1.0), (s.bessely(1, u), -1.0), (s.besseli(HALF, u), -1.0), (s.LambertW(u), -1.0),
        (s.LambertW(u, -1), 0.5), (s.expint(1, u), -1.0), (s.Ci(u), -1.0), (s.Chi(u), -1.0), (s.uppergamma(SEVEN, u), -1.0),
        (s.elliptic_k(u), 2.0), (s.elliptic_pi(u, THIRD), 2.0), (s.erfinv(u), 2.0), (s.li(u), -1.0),
    ):  # fmt: skip
        assert math.isnan(gd.Cost(form, [u]).compile().value({u: at})), form
    run = gd.Cost(-s.besselk(0, w), [w]).descend({w: 0.1}, learning_rate=0.1, maxiter=5)
    assert run.status == "nonfinite" and run.nit == 0
    assert "(besselk(0, w): the arguments are 0, -0.885" in run.message


def test_values_that_tell_which_part_has_none() -> None:
    for func, args, places in CASES:
        known = special_value(func, len(args))
        if known is None:
            continue
        for at in places[2:4]:
            wanted, given = right(func, args, at, 0), [float(s.sympify(a).subs(u, at)) for a in args]
            if wanted is not None:
                assert known(*given) == pytest.approx(float(wanted.mid()), rel=1e-10, abs=1e-290)


def test_without_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    cost = gd.Cost(s.airyai(u), [u])
    assert cost.partial(u).result == s.airyaiprime(u)
    with pytest.raises(gd.CostError, match=r'airyai calls scipy.special.*pip install "gdsym\[special\]"'):
        cost.compile()
    assert gd.Cost(s.sinc(u), [u]).compile().value({u: 0}) == 1


def test_scipy_is_imported_by_the_code_that_needs_it() -> None:
    code = "import sys, gdsym as gd; gd.Cost('w**2', ['w']).compile().value({'w': 1}); print('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.parametrize("kind", CODES)
def test_a_wrong_name_is_refused(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another function of SciPy is called, the code disagrees with the formula, and is not handed out."""
    last = CODES[kind].count - 1
    other = "special.i1" if kind == "j0" else "special.j0"
    cost = next((cost for cost, kinds in tried() if kind in kinds), None)
    if cost is None:
        assert kind in UNUSED
        return
    monkeypatch.setitem(WRITTEN, kind, (f"float({other}({{{last}}}))", f"{other}({{{last}}})"))
    slopes = [slope_of(cost.partial(p), p) for p in cost._problem.params]
    with pytest.raises(gd.StepRefused, match="disagrees with its formula"):
        compile_program(cost._problem.expanded, cost._problem.params, slopes)


@pytest.mark.parametrize("engine", ["numba", "jax", "dask"])
def test_what_an_engine_lacks_is_refused_by_name(engine: str) -> None:
    needs(engine)
    with pytest.raises(gd.Unsupported, match=f"'{engine}' has no code for airyai.*backend='numpy'"):
        gd.Cost(s.airyai(u), [u]).compile(backend=engine).value({u: 1})


v = w * x[i]
ELSEWHERE = {
    "numba": [s.besselk(SEVEN, v), log(s.besseli(0, v)), s.LambertW(v), s.uppergamma(SEVEN, v), s.elliptic_e(v / 2)],
    "jax": [log(s.besseli(0, v)), s.uppergamma(SEVEN, v), s.zeta(2, v)],
    "dask": [s.besselj(0, v), s.LambertW(v), s.uppergamma(SEVEN, v), s.legendre(2 * i, v), s.elliptic_k(v / 2)],
}  # fmt: skip


@pytest.mark.parametrize("engine", ELSEWHERE)
def test_other_engines(engine: str) -> None:
    needs(engine)
    cost = gd.Cost(Sum(sum(ELSEWHERE[engine]), (i, 1, m)), [w])
    data = {x: [0.2, 0.5, 1.7]}
    value, slopes = cost.compile().value_and_gradient({w: 0.7}, data)
    ours, theirs = cost.compile(backend=engine).value_and_gradient({w: 0.7}, data)
    assert ours == pytest.approx(value, rel=1e-13) and theirs[w] == pytest.approx(slopes[w], rel=1e-13)


def test_names_that_the_code_needs() -> None:
    """A parameter by the name of a module or of a helper function is called otherwise in the code."""
    one, two, three = symbols("special lgamma gamma")
    for name, form in ((one, s.besselj(1, one)), (two, s.loggamma(two * x[i])), (three, gamma(three * x[i]))):
        cost = gd.Cost(Sum(form, (i, 1, m)) if form.has(i) else form, [name])
        data = {x: [0.5]} if form.has(i) else None
        found = cost.compile().value({name: 2}, data)
        wanted = form.subs({x[i]: HALF, name: 2})
        assert found == pytest.approx(float(wanted), rel=1e-14, abs=1e-15)


@pytest.mark.parametrize("branch", [0, -1])
def test_lambert_w_in_loops(branch: int) -> None:
    """Halley's steps for one number are SciPy's W, near the branch point, too."""
    import math as own

    from scipy.special import lambertw

    space: dict[str, Any] = {"math": own}
    exec(LAMBERTW, space)
    places = [-0.36, -0.3, -0.1, -1e-5, -1e-300, *((1e-300, 0.5, 1.0, 2.9, 3.1, 1e10, 1e308) if branch == 0 else ())]
    for at in places:
        assert space["lambertw"](at, branch) == pytest.approx(lambertw(at, branch).real, rel=1e-14)
    assert math.isnan(space["lambertw"](-0.4, branch))
