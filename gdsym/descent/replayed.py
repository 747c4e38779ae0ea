"""A step made again from the kept rows: what each letter was before and after, and whether it leads where the history went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.descent.evaluate import Evaluate
from gdsym.descent.letters import ALPHA, THETA, G, K
from gdsym.descent.task import Parameter, key_of, own
from gdsym.errors import DescentError

if TYPE_CHECKING:
    from gdsym.descent.result import Descent

ALIKE = 1e-6  # relative: what is computed again and what was kept
Values = dict[Any, Any]  # letter -> number


def replayed(run: Descent, k: int) -> list[list[Values]]:
    """For each parameter: the letters' values at step k, those that the step renews, and all parameters.

    Raises:
        DescentError: formulas or rule are not those that made the step.
    """
    found = _replayed(run, k)
    _refuse_strangers(run, k)
    _refuse_another_rule(run, k, [new[THETA] for _, new, _ in found])
    return found


def _evaluate(run: Descent, k: int) -> Evaluate:
    """Cost and gradients that step k saw: over its batch, or over all data."""
    assert run.evaluate is not None
    if run.redrawn is None:
        return run.evaluate
    letters = [i for i in run.redrawn.batches.program.inputs if i.kind == "param"]
    params = [Parameter(i.name, key_of(i.node), np.shape(v)) for i, v in zip(letters, run.params.values(), strict=True)]
    return run.redrawn.evaluate(k, params)


def _replayed(run: Descent, k: int) -> list[list[Values]]:
    assert run.rule is not None
    rows = range(k + 1) if run.rule.state else range(k, k + 1)  # what the rule remembers comes from all steps
    step = run.rule.step
    states: list[Values] = [dict(run.rule.start) for _ in run.params]
    before: list[list[Values]] = []
    for r in rows:
        before, evaluate, thetas = [], _evaluate(run, r), _thetas(run, r)
        for j in range(len(thetas)):
            slope = np.broadcast_to(evaluate(*thetas)[1][j], np.shape(thetas[j]))
            now = {THETA: thetas[j], G: slope, ALPHA: rate_of(run, r, j), K: r, **states[j]}
            with np.errstate(all="ignore"):  # as in the loop
                new = dict(zip((THETA, *run.rule.state), step(now), strict=True))
            before.append([now, new, dict(zip(run.params, thetas, strict=True))])
            states[j] = {s: new[s] for s in run.rule.state}
            if not run.rule.simultaneous:
                thetas[j] = own(new[THETA])
    return before


def _thetas(run: Descent, k: int) -> list[Any]:
    """The parameters at step k, plain numbers as floats, as in the loop."""
    row = run.history.row(k)
    return [own(c[row]) for c in run.history.columns[: len(run.params)]]


def _refuse_strangers(run: Descent, k: int) -> None:
    """The formulas give the recorded cost, as they do unless a file was changed."""
    row, count = run.history.row(k), len(run.params)
    kept = float(run.history.columns[count][row])
    found = float(_evaluate(run, k)(*_thetas(run, k))[0])
    if not abs(found - kept) <= ALIKE * max(abs(kept), abs(float(run.history.columns[count][0]))):
        raise DescentError(
            f"At row {k} the formulas give the cost {found:.6g}, the history says {kept:.6g}: they do not belong together. "
            "Was the file changed? Run it again."
        )


def _refuse_another_rule(run: Descent, k: int, found: Sequence[Any]) -> None:
    """The rule leads to the next row, as it does unless a run has gone on with another rule."""
    if k + 1 not in run.history.step:
        return
    for key, new, before, kept in zip(run.params, found, _thetas(run, k), _thetas(run, k + 1), strict=True):
        if not np.max(np.abs(new - kept)) <= ALIKE * max(np.max(np.abs(kept)), np.max(np.abs(before))):
            raise DescentError(
                f"Step {k} was not made by {run.rule and run.rule.name}, which leads to another {getattr(key, 'label', key)} than row {k + 1} holds. "
                "Did the run go on with another rule, or other constants? Explain the steps of the first part from its own run."
            )


def rate_of(run: Descent, r: int, j: int) -> float:
    rate = run.history.rate[run.history.row(r)]
    return float(rate if np.ndim(rate) == 0 else rate[j])
