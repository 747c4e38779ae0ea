"""What a run is made from beside its numbers: what the caller asks for, and what the cost knows of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.descent.result import Descent
from gdsym.descent.settings import Settings
from gdsym.errors import GdsymTypeError
from gdsym.record import field, record

if TYPE_CHECKING:
    from gdsym.descent.batch import Batches
    from gdsym.descent.formulas import Formulas
    from gdsym.descent.hoist import Parts, Sample
    from gdsym.descent.kept import Sources
    from gdsym.descent.task import Program


@record
class Asked:
    """What the caller of `Cost.descend` asks for, as it was given; `resume`: the run to go on with."""

    settings: Settings = field(default_factory=Settings)
    learning_rate: Any = 0.01
    update: Any = None
    rng: Any = None
    callback: Callable[[int, Any], Any] | None = None
    progress: bool = False
    resume: Descent | None = None
    hoist: bool = True

    def __post_init__(self) -> None:
        if self.callback is not None and not callable(self.callback):
            raise GdsymTypeError(
                f"callback is {self.callback!r:.60}; give a function callback(k, params), or leave it out."
            )
        for name in ("progress", "hoist"):
            if not isinstance(value := getattr(self, name), (bool, np.bool_)):
                raise GdsymTypeError(f"{name} is {value!r:.60}; give True or False.")
        if self.resume is not None and not isinstance(self.resume, Descent):
            raise GdsymTypeError(
                f"resume is {type(self.resume).__name__}; give the run to go on with, as `descend` returned it."
            )


@record
class Known:
    """What a cost knows of itself beside its program; a run goes without what is left out.

    Args:
        formulas: the written cost and gradients, for `explain`.
        batches: the cost over drawn samples, for mini-batches.
        hessian: params -> matrix; else differences of the gradient are taken where it matters.
        quadratic: the Hessian is the same everywhere: with `hoist` a step then does not read the data.
        sample: some of the samples, on which the Hessian is tried first; else all are read for that.
        parts: the quadratic part and the rest, if the cost is not quadratic but its data stand in such a part.
        kinks: the cost has corners (abs, max ...).
        seldom: the program without copies of the data that pay in a loop only, for the look at the end of a run.
        sources: where the texts of earlier runs of this cost are kept.
    """

    formulas: Formulas | None = None
    batches: Batches | None = None
    hessian: Callable[[Mapping[Any, Any]], Any] | None = None
    quadratic: bool = False
    sample: Sample | None = None
    parts: Parts | None = None
    kinks: bool = False
    seldom: Program | None = None
    sources: Sources | None = None
