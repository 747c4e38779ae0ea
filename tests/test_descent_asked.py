"""What a caller of `descend` gets wrong is told with the way to mend it, and what is right comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sympy import IndexedBase, Sum, exp, log, symbols

import gdsym as gd

w, b = symbols("w b")
i, m = symbols("i m", integer=True, positive=True)
x, y = IndexedBase("x"), IndexedBase("y")
BOWL = gd.Cost((w - 3) ** 2, [w])


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("lr", "learning_rate"),
        ("alpha", "learning_rate"),
        ("learning_rat", "learning_rate"),
        ("max_iter", "maxiter"),
        ("batch_size", "batch"),
        ("optimizer", "update"),
        ("seed", "rng"),
    ],
)
def test_a_keyword_of_another_library(wrong: str, right: str) -> None:
    asked: dict[str, Any] = {wrong: 0.1}
    with pytest.raises(gd.GdsymTypeError, match=f"^descend has no argument '{wrong}'; write {right}= instead"):
        BOWL.descend({w: 0}, **asked)


def test_a_keyword_that_nobody_knows() -> None:
    asked: dict[str, Any] = {"qqq": 1}
    with pytest.raises(gd.GdsymTypeError, match=r"'qqq'; it takes start, data, learning_rate, .*resume\.$"):
        BOWL.descend({w: 0}, **asked)


def test_save_says_where(tmp_path: Path) -> None:
    run = BOWL.descend({w: 0}, learning_rate=0.25)
    assert run.save(tmp_path / "run.json") == tmp_path / "run.json"
    assert run.save(str(tmp_path / "run.json")) == tmp_path / "run.json"


def test_a_line_search_over_batches_is_not_told_to_take_a_smaller_rate() -> None:
    """No rate was given: each was found on one batch, and is too long for the others."""
    loss = Sum(log(1 + exp(w * x[i] + b)) - y[i] * (w * x[i] + b), (i, 1, m)) / m
    data = {x: [-1.0, 1, 2, -2, 3], y: [0, 1, 0, 1, 1]}
    run = gd.Cost(loss, [w, b]).descend({w: 0, b: 0}, data, batch=1, learning_rate="backtracking", maxiter=5)
    assert run.status == "max_steps" and run.fun > run.history.epoch_cost[0]
    assert "smaller learning rate" not in run.message
    assert "larger batch" in run.message


@pytest.mark.parametrize(
    ("rule", "wrong", "right"),
    [
        (gd.Adam, "beta_1", "beta1"),
        (gd.Adam, "eps", "epsilon"),
        (gd.Momentum, "momentum", "beta"),
        (gd.RMSProp, "decay", "rho"),
    ],
)
def test_the_keyword_that_a_rule_has_for_it_is_named(rule: Any, wrong: str, right: str) -> None:
    with pytest.raises(gd.GdsymTypeError, match=f"{rule.__name__} has no argument '{wrong}'; write {right}= instead"):
        rule(**{wrong: 0.5})
    with pytest.raises(gd.GdsymTypeError, match="it takes none"):
        gd.Cost("w**2", ["w"]).gradient(nonsense=1)  # type: ignore[call-arg]
