"""What the contract says of names, types and parameters that are not named, as a user meets it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sympy import IndexedBase, Sum, Symbol, symbols

import gdsym as gd

w, b, theta = symbols("w b theta_0")
lam = Symbol("lambda")
i, j, k, m, n = symbols("i j k m n", integer=True, positive=True)
x, y, W = IndexedBase("x"), IndexedBase("y"), IndexedBase("w")
LINE = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
DATA = {x: [1, 2], y: [300, 500]}
START = {w: 0, b: 0}
RIDGE = gd.Cost((theta - 3) ** 2 + lam * theta**2, [theta])


@pytest.mark.parametrize("strength", ["lambda", r"\lambda", "λ", lam])
@pytest.mark.parametrize("name", ["theta_0", r"\theta_0", "θ_0", "θ₀", theta])
def test_a_name_may_be_typed_in_any_spelling(name: Any, strength: Any) -> None:
    run = RIDGE.descend({name: 0}, {strength: 1}, learning_rate={name: 0.25}, maxiter=50)
    assert round(run.params[name], 6) == 1.5 and name in run.params
    assert run.history.params[name].shape == (run.nit + 1,)
    assert RIDGE.compile().value({name: 0}, {strength: 1}) == 9.0
    assert RIDGE.compile().gradient({name: 1}, {strength: 1})[name] == -2.0
    assert RIDGE.gradient()[name].result == RIDGE.partial(theta).result
    assert RIDGE.hessian()[name, name].result == 2 * lam + 2
    assert RIDGE.check({name: 2 * (theta - 3) + 2 * lam * theta}).ok
    assert RIDGE.insight({strength: 1}, {name: 0}).max_rate == 0.5


def test_the_own_spelling_of_a_symbol_comes_first() -> None:
    odd = Symbol("θ")
    assert gd.Cost((odd - 3) ** 2, [odd]).descend({"θ": 0}, maxiter=1).params["θ"] == 0.06


WRONG_TYPES: list[Callable[[], Any]] = [
    lambda: LINE.compile(backend=3),  # type: ignore[arg-type]
    lambda: LINE.descend(START, DATA, backend=3),  # type: ignore[arg-type]
    lambda: LINE.descend(START, DATA, callback=3),  # type: ignore[arg-type]
    lambda: LINE.descend(START, DATA, resume=3),  # type: ignore[arg-type]
    lambda: LINE.descend(START, DATA, hoist=3),  # type: ignore[arg-type]
    lambda: LINE.descend(START, DATA, progress="no"),  # type: ignore[arg-type]
    lambda: LINE.descend({w: None, b: 0}, DATA),
    lambda: LINE.descend(START, {x: None, y: [1]}),
    lambda: LINE.compile().value(START, 3),  # type: ignore[arg-type]
    lambda: gd.load(3),  # type: ignore[arg-type]
    lambda: gd.UpdateRule(3),  # type: ignore[arg-type]
    lambda: gd.UpdateRule("theta"),
    lambda: gd.UpdateRule([theta]),
]


@pytest.mark.parametrize("asked", WRONG_TYPES)
def test_a_wrong_type_is_a_type_error_and_ours(asked: Callable[[], Any]) -> None:
    with pytest.raises(TypeError) as error:
        asked()
    assert isinstance(error.value, gd.GdsymError) and isinstance(error.value, ValueError)
    assert len(str(error.value)) <= 600


def test_an_entry_with_another_number_of_indices_is_refused() -> None:
    with pytest.raises(gd.CostError, match="w with 1"):
        gd.derive(Sum(W[j] ** 2, (j, 1, n)), W[k, j])


def test_a_run_that_is_not_there_is_our_error(tmp_path: Path) -> None:
    with pytest.raises(gd.GdsymError, match="cannot be read"):
        gd.load(tmp_path / "none.json")


M = Symbol("m")
AMBIGUOUS = [
    Sum((m * x[i] + b - y[i]) ** 2, (i, 1, m)) / m,
    Sum((M * x[i] + b - y[i]) ** 2, (i, 1, M)) / M,
    Sum((w * x[i] - y[i]) ** 2, (i, 1, m)) / n,
    Sum(W[j] * x[j], (j, 1, n)) / m,
]


@pytest.mark.parametrize("cost", AMBIGUOUS, ids=str)
def test_parameters_that_are_not_clear_are_asked_for(cost: Any) -> None:
    with pytest.raises(gd.CostError, match="Name the parameters"):
        gd.Cost(cost)


def test_parameters_that_are_clear_are_found() -> None:
    assert set(gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / m).params) == {w, b}
    assert set(gd.Cost(Sum((w * x[i] + b - y[i]) ** 2 / (2 * M), (i, 1, M))).params) == {w, b}
    assert gd.Cost(Sum((w - i) ** 2, (i, 1, m)) / m).params == (w,)


SHADOWED = Sum(Sum(W[i] * x[i], (i, 1, n)) * y[i], (i, 1, m))
OWN = [
    (Sum(W[k] ** 2, (k, 1, n)), W[k]),
    (Sum(W[k] ** 2, (k, 1, n)), W),
    (SHADOWED, W[k]),
    (Sum((Sum(W[j] * x[i, j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)) + Sum(W[i] ** 2, (i, 1, n)), W[i]),
]


@pytest.mark.parametrize(("expr", "by"), OWN, ids=str)
def test_the_expression_comes_out_as_it_went_in(expr: Any, by: Any) -> None:
    """Inside, letters of sums are renamed; the caller does not see it."""
    assert gd.derive(expr, by).expr == expr
    cost = gd.Cost(expr, [W])
    assert cost.expr == expr and cost.partial(by).expr == expr


def test_text_comes_out_as_it_went_in() -> None:
    assert str(gd.derive("Sum(w[k]**2, (k, 1, n))", "w[k]").expr) == "Sum(w[k]**2, (k, 1, n))"


def test_gradient_and_hessian_know_entries_by_name() -> None:
    cost = gd.Cost(Sum((Sum(W[j] * x[i, j], (j, 1, n)) + b - y[i]) ** 2, (i, 1, m)), [W, b])
    assert cost.gradient()["w[1]"] is cost.gradient()[W]
    assert cost.hessian()["w[k]", "b"].result == cost.hessian()[W, b].result


def test_the_curvature_of_a_polynomial_is_taken_at_its_lowest_minimum() -> None:
    found = gd.Cost((w - 1) ** 2 * (w - 5) ** 2 + w, [w]).insight()
    assert [p.kind for p in found.critical_points or ()] == ["minimum", "minimum", "maximum"]
    assert 0 < found.at[w] < 1 and found.kind == "minimum"
    with pytest.raises(gd.CostError, match="say where"):
        gd.Cost(symbols("w") ** 2 * b**2 + gd.losses.mae(w * x[i], y[i], (i, 1, m)), [w, b]).insight(DATA).eigenvalues


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: gd.derive("sin(x)"), r"derive needs wrt as well, e.g. gd.derive\('x\*\*2', 'x'\)"),
        (lambda: gd.check("x**2", "x"), "check needs claim as well"),
        (gd.Cost, r"Cost needs expr as well, e.g. gd.Cost\("),
        (lambda: gd.Cost("x**2").partial(), r"partial needs p as well, e.g. cost.partial\('w'\)"),
        (
            lambda: gd.Cost("x**2", ["x"], {"a": 1}),
            "Cost takes expr, params, in this order; the rest goes by name: where=, name=",
        ),
        (lambda: gd.derive("x**2", "x").text(width=40), "text has no argument 'width'; it takes detail, known, ascii"),
        (lambda: gd.derive("x**2", "x", details="brief"), "derive has no argument 'details'; write detail= instead"),
        (lambda: gd.jacobian(["x"]), "jacobian needs wrt as well"),
    ],
)
def test_what_is_missing_or_too_much_is_named(call: Any, says: str) -> None:
    with pytest.raises(gd.GdsymTypeError, match=says):
        call()
