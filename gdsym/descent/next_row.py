"""The row after the last one, which the run could not make: where it would stand, and what has no value there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.descent.batch import Draw
from gdsym.descent.blame import culprit
from gdsym.descent.evaluate import evaluator
from gdsym.descent.formulas import Formulas
from gdsym.descent.letters import ALPHA, THETA, G, K
from gdsym.descent.plan import state_name
from gdsym.descent.task import Parameter, own
from gdsym.descent.update import UpdateRule
from gdsym.errors import GdsymError
from gdsym.written import from_sympy
from gdsym.written.nodes import Sym

if TYPE_CHECKING:
    from gdsym.descent.run import Run


def named(run: Run, k: int, theta: Sequence[Any], memory: Mapping[str, Any], rate: Any, draw: Draw | None) -> str:
    """What has no finite value after step k, as text; empty if that is not known."""
    if run.known.formulas is None:
        return ""
    after = []
    try:
        with np.errstate(all="ignore"):
            for p, values, new in _steps(run, k, theta, memory, rate, draw):
                if not np.isfinite(new).all():
                    return _in_rule(run.rule, values, p.name)
                after.append(new)
    except (ArithmeticError, ValueError, GdsymError):
        return ""
    return named_at(run, after)


def _in_rule(rule: UpdateRule, values: Mapping[Any, Any], name: str) -> str:
    """What has no value in the equations that move a parameter."""
    renewed = dict(zip((THETA, *rule.state), rule.step(values), strict=True))
    known = {**values, **rule.constants}
    for left, value in rule.equations:
        written = Formulas(from_sympy(value, (left,)), (), {Sym(s): v for s, v in known.items()})
        found = culprit(written, {})
        if found and "too large" not in found.reason:
            return f"in the update of {name}, {found}"
        known[left] = renewed[left]
    return "the step leads to parameters that are too large for a float"


def named_at(run: Run, theta: Sequence[Any]) -> str:
    """What has no finite value at some parameters."""
    formulas = run.readable()
    if formulas is None or isinstance(formulas, str):
        return formulas or ""
    found = culprit(formulas, dict(zip((p.key for p in run.task.params), theta, strict=True)))
    if found is None and _is_finite(run, theta):
        return "both are numbers, but the square of the gradient's length is too large for a float: scale the data or the cost"
    return "" if found is None else str(found)


def _is_finite(run: Run, theta: Sequence[Any]) -> bool:
    try:
        with np.errstate(all="ignore"):
            cost, slopes = run.evaluate()(*theta)
    except (ArithmeticError, ValueError):
        return False
    return bool(np.isfinite(cost) and all(np.isfinite(g).all() for g in slopes))


def _steps(
    run: Run, k: int, theta: Sequence[Any], memory: Mapping[str, Any], rate: Any, draw: Draw | None
) -> Iterator[tuple[Parameter, dict[Any, Any], Any]]:
    """Each parameter, the letters of its equations with their numbers at step k, and where that step leads."""
    evaluate, thetas = _evaluate(run, k, draw), list(theta)
    slopes = evaluate(*thetas)[1]
    for j, p in enumerate(run.task.params):
        if j and not run.rule.simultaneous:
            slopes = evaluate(*thetas)[1]
        states = {s: memory[state_name(p.code, i)] for i, s in enumerate(run.rule.state)}
        alpha = float(rate) if np.ndim(rate) == 0 else float(rate[j])
        values = {THETA: np.asarray(thetas[j]), G: np.asarray(slopes[j]), ALPHA: alpha, K: k, **states}
        thetas[j] = own(run.rule.step(values)[0])
        yield p, values, thetas[j]


def _evaluate(run: Run, k: int, draw: Draw | None) -> Any:
    """Cost and gradient that step k saw: over the batch that it drew, or over all data."""
    if run.batches is None or draw is None:
        return run.evaluate()
    rows = draw.rows(k)
    if rows is None:
        raise GdsymError("the batch is not known any more")
    data = dict(run.batches.data) | dict(zip(run.batches.axes, draw.drawn(rows), strict=True))
    return evaluator(run.batches.program, run.task.params, data)
