"""100 steps of each update rule as PyTorch and optax make them (`benchmarks/rule_traces.py`), met to 1e-12."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase, symbols

import gdsym as gd

FOUND = json.loads((Path(__file__).parent / "data" / "rule_traces.json").read_text())
TRACES = FOUND["traces"]
t0, t1, t2 = symbols("t0 t1 t2")
t = IndexedBase("t")
RULES: dict[str, Any] = {
    "gradient descent": gd.GradientDescent, "momentum": gd.Momentum, "nesterov": gd.Nesterov,
    "adagrad": gd.AdaGrad, "rmsprop": gd.RMSProp, "adam": gd.Adam,
}  # fmt: skip


def valley(a: Any, b: Any, c: Any) -> Any:
    return (1 - a) ** 2 + 100 * (b - a**2) ** 2 + (c - a) ** 2 / 2


NUMBERS = gd.Cost(valley(t0, t1, t2), [t0, t1, t2])
VECTOR = gd.Cost(valley(t[1], t[2], t[3]), [t])


def rule_of(trace: Any) -> gd.UpdateRule:
    """The rule with its defaults; AdaGrad without its epsilon where the library's is under the root and left out."""
    if "eps=0)" in trace["call"]:
        return gd.AdaGrad(epsilon=1e-300)
    rule: gd.UpdateRule = RULES[trace["rule"]]()
    return rule


def test_there_are_two_libraries_and_six_rules() -> None:
    assert sorted((t["rule"], t["call"].split()[0]) for t in TRACES) == [
        (rule, library) for rule in sorted(RULES) for library in ("optax", "torch")
    ]
    assert all(len(t["theta"]) == 101 and t["theta"][0] == FOUND["start"] for t in TRACES)


@pytest.mark.parametrize("trace", TRACES, ids=lambda t: f"{t['rule']}, {t['call'].split()[0]}")
def test_the_rules_make_the_steps_of_both_libraries(trace: Any) -> None:
    start = dict(zip((t0, t1, t2), FOUND["start"], strict=True))
    run = NUMBERS.descend(start, update=rule_of(trace), learning_rate=trace["rate"], maxiter=100, gtol=0)
    path = np.column_stack([run.history.params[p] for p in (t0, t1, t2)])
    np.testing.assert_allclose(path, trace["theta"], rtol=0, atol=1e-12)
    assert np.ptp(path, axis=0).min() > 1e-3  # each of the three moved


@pytest.mark.parametrize("trace", TRACES[::2], ids=lambda t: t["rule"])
def test_a_vector_of_parameters_makes_the_same_steps(trace: Any) -> None:
    how: Any = {"update": rule_of(trace), "learning_rate": trace["rate"], "maxiter": 100, "gtol": 0}
    run = VECTOR.descend({t: FOUND["start"]}, **how)
    np.testing.assert_allclose(run.history.params[t], trace["theta"], rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", RULES)
def test_another_number_in_the_rule_is_noticed(name: str) -> None:
    """Planted: beta, rho or the rate a millionth off; the traces tell."""
    trace = next(t for t in TRACES if t["rule"] == name)
    start = dict(zip((t0, t1, t2), FOUND["start"], strict=True))
    off: Any = {"momentum": gd.Momentum(0.900001), "nesterov": gd.Nesterov(0.900001), "adam": gd.Adam(beta2=0.999001)}
    off |= {"rmsprop": gd.RMSProp(rho=0.900001)}
    rate = trace["rate"] * (1 if name in off else 1 + 1e-6)
    run = NUMBERS.descend(start, update=off.get(name, rule_of(trace)), learning_rate=rate, maxiter=100, gtol=0)
    path = np.column_stack([run.history.params[p] for p in (t0, t1, t2)])
    assert np.abs(path - trace["theta"]).max() > 1e-9
