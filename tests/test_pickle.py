"""Everything that a user holds survives pickle and deepcopy, and works afterwards."""

import copy
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import Function, IndexedBase, MatrixSymbol, Max, Sum, symbols

import gdsym as gd

w, b, t, a = symbols("w b t a")
i, m = symbols("i m", integer=True, positive=True)
x, y = IndexedBase("x"), IndexedBase("y")
A, v = MatrixSymbol("A", 3, 3), MatrixSymbol("v", 3, 1)
DATA = {x: [1, 2], y: [300, 500]}
COST = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
SOFTPLUS = gd.Rule("softplus", gd.law("log(1 + exp(u))", "Derivative(u, x)/(1 + exp(-u))"))

MADE: dict[str, Any] = {
    "cost": lambda: COST,
    "named parts": lambda: gd.Cost("Sum(e[i]**2, (i, 1, m))", ["w"], where={"e[i]": "w*x[i] - y[i]"}),
    "derivation": lambda: COST.partial(w),
    "second": lambda: gd.derive(w**3 * b, (w, w)),
    "matrix": lambda: gd.derive(v.T * A * v, v),
    "maximum": lambda: gd.derive(Max(0, w * b), w),
    "undefined": lambda: gd.derive(Function("f")(w) ** 2, w),
    "own rule": lambda: gd.derive("log(1 + exp(a*t))", "t", rules=(SOFTPLUS, *gd.RULES)),
    "logarithmic": lambda: gd.derive(w**b * b**w, w, method="logarithmic"),
    "gradient": COST.gradient,
    "hessian": COST.hessian,
    "compiled": COST.compile,
    "descent": lambda: COST.descend({w: 0, b: 0}, DATA, maxiter=5),
    "adam": lambda: COST.descend({w: 0, b: 0}, DATA, maxiter=5, update=gd.Adam()),
    "verdict": lambda: COST.check({w: "((w*x + b - y)*x).sum()", b: 0}),
    "insight": lambda: COST.insight(DATA),
    "closed form": lambda: COST.insight(DATA).closed_form,
    "points": lambda: gd.Cost(w**4 - w**2, [w]).insight(at={w: 1}).critical_points,
    "equations": lambda: COST.insight(DATA).normal_equations,
    "step": lambda: COST.partial(w).steps[2],
    "rules": lambda: gd.RULES,
    "update": gd.Momentum,
    "text": lambda: gd.read("Sum(f(w[i]), (i, 1, m))"),
}


@pytest.mark.parametrize("name", MADE)
def test_what_a_user_holds_comes_back(name: str) -> None:
    made = MADE[name]()
    for again in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made), copy.copy(made)):
        assert type(again) is type(made) and str(again) == str(made)


def test_a_derivation_comes_back_with_all_it_knows() -> None:
    d = gd.Cost(Sum(abs(w * x[i] - y[i]), (i, 1, m)), [w]).partial(w)
    again = pickle.loads(pickle.dumps(d))
    assert again.result == d.result and again.expr == d.expr and again.given == d.given
    assert again.steps == d.steps and again.certificate == d.certificate
    assert bool(gd.verify.recheck(again.certificate))


def test_a_step_comes_back_with_its_condition() -> None:
    step = gd.derive("log(x)", "x").steps[0]
    again = pickle.loads(pickle.dumps(step))
    assert again == step and str(again.given) == "x > 0" and again.check == step.check


def test_rules_come_back_and_derive() -> None:
    rules = pickle.loads(pickle.dumps((SOFTPLUS, *gd.RULES)))
    assert rules == (SOFTPLUS, *gd.RULES)
    again = gd.derive("log(1 + exp(a*t)) + max(t, a) + t**a", "t", rules=rules)
    assert again.text() == gd.derive("log(1 + exp(a*t)) + max(t, a) + t**a", "t", rules=(SOFTPLUS, *gd.RULES)).text()


def test_a_cost_that_has_run_works_afterwards() -> None:
    COST.descend({w: 0, b: 0}, DATA, maxiter=3)
    cost = pickle.loads(pickle.dumps(COST))
    run, own = (c.descend({w: 0, b: 0}, DATA, maxiter=50) for c in (cost, COST))
    assert run.params == own.params and np.array_equal(run.history.cost, own.history.cost)
    assert cost.check({b: "(w*x + b - y).mean()"}).ok
    assert cost.compile().value({w: 1, b: 2}, DATA) == COST.compile().value({w: 1, b: 2}, DATA)


def test_a_run_goes_on_where_it_was() -> None:
    run = COST.descend({w: 0, b: 0}, DATA, maxiter=4)
    again = pickle.loads(pickle.dumps(run))
    assert again.params == run.params and again.fun == run.fun and str(again.explain(1)) == str(run.explain(1))
    on, whole = COST.descend({w: 0, b: 0}, DATA, maxiter=8, resume=again), COST.descend({w: 0, b: 0}, DATA, maxiter=8)
    assert on.params == whole.params


def test_another_process_reads_it(tmp_path: Path) -> None:
    (tmp_path / "cost.pickle").write_bytes(pickle.dumps((COST, COST.partial(w))))
    code = "import pickle, sys; c, d = pickle.load(open(sys.argv[1], 'rb')); print(d.result == c.partial('w').result, d.check.verdict)"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "cost.pickle")], check=False, capture_output=True, text=True
    )
    assert done.stdout.split() == ["True", COST.partial(w).check.verdict], done.stderr


def test_compiled_code_comes_back_after_it_was_used() -> None:
    compiled = COST.compile()
    bound = compiled.bind(DATA)
    value, slope = compiled.value({w: 1, b: 1}, DATA), bound.jac([1, 1])
    assert compiled.gradient({w: 1, b: 1}, DATA)[w] == slope[0]
    for again in (lambda o: pickle.loads(pickle.dumps(o)), copy.copy, copy.deepcopy):
        assert again(compiled).value({w: 1, b: 1}, DATA) == value == again(bound).fun([1, 1])
        assert np.array_equal(again(bound).jac([1, 1]), slope)


def test_a_history_comes_back_alone() -> None:
    history = COST.descend({w: 0, b: 0}, DATA, maxiter=5, learning_rate=lambda k: 0.01 / (1 + k)).history
    for again in (pickle.loads(pickle.dumps(history)), copy.deepcopy(history)):
        assert np.array_equal(again.params[w], history.params["w"]) and np.array_equal(
            again.rate[:-1], history.rate[:-1]
        )
        assert len(again) == 6 and again.row(3) == 3


def test_nobody_puts_another_result_in_place_of_what_was_checked() -> None:
    d = gd.derive("x**2", "x")
    for name in ("result", "expanded", "given", "check", "expr", "other"):
        with pytest.raises(AttributeError):
            setattr(d, name, 3)
    assert d.result == 2 * symbols("x") and d.check
