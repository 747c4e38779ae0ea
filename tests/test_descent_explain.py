"""Explained steps: the derived formula and the run's numbers on one line, in text and LaTeX."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy
from hand_programs import LINE, PARABOLA, VECTOR, X, b, descended, m, v, w, x, y

import gdsym as gd
from gdsym.descent import Adam, Descent, Formulas, GradientDescent, Momentum, Settings, UpdateRule
from gdsym.errors import DescentError
from gdsym.written import from_sympy
from gdsym.written.nodes import Base, Sym

i, j, k, n = sympy.symbols("i j k n", integer=True)
r = w * x[i] + b - y[i]


def node(expression: Any) -> Any:
    return from_sympy(expression, [w, b, v])


def line(count: int = 2, **options: Any) -> Descent:
    data = {"x": np.arange(1.0, count + 1), "y": np.array([300.0, 500.0, 1.0, 2.0, 3.0, 4.0])[:count], "m": count}
    slopes = (node(sympy.Sum(r * x[i], (i, 1, m)) / m), node(sympy.Sum(r, (i, 1, m)) / m))
    letters = {Base(x): data["x"], Base(y): data["y"], Sym(m): count}
    formulas = Formulas(node(sympy.Sum(r**2, (i, 1, m)) / (2 * m)), slopes, letters)
    settings = Settings(maxiter=3, gtol=0)
    start = {"w": 0.0, "b": 0.0}
    return descended(LINE, start, data, formulas=formulas, learning_rate=0.8, settings=settings, **options)


def test_the_first_step_with_its_numbers() -> None:
    run = line()
    first, second = run.explain(0).text.splitlines()
    assert first == (
        "w ← w - α · 1/m Σᵢ₌₁ᵐ (w xᵢ + b - yᵢ) xᵢ = 0 - 0.8 · 1/2 ((0 · 1 + 0 - 300) · 1 + (0 · 2 + 0 - 500) · 2)"
        " = 0 - 0.8 · (-650) = 520"
    )
    assert second.endswith("= 0 - 0.8 · (-400) = 320")
    assert run.explain(2).text.splitlines()[0].endswith(f"= {run.history.params[w][3]:g}")


def test_latex_has_a_row_a_form() -> None:
    text = line().explain(0).latex
    assert text.startswith("\\begin{aligned}\nw &\\leftarrow w-\\alpha\\,\\frac{1}{m}\\sum_{i=1}^{m}")
    assert text.count(r"\\") == 7 and "&= 520" in text and text.endswith("&= 320\n\\end{aligned}")


def test_long_sums_are_not_written_out() -> None:
    first = line(6).explain(0).text.splitlines()[0]
    assert first.count("=") == 2 and first.endswith("= 0 - 0.8 · (-225) = 180")


def test_a_rule_with_memory_is_replayed() -> None:
    run = line(update=Momentum())
    lines = run.explain(2).text.splitlines()
    assert [part.split(" ←")[0] for part in lines] == ["g", "v", "w", "g", "v", "b"]
    assert lines[2].endswith(f"= {run.history.params[w][3]:.6g}") and lines[5].endswith(
        f"= {run.history.params[b][3]:.6g}"
    )
    adam = line(update=Adam())
    assert float(adam.explain(1).text.splitlines()[3].split()[-1]) == pytest.approx(adam.history.params[w][2], rel=1e-5)


def test_one_after_the_other_shows_the_new_value() -> None:
    run = line(update=GradientDescent(simultaneous=False))
    assert "(520 · 1 + 0 - 300" in run.explain(0).text.splitlines()[1]
    assert run.explain(0).text.endswith(f"{run.history.params[b][1]:g}")


def test_entries_of_a_vector_count_as_in_the_formula() -> None:
    model = sympy.Sum(v[j] * X[i, j], (j, 1, n)) + b - y[i]
    data = {"X": np.array([[1.0, 2.0], [3.0, 4.0]]), "y": np.array([1.0, 2.0]), "m": 2}
    partial = ((Sym(k),), node(sympy.Sum(model * X[i, k], (i, 1, m)) / m))
    letters = {Base(X): data["X"], Base(y): data["y"], Sym(m): 2, Sym(n): 2}
    formulas = Formulas(
        node(sympy.Sum(model**2, (i, 1, m)) / (2 * m)), (partial, node(sympy.Sum(model, (i, 1, m)) / m)), letters
    )
    run = descended(VECTOR, {"v": np.zeros(2), "b": 0.0}, data, formulas=formulas, settings=Settings(maxiter=1, gtol=0))
    lines = run.explain(0).text.splitlines()
    assert lines[0].startswith("v₁ ← v₁ - α") and lines[0].endswith("= 0 - 0.01 · (-3.5) = 0.035")
    assert lines[1].startswith("v₂ ← v₂ - α") and lines[1].endswith("= 0 - 0.01 · (-5) = 0.05")
    assert lines[2].endswith("= 0.015") and str(run).splitlines()[2].split()[:4] == ["step", "v[1]", "v[2]", "b"]


@pytest.mark.parametrize("step", [-1, 3, 1.5, True])
def test_steps_that_were_not_made(step: Any) -> None:
    with pytest.raises(DescentError, match="no step"):
        line().explain(step)


def test_without_formulas_there_is_nothing_to_explain() -> None:
    with pytest.raises(DescentError, match="formulas"):
        descended(PARABOLA, {"w": 0.0}, {}).explain(0)


def test_a_line_search_shows_its_condition() -> None:
    """Armijo's condition holds with the numbers that are told, and failed at twice the rate."""
    import gdsym as gd

    p, q = sympy.symbols("p q")
    cost = gd.Cost((1 - p) ** 2 + 100 * (q - p**2) ** 2, [p, q])
    run = cost.descend({p: -1.2, q: 1}, learning_rate="backtracking", maxiter=9, gtol=0)
    code = cost.compile()
    for k in range(9):
        found = run.explain(k).armijo
        assert found is not None and found.after <= found.bound
        assert found.after == run.history.cost[k + 1] and found.rate == run.history.rate[k]
        here = {s: run.history.params[s][k] for s in (p, q)}
        slope = code.gradient(here)
        twice = code.value({s: here[s] - 2 * found.rate * slope[s] for s in (p, q)})
        tried = k == 0 or found.rate < 2 * run.history.rate[k - 1]  # the first try of a step is twice the last rate
        assert not tried or twice > found.before - 2e-4 * found.rate * found.square
    assert "Armijo: J(new) = " in run.explain(0).text and r"\leq J-10^{-4}" in run.explain(0).latex
    assert "Armijo" not in cost.descend({p: 0, q: 0}, maxiter=2, gtol=0).explain(0).text


def test_what_a_rule_remembers_may_be_infinite() -> None:
    theta, g, alpha, s = sympy.symbols("theta g alpha s")
    rule = UpdateRule({s: 1e200 * (s + 1), theta: theta - alpha * g / s}, start={s: 1})
    run = line(update=rule)
    assert run.nit == 3 and "2e200 = " in run.explain(0).text and "∞" in run.explain(2).text
    assert r"\infty" in run.explain(2).latex


def test_entries_without_a_line_are_counted() -> None:
    cost = gd.Cost("Sum((W[j] - 1)**2, (j, 1, n))", ["W"])
    shown = cost.descend({"W": [0, 0, 0, 0, 0]}, maxiter=1).explain(0)
    assert str(shown).endswith("and likewise 2 more entries of W") and r"more entries of }W" in shown.latex
    assert "likewise" not in str(cost.descend({"W": [0, 0, 0]}, maxiter=1).explain(0))


def test_terms_that_are_sums_stand_in_brackets_from_the_first_on() -> None:
    cost = gd.Cost("Sum(w*x[i] + 1 - y[i], (i, 1, m))**2", ["w"])
    shown = str(cost.descend({"w": 0}, {"x": [1, 2], "y": [3, 4]}, maxiter=1).explain(0))
    assert "((0 · 1 + 1 - 3) + (0 · 2 + 1 - 4))" in shown


def test_a_step_of_another_rule_is_not_explained_by_this_one() -> None:
    """It said that step 0 led to 0.18, where the history holds 0.06."""
    cost, theta, g, alpha = gd.Cost("(w - 3)**2", ["w"]), *sympy.symbols("theta g alpha")
    begun = cost.descend({"w": 0}, maxiter=3, gtol=0)
    went_on = cost.descend(resume=begun, update=UpdateRule({theta: theta - 3 * alpha * g}), maxiter=6, gtol=0)
    assert went_on.explain(4).text.endswith(" = 0.505088")
    with pytest.raises(DescentError, match=r"Step 0 was not made by update rule, .* another w than row 1 holds"):
        went_on.explain(0)
    slower = cost.descend(
        resume=cost.descend({"w": 0}, update="momentum", maxiter=3, gtol=0), update=Momentum(0.5), maxiter=6, gtol=0
    )
    with pytest.raises(DescentError, match="Step 5 was not made by momentum"):
        slower.explain(5)


def test_a_table_with_parameters_of_its_own_names() -> None:
    """A parameter called cost was lost."""
    cost = gd.Cost("(step - 3)**2 + (cost - 1)**2 + gradient_norm**2", ["step", "cost", "gradient_norm"])
    frame = cost.descend({"step": 0, "cost": 0, "gradient_norm": 1}, maxiter=2, gtol=0).to_pandas()
    assert list(frame) == ["step_", "step", "cost", "gradient_norm", "cost_", "gradient_norm_"]
    assert list(frame.iloc[0]) == pytest.approx([0, 0, 0, 1, 11, 2 * 11**0.5])
