"""The front door: one expression, and everything that comes out of it agrees."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import IndexedBase, Sum, exp, symbols

import gdsym as gd

w, b, lam = symbols("w b lambda")
i, j, k, m, n = symbols("i j k m n", integer=True, positive=True)
x, y, W, X, p = map(IndexedBase, ("x", "y", "W", "X", "p"))
LINE = Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m)
DATA = {x: [1, 2], y: [300, 500]}


def test_the_example_at_the_top_of_the_contract() -> None:
    cost = gd.Cost(LINE, [w, b])
    d = cost.partial(w)
    assert str(d).startswith("∂J/∂w for J(w, b)")
    assert d.latex().startswith("\\begin{aligned}")
    assert len(cost.gradient()) == 2
    run = cost.descend({w: 0, b: 0}, DATA, learning_rate=0.01, maxiter=10_000)
    assert (round(run.params[w], 4), round(run.params[b], 4)) == (199.9929, 100.0116)
    assert run.nit == 10_000 and len(run.history.cost) == 10_001
    assert [f"{run.history.cost[row]:.2e}" for row in (1, 1001, 9001)] == ["7.93e+04", "3.41e+00", "2.90e-05"]
    assert cost.check({w: Sum((w * x[i] + b - y[i]) * x[i], (i, 1, m)) / m}).ok


def test_gradient_as_column_and_as_dict() -> None:
    scalars = gd.Cost(LINE, [w, b]).gradient()
    assert scalars.expr.shape == (2, 1)
    assert [d.wrt for d in scalars] == [w, b]
    assert scalars[b].result == scalars["b"].result == Sum(w * x[i] + b - y[i], (i, 1, m)) / m
    assert "\\begin{bmatrix}" in scalars.latex()
    vector = gd.Cost(Sum((Sum(W[j] * X[i, j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)), [W]).gradient()
    assert set(vector.expr) == {W}


def test_hessian_is_symmetric_and_derived() -> None:
    hessian = gd.Cost(LINE, [w, b]).hessian()
    assert hessian[w, w].result == Sum(x[i] ** 2, (i, 1, m)) / m
    assert hessian[w, b].result == hessian[b, w].result == Sum(x[i], (i, 1, m)) / m
    assert hessian[b, b].result == 1
    assert hessian.expr == hessian.expr.T
    assert hessian.symmetric and "The mixed derivatives by w and b are the same in either order." in str(hessian)


def test_parameters_are_found_and_kept_in_order() -> None:
    assert gd.Cost(LINE).params == (b, w) or gd.Cost(LINE).params == (w, b)
    assert gd.Cost("Sum((w*x[i] + b - y[i])**2, (i, 1, m))/(2*m)").params == (w, b)
    assert gd.Cost(LINE, ["b", "w"]).params == (b, w)
    assert gd.Cost(LINE, [w]).problem.data != ()


def test_text_and_sympy_are_one_cost() -> None:
    text = gd.Cost("Sum((w*x[i] + b - y[i])**2, (i, 1, m))/(2*m)", ["w", "b"])
    assert text.expr.subs(symbols("m"), m).subs(symbols("i"), i) == LINE or text.compile().value(
        {"w": 1, "b": 2}, {"x": [1, 2], "y": [3, 5]}
    ) == gd.Cost(LINE, [w, b]).compile().value({w: 1, b: 2}, {x: [1, 2], y: [3, 5]})


def test_compiled_value_and_gradient_equal_the_sum_by_hand() -> None:
    compiled = gd.Cost(LINE, [w, b]).compile()
    value, slopes = compiled.value_and_gradient({w: 2, b: -1}, {x: [1, 2, 4], y: [3, 1, 0]})
    r = [2 * 1 - 1 - 3, 2 * 2 - 1 - 1, 2 * 4 - 1 - 0]
    assert value == sum(e * e for e in r) / 6
    assert slopes[w] == pytest.approx((r[0] * 1 + r[1] * 2 + r[2] * 4) / 3, abs=1e-15)
    assert slopes[b] == pytest.approx(sum(r) / 3, abs=1e-15)


def test_source_runs_without_gdsym() -> None:
    source = gd.Cost(LINE, [w, b]).compile().source
    program = f"{source}\nimport sys\nprint(value_and_gradient(2, -1, [1, 2, 4], [3, 1, 0]))\nassert 'gdsym' not in sys.modules"
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.startswith("(")


def test_bind_serves_scipy() -> None:
    from scipy import optimize

    bound = gd.Cost(LINE, [w, b]).compile().bind(DATA)
    found = optimize.minimize(bound.fun, np.zeros(2), jac=bound.jac, method="BFGS")
    assert found.x == pytest.approx([200, 100], abs=1e-3)


def test_mean_of_the_sample_gradients_is_the_batch_gradient() -> None:
    cost = gd.Cost(LINE, [w, b])
    sample = cost.sample(i)
    assert sample.expr == (w * x[i] + b - y[i]) ** 2 / 2
    claims = {q: Sum(sample.partial(q).result, (i, 1, m)) / m for q in (w, b)}
    assert cost.check(claims).ok


def test_a_penalty_without_samples_stays_in_every_sample() -> None:
    ridge = gd.Cost(
        Sum((Sum(W[j] * X[i, j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)) / m + lam * Sum(W[j] ** 2, (j, 1, n)), [W]
    )
    sample = ridge.sample(i)
    assert sample.expr.has(lam) and not sample.expr.has(m)
    (k_,) = sample.partial(W).wrt.indices
    assert ridge.check({W[k_]: Sum(sample.partial(W).result, (i, 1, m)) / m}).ok


@pytest.mark.parametrize("letter", [3, None, x, x[i], w, "w", "b", "x", "i + 1"])
def test_a_sample_is_named_by_a_letter_of_its_own(letter: object) -> None:
    with pytest.raises(gd.GdsymError, match=r"symbol|one name"):
        gd.Cost(LINE, [w, b]).sample(letter)


def test_a_sample_named_by_text_is_not_caught_by_an_inner_index() -> None:
    cost = gd.Cost(Sum((Sum(W[j] * X[i, j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)) / m, [W])
    for letter in (j, "j"):
        assert str(cost.sample(letter)) == "J(W) = (Σₗ₌₁ⁿ Wₗ Xⱼₗ - yⱼ)²"


def test_batches_over_an_epoch_average_to_the_full_gradient() -> None:
    cost = gd.Cost(LINE, [w, b])
    data = {x: [1, 2, 3, 4], y: [2, 1, 0, 5]}
    full = cost.descend({w: 0, b: 0}, data, learning_rate=1, maxiter=1, gtol=0).params
    steps = [
        cost.descend({w: 0, b: 0}, {x: [data[x][r]], y: [data[y][r]]}, learning_rate=1, maxiter=1, gtol=0).params
        for r in range(4)
    ]
    assert full[w] == pytest.approx(np.mean([s[w] for s in steps]), abs=1e-14)
    one = cost.descend({w: 0, b: 0}, data, learning_rate=0.01, maxiter=40, batch=2, rng=3, gtol=0)
    two = cost.descend({w: 0, b: 0}, data, learning_rate=0.01, maxiter=40, batch=2, rng=3, gtol=0)
    assert (one.history.params[w] == two.history.params[w]).all()


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        (gd.Cost(Sum((x[i] - w * x[i - 1]) ** 2, (i, 2, m)), [w]), "neighbours"),
        (gd.Cost(Sum((p[i] - y[i]) ** 2, (i, 1, m)), [p]), "parameter of its own"),
        (gd.Cost((w - 3) ** 2, [w]), "no sum over data"),
    ],
)
def test_costs_without_samples_say_so(cost: gd.Cost, said: str) -> None:
    with pytest.raises(gd.CostError, match=said):
        cost.sample(i)


def test_named_parts_stay_named_and_the_numbers_follow() -> None:
    error = IndexedBase("e")
    cost = gd.Cost(Sum(error[i] ** 2, (i, 1, m)) / (2 * m), [w, b], where={error[i]: w * x[i] + b - y[i]})
    assert cost.partial(w).result == Sum(error[i] * x[i], (i, 1, m)) / m
    plain = gd.Cost(LINE, [w, b]).compile().gradient({w: 1, b: 2}, {x: [1, 2], y: [3, 5]})
    assert cost.compile().gradient({w: 1, b: 2}, {x: [1, 2], y: [3, 5]}) == plain


def test_logistic_regression_from_named_probability_runs() -> None:
    part = 1 / (1 + exp(-Sum(W[j] * X[i, j], (j, 1, n))))
    cost = gd.Cost(gd.losses.log_loss(p[i], y[i], (i, 1, m)), [W], where={p[i]: part})
    data = {X: [[1.0, 0.5], [1.0, -1.5], [1.0, 2.5]], y: [1, 0, 1]}
    run = cost.descend({W: [0, 0]}, data, learning_rate=0.5, maxiter=50)
    assert run.fun < np.log(2) and run.history.cost[0] == pytest.approx(np.log(2), abs=1e-15)


@pytest.mark.parametrize("suffix", [".tex", ".md", ".html", ".json", ".txt"])
def test_save_writes_a_whole_document(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"dJdw{suffix}"
    gd.Cost(LINE, [w, b]).partial(w).save(path)
    text = path.read_text(encoding="utf-8")
    assert len(text) > 400
    if suffix == ".json":
        assert len(json.loads(text)["steps"]) == 6
    if suffix == ".tex":
        assert text.startswith("\\documentclass") and "\\end{document}" in text


def test_a_notebook_gets_text_and_latex() -> None:
    bundle = gd.Cost(LINE, [w, b]).partial(w)._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/latex"}
    assert bundle["text/latex"].startswith("$$\\begin{aligned}")


def test_entries_of_a_vector_are_variables_too() -> None:
    cost = gd.Cost(Sum(W[j] ** 2, (j, 1, n)), [W])
    assert cost.partial(W[k]).result == 2 * W[k]
    assert cost.partial(W[1]).result == 2 * W[1]
    with pytest.raises(gd.CostError, match="no parameter"):
        cost.partial(b)


def test_closed_form_of_a_quadratic_cost() -> None:
    insight = gd.Cost(LINE, [w, b]).insight(DATA)
    assert insight.max_rate == pytest.approx(0.5835921350012618, rel=1e-12)
    assert insight.minimiser[w] == pytest.approx(200, abs=1e-9)
    assert insight.convex is True and insight.kind == "minimum"
    raw = gd.Cost(Sum((lam * x[i] + b - y[i]) ** 2, (i, 1, m)) / m, [lam, b]).insight(
        {x: range(58, 73), y: [115, 117, 120, 123, 126, 129, 132, 135, 139, 142, 146, 150, 154, 159, 164]}
    )
    assert raw.condition == pytest.approx(9.652e5, rel=1e-3)
    assert raw.minimiser[lam] == pytest.approx(3.45, abs=1e-9)


def test_a_cost_prints_itself() -> None:
    assert str(gd.Cost(LINE, [w, b])) == "J(w, b) = 1/(2m) Σᵢ₌₁ᵐ (w xᵢ + b - yᵢ)²"
    assert gd.Cost(LINE, [w, b], name="E").partial(w).latex().count(r"\frac{\partial E}{\partial w}") == 1


def test_names_never_become_code() -> None:
    evil = sympy.Symbol("__import__('os').system('true')")
    compiled = gd.Cost((evil - 3) ** 2, [evil]).compile()
    assert "import" not in compiled.source.replace("import numpy", "").replace("import math", "")
    assert compiled.value({evil: 1}) == 4


@pytest.mark.parametrize("kind", ["Cost", "Gradient", "Hessian", "Derivation", "Jacobian"])
def test_what_was_derived_cannot_be_changed(kind: str) -> None:
    """Else what is printed and what is computed could be of two costs; `parameters`, a slip for params, was set in silence."""
    cost = gd.Cost("(w*x - y)**2", ["w"])
    made: dict[str, Any] = {"Cost": cost, "Gradient": cost.gradient(), "Hessian": cost.hessian()}
    made |= {"Derivation": cost.partial("w"), "Jacobian": gd.jacobian(["w**2"], ["w"])}
    for name in ("parameters", "params", "expr", "result", "text"):
        with pytest.raises(AttributeError, match=f"{kind} is immutable: {name} cannot be changed; make a new one"):
            setattr(made[kind], name, 1)
        with pytest.raises(AttributeError, match=f"{kind} is immutable: {name} cannot be changed"):
            delattr(made[kind], name)
    assert str(copy.deepcopy(made[kind])) == str(made[kind])
