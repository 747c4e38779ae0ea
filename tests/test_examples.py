"""Every worked example of the three articles, one test each, with bare numbers."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
import sympy
from sympy import IndexedBase, KroneckerDelta, Rational, Sum, pi, sign, symbols

import gdsym as gd
from examples.articles import ARTICLES
from examples.book import Example, Number, work_out

w, b, m, x, y, z, n, r = symbols("w b m x y z n r")
i, j, k, K, N, count = symbols("i j k K N m", integer=True, positive=True)
size, c = symbols("n c", integer=True, positive=True)
X, Y, P, W, F = map(IndexedBase, ("x", "y", "p", "W", "f"))


@cache
def row(name: str) -> Example:
    """The example, computed once for all tests."""
    (found,) = [row for article in ARTICLES for row in article.rows if row.__name__ == name]
    return work_out(found)


def near(value: float, wanted: float, tolerance: float = 1e-8) -> bool:
    return abs(float(value) - wanted) <= tolerance


IDS = [row.__name__ for article in ARTICLES for row in article.rows]


def test_all_rows_are_there_in_order() -> None:
    wanted = [f"{letter}{at}" for letter, last in (("A", 6), ("B", 10), ("C", 11)) for at in range(1, last + 1)]
    assert wanted == IDS


@pytest.mark.parametrize("name", IDS)
def test_everything_that_an_example_claims_holds(name: str) -> None:
    example = row(name)
    assert example.id == name
    assert example.failed == []
    assert example.assertions >= 4
    assert "gd." in example.code or "_cost()" in example.code
    assert all(step.check for d in example.derivations for step in d.steps)


def test_a_wrong_number_would_be_noticed() -> None:
    assert not Number("w", 199.9929, "199.9930").ok
    assert not Number("cost", 79274.8, "7.94e+04").ok
    assert Number("cost", 79274.8, "7.93e+04").ok
    assert not Number("slope", 2 * x, "x").ok


def test_A1() -> None:
    example = row("A1")
    assert example["run"].history.params["w"][:2].tolist() == [7.0, 6.0]
    assert example["hand"][w] == 6
    assert near(example["run"].params["w"], 3 + 4 * 0.75**8)
    tex = example["formula"].tex
    assert tex.count(r"\underbrace") == 6
    for part in (r"\theta_{k+1}", r"\theta_{k}", r"\alpha", r"J(\theta_{k})"):
        assert part in tex
    assert example["run"].rule.equations == example["rule"].equations


def test_A2() -> None:
    example = row("A2")
    line = w * X[i] + b - Y[i]
    assert example["cost"].partial(w).result == Sum(sign(line) * X[i], (i, 1, size)) / size
    assert example["cost"].partial(b).result == Sum(sign(line), (i, 1, size)) / size
    assert "not differentiable" in example["cost"].partial(w).latex()
    assert example["at_the_kink"] == {w: 0.0, b: 0.0}
    assert near(example["fixed"].history.cost.min(), 0.12, 1e-9)
    assert example["decaying"].fun < 0.02 < example["fixed"].history.cost[100:].min()


def test_A3() -> None:
    example = row("A3")
    assert example["glass"].result == 1 / (pi * example["r"] ** 2)
    column = example["anything"].gradient().column()
    assert column.count(r"\begin{bmatrix}") == 2
    f = sympy.Function("f")
    s, t = example["anything"].params
    assert list(example["anything"].gradient().expr) == [f(s, t).diff(s), f(s, t).diff(t)]
    at = {s: 2, t: 1}
    assert [near(e.subs(at), -60 * math.exp(-0.75), 1e-12) for e in example["hill"].gradient().expr] == [True, True]


def test_A4() -> None:
    small, right, large = row("A4")["runs"].values()
    assert small.status == "max_steps" and small.nit == 400 and small.history.cost[-1] > 8
    assert right.status == "converged" and right.nit == 383 and right.fun < 1e-10
    assert large.status == "diverged" and large.history.cost[-1] > 1e6 * large.history.cost[0]
    assert np.isfinite(large.history.cost).all() and len(large.history.cost) == large.nit + 1
    assert near(row("A4")["insight"].max_rate, 0.5835921350012617, 1e-12)


def test_A5() -> None:
    example = row("A5")
    weights, c = example["w"], example["c"]
    assert example["mse"].partial(w).result == 2 * Sum((w * X[i] + b - Y[i]) * X[i], (i, 1, count)) / count
    assert example["mae"].partial(w).result == Sum(sign(w * X[i] + b - Y[i]) * X[i], (i, 1, count)) / count
    k = symbols("k")
    two = Sum((P[i] - Y[i]) * X[i, k], (i, 1, count)) / count
    three = Sum((P[i, c] - KroneckerDelta(c, Y[i])) * X[i, k], (i, 1, count)) / count
    assert example["binary"].partial(weights[k]).result == two
    assert example["several"].partial(W[c, k]).result == three
    assert not example["binary"].check({weights[k]: count * two}).ok
    assert near(example["two"].history.cost[0], math.log(2), 1e-12)
    assert near(example["three"].history.cost[0], math.log(3), 1e-12)


def test_A6() -> None:
    example = row("A6")
    rates = example["runs"][1].history.rate
    assert rates[0] == 0.5 and near(rates[24], 0.1, 1e-15) and near(rates[99], 0.05, 1e-15)
    assert np.array_equal(example["runs"][1].history.params["w"], example["again"].history.params["w"])
    assert example["starts"][1] != example["starts"][2]
    assert r"\sqrt{k+1}" in example.formulas[0].tex
    for run in example["runs"].values():
        assert run.success and near(run.params["w"], 2, 1e-6) and near(run.params["b"], -1, 1e-6)


def test_B1() -> None:
    example = row("B1")
    d, weights = example["by_k"], example["w"]
    k = symbols("k")
    line = Sum(weights[j] * X[i, j], (j, 1, size)) + b
    assert d.result == Sum((line - Y[i]) * X[i, k], (i, 1, count)) / count
    (collapse,) = [
        s for s in d.steps if s.lhs.to_sympy().has(KroneckerDelta) and not s.rhs.to_sympy().has(KroneckerDelta)
    ]
    assert collapse.rule.name == "Kronecker delta"
    assert np.allclose(example["run"].params["w"], [3, 2], atol=1e-4)


def test_B2() -> None:
    run = row("B2")["run"]
    assert round(run.params["w"], 4) == 199.9929 and round(run.params["b"], 4) == 100.0116
    assert [f"{run.history.cost[at]:.2e}" for at in (1, 1001, 9001)] == ["7.93e+04", "3.41e+00", "2.90e-05"]
    slope = level = 0.0
    for _ in range(10_000):  # the same by hand
        first, second = slope + level - 300, 2 * slope + level - 500
        slope, level = slope - 0.01 * (first + 2 * second) / 2, level - 0.01 * (first + second) / 2
    assert near(run.params["w"], slope, 1e-9) and near(run.params["b"], level, 1e-9)


def test_B3() -> None:
    example = row("B3")
    assert {(p[w], p[b]) for p in example["minima"]} == {(-1, -1), (2, 2)}
    assert {(p[w], p[b]) for p in example["critical"]} == {(-1, -1), (0, 0), (2, 2)}
    right, left = example["runs"].values()
    assert near(left.params["w"], -1) and near(left.params["b"], -1)
    assert near(right.params["w"], 2) and near(right.params["b"], 2)


def test_B4() -> None:
    example = row("B4")
    assert example["right"].history.params["b"][1] == 4.0
    assert near(example["wrong"].history.params["b"][1], 3.9025, 1e-12)
    assert example["predicted"] == Rational(-39, 400)
    assert example["right"].history.params["w"][1] == example["wrong"].history.params["w"][1] == 6.5


def test_B5() -> None:
    example = row("B5")
    slope = example["cost"].partial(w).result
    assert slope.subs(w, 5) == 4 and slope.subs(w, 1) == -4
    assert near(example["right"].params["w"], 4.6, 1e-15) and near(example["left"].params["w"], 1.4, 1e-15)
    ax = gd.plot.tangent(example["cost"], [1, 5])
    words = [text.get_text().replace("$", "").replace("\N{MINUS SIGN}", "-") for text in ax.texts]
    assert any("slope 4" in word for word in words) and any("slope -4" in word for word in words)


def test_B6() -> None:
    example = row("B6")
    run = example["run"]
    assert [f"{v:.2e}" for v in run.history.cost[1:4]] == ["2.58e+05", "7.82e+05", "2.37e+06"]
    assert run.status == "diverged" and not run.success
    assert "0.8 is above 2/lambda_max = 0.5836" in run.message
    largest = (3.5 + math.sqrt(1.5**2 + 4 * 1.5**2)) / 2  # of [[5/2, 3/2], [3/2, 1]]
    assert near(example["insight"].eigenvalues[-1], largest, 1e-12)
    assert near(example["insight"].max_rate, 2 / largest, 1e-12)


def test_B7() -> None:
    example = row("B7")
    run = example["run"]
    assert run.nit == 20
    assert run.history.params["w"].tolist() == [5.0] * 21
    assert run.history.gradient_norm.tolist() == [0.0] * 21
    assert example["derivation"].result.subs(w, 5) == 0 and example["derivation"].result.is_Mul


def test_B8() -> None:
    example = row("B8")
    lengths = example["lengths"]
    assert (np.diff(lengths) < 0).all()
    assert example["limit"] == Rational(17, 25)
    assert near(lengths[-1] / lengths[-2], 0.68, 1e-6)


def test_B9() -> None:
    example = row("B9")
    cost = example["cost"]
    assert cost.partial(w).result == Sum((F[i] - Y[i]) * X[i], (i, 1, count)) / count
    assert cost.partial(b).result == Sum(F[i] - Y[i], (i, 1, count)) / count
    assert cost.check(example["claims"]).ok
    assert "cancels" in str(cost.partial(w).steps[-1].reason)
    assert not example["forgot"].ok and example["forgot"].factor is None and example["forgot"].counterexample


def test_B10() -> None:
    example = row("B10")
    run, moved = example["run"], example["moved"]
    assert run.nit == 219 and run.success and "xtol" in run.message
    assert moved[-1] <= 1e-6 < moved[-2]


def test_C1() -> None:
    example = row("C1")
    rows = example["run"].history.params
    assert (rows["m"][1], rows["b"][1]) == (0.5, 0.0)
    assert example["hand"] == {m: Rational(1, 2), b: 0}
    assert r"\Theta_{k+1}" in example["rule"].tex and r"\nabla J" in example["rule"].tex
    assert example["rule"].tex.count(r"\underbrace") == 5


def test_C2() -> None:
    example = row("C2")
    assert near(example["slope"], 3.45) and near(example["intercept"], -87.51666667)
    height = np.arange(58, 73)
    weight = np.array([115, 117, 120, 123, 126, 129, 132, 135, 139, 142, 146, 150, 154, 159, 164])
    slope, intercept = np.polyfit(height, weight, 1)
    assert near(example["slope"], slope) and near(example["intercept"], intercept)
    assert f"{example['raw'].condition:.1e}" == "9.7e+05"
    assert 1e7 < example["raw"].predicted_steps(1e-11) < 1.5e7
    assert example["run"].nit < 1000


def test_C3() -> None:
    example = row("C3")
    assert example["cost"].partial(x).result == 2 * x
    assert sympy.solve(example["cost"].partial(x).result, x) == [0]
    assert near(example["run"].params["x"], 0, 1e-6)


def test_C4() -> None:
    example = row("C4")
    assert example["delta"] == {m: -1, b: Rational(-3, 2)}
    assert example["run"].history.params["m"][:2].tolist() == [0.0, 1.0]
    assert example["run"].history.params["b"][:2].tolist() == [0.0, 1.5]


def test_C5() -> None:
    example = row("C5")
    assert [run.nit for run in example["runs"].values()] == [81, 6, 1]
    assert list(example["runs"]) == [0.1, 1.0, 1.6]
    assert example["cost"].hessian()[x, x].result == Rational(5, 8) and example["one_step"] == Rational(8, 5)
    assert 0.9375**81 < 0.0055 < 0.9375**80 and 0.375**6 < 0.0055 < 0.375**5
    assert example["wild"].status == "diverged"


def test_C6() -> None:
    example = row("C6")
    assert example["general"].result == n * x ** (n - 1)
    assert example["number"].result == 15 * x**4
    assert [s.rule.name for s in example["number"].steps] == ["constant multiple rule", "power rule", "simplify"]
    assert r"3\cdot 5\,x^{5-1}" in example["number"].latex()


def test_C7() -> None:
    example = row("C7")
    assert example["links"]["y by x"].result == 2 * x and example["links"]["x by z"].result == 2 * z
    assert r"2x\cdot 2z" in example["chain"].latex()
    assert example["chain"].result == 2 * x * 2 * z
    assert example["chain"].expanded == 4 * z**3
    outer, inner = sympy.Function("z"), sympy.Function("y")
    assert example["anything"].result.doit() == outer(inner(x)).diff(x).doit()


def test_C8() -> None:
    example = row("C8")
    assert example["by_x"].result == 4 * x**3 and example["by_y"].result == 7 * y**6
    assert r"4\,x^{3}+0" in example["by_x"].latex() and r"0+7\,y^{6}" in example["by_y"].latex()
    assert "y⁷ is held constant" in example["by_x"].text()


def test_C9() -> None:
    example = row("C9")
    error, big = symbols("Error X")
    assert example["cost"].partial(m).result == 2 * error * big and example["cost"].partial(b).result == 2 * error
    assert example["dropped"].factor == Rational(1, 2) and not example["dropped"].ok
    assert "The derivative is 2 times the claim; a learning rate can absorb it" in example["dropped"].message
    assert example["inside"].factor == r / 2
    errors, inputs = IndexedBase("Error"), IndexedBase("X")
    assert example["full"].partial(m).result == 2 * Sum(errors[i] * inputs[i], (i, 1, N)) / N
    one, other = example["with_two"].history, example["without"].history
    assert np.array_equal(one.params["m"], other.params["m"]) and np.array_equal(one.params["b"], other.params["b"])
    assert example["half"].partial(m).result == error * big


def test_C10() -> None:
    example = row("C10")
    assert example["cost"].check(example["mean"]).ok
    assert np.array_equal(example["one"].history.params["m"], example["again"].history.params["m"])
    assert not np.array_equal(example["one"].history.params["m"], example["other"].history.params["m"])
    errors = Sum(m * IndexedBase("X")[i] + b - IndexedBase("Y")[i], (i, 1, N))
    assert example["cost"].partial(b).result == 2 * errors / N
    assert not example["cost"].check({m: example["mean"][b]}).ok


def test_C11() -> None:
    example = row("C11")
    inputs, targets = np.arange(1.0, 8.0), np.array([3, 5, 7, 9, 11, 25, 15.0])
    assert np.allclose(example["by_squares"].x, np.polyfit(inputs, targets, 1), atol=1e-8)
    assert near(example["by_squares"].params["m"], 20 / 7) and near(example["by_squares"].params["b"], -5 / 7)
    assert near(example["by_sizes"].params["m"], 2, 1e-3) and near(example["by_sizes"].params["b"], 1, 1e-3)
    assert near(example["off"]["squared"][5], 60 / 7) and near(example["off"]["absolute"][5], 12, 0.01)
    error = symbols("Error")
    slope = example["parabola"].partial(error).result
    assert slope.subs(error, 3) == 6 and slope.subs(error, Rational(1, 2)) == 1
