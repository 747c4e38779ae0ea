"""Terms i = j of double sums in which a root is of 0, whatever the data are: the derivation takes them apart, and every line is checked."""

from __future__ import annotations

from itertools import product
from math import dist, exp, hypot, log, sqrt
from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase

import gdsym as gd
from gdsym.diagonal import apart
from gdsym.verify.recheck import recheck
from gdsym.written.nodes import Cases, walk

x, d, z = map(IndexedBase, "xdz")
ROOT = "sqrt(Sum((x[i,k] - x[j,k])**2, (k, 1, p)))"
STRESS = f"Sum(Sum((d[i,j] - {ROOT})**2, (j, 1, n)), (i, 1, n))"
POINTS = np.array([[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5]])
TABLE = np.array([[0.5, 1.0, 2.0], [1.5, -0.25, 1.0], [3.0, 0.5, 4.0]])


def written_out(points: Any) -> float:
    return sum((TABLE[i, j] - dist(points[i], points[j])) ** 2 for i, j in product(range(3), repeat=2))


def slopes(f: Any, points: Any) -> Any:
    found = np.zeros_like(points)
    for place in np.ndindex(points.shape):
        step = np.zeros_like(points)
        step[place] = 1e-6
        found[place] = (f(points + step) - f(points - step)) / 2e-6
    return found


def is_checked(derivation: Any) -> bool:
    return bool(derivation.check) and all(step.check for step in derivation.steps)


def test_the_first_line_of_stress_takes_the_terms_apart() -> None:
    derivation = gd.derive(STRESS, "x[a,b]")
    first = derivation.steps[0]
    assert is_checked(derivation)
    assert first.rule.name == "sum over an index"
    assert "the terms j = i apart" in " ".join(derivation.text().split())
    (left, own) = first.rhs.children[0].children
    assert any(isinstance(part, Cases) for part in walk(left))
    assert str(own.to_sympy()) == "Sum(d[i, i]**2, (i, 1, n))"


def test_stress_compiled_is_the_sum_written_out() -> None:
    value, gradient = gd.Cost(STRESS, "x").compile().value_and_gradient({"x": POINTS}, {"d": TABLE})
    assert value == pytest.approx(written_out(POINTS), rel=1e-14)
    assert np.allclose(gradient["x"], slopes(written_out, POINTS), rtol=1e-8)


def test_a_claim_about_stress_is_judged() -> None:
    result = gd.derive(STRESS, "x[a,b]").result
    assert gd.check(STRESS, "x[a,b]", result).ok
    assert not gd.check(STRESS, "x[a,b]", 2 * result).ok
    assert not gd.check(STRESS, "x[a,b]", -result).ok


def test_the_certificate_is_judged_again() -> None:
    certificate = gd.derive("Sum(Sum(sqrt((x[i]-x[j])**2), (j, 1, n)), (i, 1, n))", "x[k]").certificate
    found = recheck(certificate)
    assert found, str(found)
    changed = certificate.replace('"!="', '"=="', 1)
    assert changed != certificate
    assert not recheck(changed)


def test_terms_within_a_function() -> None:
    text = f"Sum(log(Sum(exp(-{ROOT}), (j, 1, n))), (i, 1, n))"
    derivation = gd.derive(text, "x[a,b]")
    assert is_checked(derivation)
    gradient = gd.Cost(text, "x").compile().gradient({"x": POINTS}, {})

    def literal(points: Any) -> float:
        return sum(log(sum(exp(-dist(p, q)) for q in points)) for p in points)

    assert np.allclose(gradient["x"], slopes(literal, POINTS), rtol=1e-8)


def test_terms_that_move_are_derived() -> None:
    text = "Sum(Sum(x[i]**2*x[j] + sqrt((x[i]-x[j])**2 + (z[i]-z[j])**2), (j, 1, n)), (i, 1, n))/n"
    derivation = gd.derive(text, "x[k]")
    assert is_checked(derivation)
    xs, zs = POINTS[:, :1], POINTS[:, 1]
    gradient = gd.Cost(text, "x").compile().gradient({"x": xs[:, 0]}, {"z": zs})

    def literal(points: Any) -> float:
        pairs = product(range(3), repeat=2)
        return (
            sum(
                float(points[i, 0] ** 2 * points[j, 0] + hypot(points[i, 0] - points[j, 0], zs[i] - zs[j]))
                for i, j in pairs
            )
            / 3
        )

    assert np.allclose(gradient["x"], slopes(literal, xs)[:, 0], rtol=1e-8)


@pytest.mark.parametrize("ranges", ["(j, 1, i)", "(j, i, n)"])
def test_triangles_with_their_diagonal(ranges: str) -> None:
    derivation = gd.derive(f"Sum(Sum((d[i,j] - {ROOT})**2, {ranges}), (i, 1, n))", "x[a,b]")
    assert is_checked(derivation)
    cost = gd.Cost(f"Sum(Sum((d[i,j] - {ROOT})**2, {ranges}), (i, 1, n))", "x")
    value, gradient = cost.compile().value_and_gradient({"x": POINTS}, {"d": TABLE})

    def literal(points: Any) -> float:
        pairs = [(i, j) for i, j in product(range(3), repeat=2) if (j <= i if "1" in ranges else i <= j)]
        return sum((TABLE[i, j] - dist(points[i], points[j])) ** 2 for i, j in pairs)

    assert value == pytest.approx(literal(POINTS), rel=1e-14)
    assert np.allclose(gradient["x"], slopes(literal, POINTS), rtol=1e-8)


KERNELS = ["exp(-{r})", "1/(1 + {r})", "log(1 + {r})", "exp({r})", "{r}"]


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("weight", ["", "y[i]*y[j]*"])
@pytest.mark.parametrize("root", [ROOT, "sqrt((x[i] - x[j])**2)"])
@pytest.mark.parametrize("ranges", ["(j, 1, i)", "(j, i, n)"])
def test_kernels_over_triangles(ranges: str, root: str, weight: str, kernel: str) -> None:
    text = f"Sum(Sum({weight}{kernel.format(r=root)}, {ranges}), (i, 1, n))"
    points = POINTS if root == ROOT else POINTS[:, 0]
    ys = np.array([1.0, -2.0, 3.0])
    value, gradient = gd.Cost(text, "x").compile().value_and_gradient({"x": points}, {"y": ys} if weight else {})

    def literal(points: Any) -> float:
        pairs = [(i, j) for i, j in product(range(3), repeat=2) if (j <= i if "1" in ranges else i <= j)]
        weights = np.outer(ys, ys) if weight else np.ones((3, 3))
        at = {(i, j): dist(np.atleast_1d(points[i]), np.atleast_1d(points[j])) for i, j in pairs}
        return sum(weights[p] * eval(kernel.format(r="r"), {"exp": exp, "log": log, "r": at[p]}) for p in pairs)

    assert value == pytest.approx(literal(points), rel=1e-14)
    assert np.allclose(gradient["x"], slopes(literal, points), rtol=1e-7)


def test_named_parts_that_move() -> None:
    named = {"s": "w*Sum((x[k] - 1)**2, (k, 1, n))"}
    assert is_checked(gd.derive("Sum(Sum(sqrt(s**2*(i - j)**2), (j, 1, n)), (i, 1, n))", "w", where=named))


@pytest.mark.parametrize(
    "text",
    [
        "Sum(Sum(sqrt((x[i]-x[j])**2 + 1), (j, 1, n)), (i, 1, n))",  # a slope everywhere
        "Sum(Sum(sqrt((x[i]-x[j])**2), (j, 1, i - 1)), (i, 1, n))",  # no such terms
        "Sum(Sum(sqrt((x[i]-z[j])**2), (j, 1, n)), (i, 1, n))",
        "Sum(Sum(Piecewise((sqrt((x[i]-x[j])**2), Ne(i, j)), (0, True)), (j, 1, n)), (i, 1, n))",
    ],
)
def test_nothing_else_is_taken_apart(text: str) -> None:
    derivation = gd.derive(text, "x[k]")
    assert apart(derivation.node, {}, derivation.variables) == (derivation.node, ())
    assert is_checked(derivation)


def test_second_derivatives() -> None:
    text = "Sum(Sum((d[i,j] - sqrt((x[i]-x[j])**2 + (z[i]-z[j])**2))**2, (j, 1, n)), (i, 1, n))"
    derivation = gd.derive(text, ("x[k]", "z[l]"))
    assert all(step.check for step in derivation.steps)


def test_one_root_in_numbers() -> None:
    gradient = (
        gd.Cost("Sum(Sum(sqrt((x[i]-x[j])**2), (j, 1, n)), (i, 1, n))", "x").compile().gradient({"x": [1.0, 4.0]}, {})
    )
    assert list(gradient["x"]) == [-2.0, 2.0] and sqrt((1.0 - 4.0) ** 2) == 3.0


TWICE = np.array([[0.5, 1.0], [0.5, 1.0], [2.0, -1.0]])


@pytest.mark.parametrize(
    ("text", "term"),
    [
        (f"(d[i,j] - {ROOT})**2/(1 + d[i,j]**2)", lambda d, r: (d - r) ** 2 / (1 + d**2)),
        (f"d[i,j]*exp(-2*{ROOT})", lambda d, r: d * exp(-2 * r)),
        (f"d[i,j]*log(1 + {ROOT})", lambda d, r: d * log(1 + r)),
    ],
)
def test_points_that_coincide_have_the_direction_0(text: str, term: Any) -> None:
    code = gd.Cost(f"Sum(Sum({text}, (j, 1, n)), (i, 1, n))", "x").compile()
    pairs = [(i, j) for i, j in product(range(3), repeat=2) if dist(TWICE[i], TWICE[j]) > 0]

    def literal(points: Any) -> float:
        return sum(float(term(TABLE[i, j], dist(points[i], points[j]))) for i, j in pairs)

    assert np.allclose(code.gradient({"x": TWICE}, {"d": TABLE})["x"], slopes(literal, TWICE), rtol=1e-7, atol=1e-8)
    assert "np.where" not in code.source


@pytest.mark.parametrize(("factor", "at"), [("1/d[i,j]", 1.0), ("1/(t[i]-t[j])**2", 1.0), ("exp(1/d[i,j]**2)", 2.0)])
def test_what_has_no_value_where_indices_are_equal_stays_apart(factor: str, at: float) -> None:
    text = f"Sum(Sum(Piecewise(({factor}*{ROOT}, Ne(i, j)), (0, True)), (j, 1, n)), (i, 1, n))"
    table = np.full((3, 3), at) - np.diag([at] * 3)
    data = {"d": table, "t": [0.0, 1.0, 3.0]}
    used = {name: data[name] for name in ("d", "t") if f"{name}[" in factor}
    gradient = gd.Cost(text, "x").compile().gradient({"x": POINTS}, used)["x"]
    weight = {
        "d": lambda i, j: exp(0.25) if "exp" in factor else 1.0,
        "t": lambda i, j: 1 / (data["t"][i] - data["t"][j]) ** 2,
    }

    def literal(points: Any) -> float:
        pairs = [(i, j) for i, j in product(range(3), repeat=2) if i != j]
        return sum(weight[next(iter(used))](i, j) * dist(points[i], points[j]) for i, j in pairs)

    assert np.allclose(gradient, slopes(literal, POINTS), rtol=1e-7)


def test_two_sums_that_are_each_others_mirror_are_one() -> None:
    d = gd.derive("Sum(Sum(sqrt((x[i] - x[j])**2), (j, 1, n)), (i, 1, n))", "x[k]")
    line = repr(d.steps[-1].line)
    assert d.check and line.startswith("2 Σⱼ₌₁ⁿ {(xₖ - xⱼ)/|xₖ - xⱼ| if j ≠ k; 0 otherwise}") and line.count("Σ") == 1
    assert "xᵢ ≠ xₖ" not in d.text().split("simplify: sums over the same range")[1]
