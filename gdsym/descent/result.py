"""A finished descent: where it stands, how it got there, why it stopped."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.arrays.byname import ByName
from gdsym.descent.batch import Redrawn
from gdsym.descent.evaluate import Evaluate
from gdsym.descent.formulas import Formulas
from gdsym.descent.history import Array, History
from gdsym.descent.task import Program, Value, flat, own
from gdsym.errors import DescentError
from gdsym.record import field, record

if TYPE_CHECKING:
    from gdsym.descent.explain import Explained
    from gdsym.descent.seen import Print
    from gdsym.descent.update import UpdateRule


def _not_known() -> tuple[float, Array]:
    """Neither cost nor gradient."""
    return np.nan, np.zeros(0)


@record(eq=False)
class Descent:
    """What a descent found. `status` is one word, `message` the sentence; `success` only if it converged.

    `params`: the last kept row, by symbol or name; `x` the same, flat in the parameters' order; `fun` and `jac` the
    cost and the flat gradient there (over all data, for mini-batches too); `nit` updates made, `nfev` costs computed.

    Example:
        >>> import gdsym as gd
        >>> run = gd.Cost("(w - 3)**2", ["w"]).descend({"w": 0}, learning_rate=0.25, gtol=1e-3)
        >>> run.status, run.nit, float(run.history.cost[0])
        ('converged', 13, 9.0)
    """

    params: ByName
    status: str
    message: str
    nit: int
    nfev: int
    history: History
    source: str
    memory: Mapping[str, Value] = field(default_factory=dict, repr=False)
    rng_state: Mapping[str, Any] | None = field(default=None, repr=False)
    at_end: Callable[[], tuple[float, Array]] = field(default=_not_known, repr=False)
    evaluate: Evaluate | None = field(default=None, repr=False)
    rule: UpdateRule | None = field(default=None, repr=False)
    formulas: Formulas | None = field(default=None, repr=False)
    name: str = "J"
    first_index: int = 1
    anchor: Array | None = field(default=None, repr=False)  # where it was last looked at all data (hoisted, batches)
    tried: float | None = None  # the rate that a line search found last
    redrawn: Redrawn | None = field(default=None, repr=False)
    seen: Mapping[str, Print] | None = field(default=None, repr=False)  # what its data were, in short

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as it is saved."""
        from gdsym.descent.contents import written
        from gdsym.descent.saving import read

        return read, (written(self),)

    @property
    def success(self) -> bool:
        """Did it converge? Then `status` is "converged"."""
        return self.status == "converged"

    @property
    def x(self) -> Array:
        """`params` as one flat vector, in the order of the cost's parameters, arrays row by row."""
        return flat(list(self.params.values()))

    @cached_property
    def _end(self) -> tuple[float, Array]:
        return self.at_end()

    @property
    def fun(self) -> float:
        """The cost at `params`."""
        return self._end[0] if self.history.epochs else float(self.history.columns[len(self.params)][-1])

    @property
    def jac(self) -> Array:
        """The gradient at `params`, flat."""
        return self._end[1].copy()

    def explain(self, k: int) -> Explained:
        """Step k, from row k to row k + 1, with the numbers put into the derived formulas.

        Args:
            k: the step, from 0; with `keep_every` one whose two rows were kept.

        Returns:
            Printed, the update equation of each parameter with its numbers; `.latex()` the same.

        Raises:
            DescentError: there is no such step, another rule made it (before `resume`), or the data were not saved.

        Example:
            >>> import gdsym as gd
            >>> run = gd.Cost("(w - 3)**2", ["w"]).descend({"w": 0}, learning_rate=0.25, maxiter=2)
            >>> print(run.explain(0))
            step 0
            w ← w - α · 2 (w - 3) = 0 - 0.25 · 2 (0 - 3) = 0 - 0.25 · (-6) = 1.5
        """
        from gdsym.descent.explain import explain

        return explain(self, k)

    def to_pandas(self) -> Any:
        """The history as a DataFrame, a row a kept step, a column an entry of a parameter; needs pandas.

        Raises:
            GdsymError: pandas is not installed.
        """
        from gdsym.descent.table import frame

        return frame(self)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the run to one JSON file, whole or not at all; numbers stay exact. `gd.load` reads it.

        Args:
            path: where to; the folder exists.

        Returns:
            The path.

        Raises:
            GdsymError: the file cannot be written.

        Example:
            >>> import tempfile
            >>> import gdsym as gd
            >>> run = gd.Cost("(w - 3)**2", ["w"]).descend({"w": 0}, learning_rate=0.25)
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     gd.load(run.save(f"{folder}/run.json")).nit == run.nit
            True
        """
        from gdsym.descent.contents import save

        return save(self, path)

    def __str__(self) -> str:
        from gdsym.descent.table import table

        return table(self)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from gdsym.descent.table import shown

        return {"text/plain": str(self), "text/html": shown(self)}

    def start_of_resume(self, program: Program) -> dict[str, Value]:
        """The last row as start values, by the code names of `program`."""
        names = [i.name for i in program.inputs if i.kind == "param"]
        if len(names) != len(self.params):
            raise DescentError(
                f"The run to go on with has {len(self.params)} parameters, this cost has {len(names)}: "
                "resume a run of the same cost."
            )
        return {name: own(value) for name, value in zip(names, self.params.values(), strict=True)}

    def refuse_other_memory(self, rule: UpdateRule, states: Mapping[str, tuple[int, ...]]) -> None:
        """To go on, the rule must remember what the first part's rule did; `states`: the shape of each, by name."""
        kept = {name: np.shape(value) for name, value in self.memory.items()}
        if kept == states and (not kept or self.rule is None or self.rule.equations == rule.equations):
            return
        before = self.rule.name if self.rule else "another rule"
        raise DescentError(
            f"The run to go on with was made by {before}, and what that remembers of its steps is of no use to {rule.name}. "
            "Give the same update; or begin anew where it ended: start=run.params without resume."
        )


def started(start: Mapping[Any, Any] | None, resume: Any) -> Mapping[Any, Any]:
    """Where a run begins: at its start, or where the run to go on with has ended."""
    if start is None and isinstance(resume, Descent):
        return resume.params
    return {} if start is None else start
