"""The learning rate: a number, an expression in k, a function f(k), one of these a parameter, or a line search."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from gdsym.arguments import as_float
from gdsym.descent.emit import python
from gdsym.descent.evaluate import defined
from gdsym.descent.letters import K
from gdsym.descent.task import Parameter
from gdsym.errors import DescentError, GdsymError, GdsymTypeError
from gdsym.reading import read
from gdsym.reading.spelling import spelled
from gdsym.record import changed, record

if TYPE_CHECKING:
    from gdsym.descent.result import Descent

ASKED = (
    "learning_rate must be a positive number, an expression in k, a function f(k), a dict of these or 'backtracking'"
)
MEND = "give e.g. 0.01, 0.1/sqrt(k + 1), or a dict with a rate for each parameter"
LOOKED_AHEAD = 1_000_000  # steps of an expression that are evaluated before the run, at its beginning and at its end


@record
class Rate:
    """One parameter's rate: `given` as the caller wrote it, `code` as the loop runs it (None for a function)."""

    given: Any
    code: str | None
    at: Callable[[int], float]
    by_numpy: bool = False  # has a part of the expression no finite value, as in 1/cosh(k)?

    @property
    def is_constant(self) -> bool:
        return isinstance(self.given, float)

    @property
    def is_function(self) -> bool:
        return self.code is None

    def in_loop(self, counter: str) -> str | None:
        """The code with the loop's own name of the step k, which need not be `k` (a parameter may be called so)."""
        return self.code if self.code is None or self.is_constant else _code(self.given, counter, self.by_numpy)


@record
class Schedule:
    """The rates of all parameters, in order; `search` marks the backtracking line search."""

    rates: tuple[Rate, ...]
    shared: bool = True
    search: bool = False

    @property
    def constant(self) -> float | None:
        """The one fixed rate, if that is what it is."""
        return self.rates[0].given if self.shared and not self.search and self.rates[0].is_constant else None


def schedule(rate: Any, params: Sequence[Parameter], maxiter: int) -> Schedule:
    """The checked schedule; raises DescentError before the first step if a rate is or becomes unusable."""
    if isinstance(rate, str) and rate == "backtracking":
        return Schedule((_rate(1.0, maxiter, ""),) * len(params), search=True)
    if isinstance(rate, Mapping):
        return Schedule(_by_parameter(rate, params, maxiter), shared=False)
    return Schedule((_rate(rate, maxiter, ""),) * len(params))


def _by_parameter(rate: Mapping[Any, Any], params: Sequence[Parameter], maxiter: int) -> tuple[Rate, ...]:
    names = [p.name for p in params]
    found = {_known(str(getattr(key, "label", key)), names): value for key, value in rate.items()}
    if set(found) != set(names):
        odd, missing = sorted(set(found) - set(names)), [n for n in names if n not in found]
        raise DescentError(
            f"learning_rate has {', '.join(found)[:120] or 'no rate'}; the parameters are {', '.join(names)[:120]}"
            f"{'; missing: ' + ', '.join(missing)[:80] if missing else ''}"
            f"{'; no parameter: ' + ', '.join(odd)[:80] if odd else ''}. Give one rate for each."
        )
    return tuple(_rate(found[name], maxiter, f" of {name}") for name in names)


def _known(name: str, names: Sequence[str]) -> str:
    return name if name in names else spelled(name)


def _typed(rate: str, whose: str) -> Any:
    """The formula in k that stands in a text."""
    formula = None if rate.isidentifier() or not rate else read(rate).to_sympy()
    if formula is None or not formula.free_symbols:
        raise DescentError(f"{ASKED}, not the text {rate!r:.60}{whose}. Numbers are written without quotes; {MEND}.")
    return formula


def _rate(rate: Any, maxiter: int, whose: str) -> Rate:
    rate = _typed(rate, whose) if isinstance(rate, str) else rate
    if isinstance(rate, sympy.Basic) and not isinstance(rate, sympy.Lambda) and not rate.is_number:
        return _expression(rate, maxiter, whose)
    if (callable(rate) and not isinstance(rate, sympy.Basic)) or isinstance(rate, sympy.Lambda):
        return _function(rate, maxiter, whose)
    return _constant(rate, whose)


def _constant(rate: Any, whose: str) -> Rate:
    if isinstance(rate, (bool, np.bool_)) or not isinstance(rate, (Real, Decimal, sympy.Expr)):
        raise GdsymTypeError(f"{ASKED}; found {type(rate).__name__} {rate!r:.60}{whose}; {MEND}.")
    if isinstance(rate, sympy.Expr) and not rate.is_extended_real:
        raise DescentError(f"{ASKED}; found {rate!s:.60}{whose}, which is not real; {MEND}.")
    number = as_float(rate)
    if not 0 < number < math.inf:
        raise DescentError(f"{ASKED}; found {number!r}{whose}. Try 0.01.")
    return Rate(number, repr(number), lambda k: number)


def _expression(rate: Any, maxiter: int, whose: str) -> Rate:
    strange = sorted(s.name for s in rate.free_symbols if s.name != "k")
    if strange:
        raise DescentError(
            f"The schedule {sympy.sstr(rate)[:100]}{whose} contains {', '.join(strange)[:80]}; "
            "the only letter that it may contain is k, the step (0 first)."
        )
    if rate.has(sympy.I):
        raise DescentError(f"The schedule {sympy.sstr(rate)[:100]}{whose} is not real; {MEND}.")
    rate = rate.xreplace(dict.fromkeys(rate.free_symbols, K))
    by_numpy = _look_ahead(rate, maxiter, whose)
    code = _code(rate, "k", by_numpy)
    value = defined(f"import math\nimport numpy as np\ndef rate(k):\n    return {code}", "rate")

    def at(k: int) -> float:
        with np.errstate(all="ignore"):
            return float(value(k))

    return Rate(rate, code, at, by_numpy)


def _code(rate: Any, counter: str, by_numpy: bool) -> str:
    """The rate at step `counter`; Python's own functions know no infinity, NumPy's do."""
    if not by_numpy:
        return python(rate, {K: counter})
    return f"float({python(rate, {K: f'np.float64({counter})'}, arrays=True)})"


def _look_ahead(rate: Any, maxiter: int, whose: str) -> bool:
    """Every rate that the run can use is finite and at least 0, the first is positive; has a part of it no finite value?"""
    code = python(rate, {K: "k"}, arrays=True)
    rates = defined(f"import math\nimport numpy as np\ndef rates(k):\n    return {code}", "rates")
    by_numpy = False
    for steps in _looked_at(maxiter):
        try:
            with np.errstate(all="raise", under="ignore"):
                found = rates(steps)
        except FloatingPointError:
            by_numpy = True
            with np.errstate(all="ignore"):
                found = rates(steps)
        found = np.broadcast_to(found, steps.shape)
        usable = (found >= 0) & (found < math.inf) & ((found > 0) | (steps > 0))
        if not usable.all():
            first = int(np.argmin(usable))
            raise DescentError(_unusable(float(found[first]), int(steps[first]), sympy.sstr(rate)[:100], whose))
    return by_numpy


def _looked_at(maxiter: int) -> Iterator[Any]:
    """The first steps and the last; of a longer run as many in between."""
    last = max(maxiter, 1)
    yield np.arange(min(last, LOOKED_AHEAD), dtype=float)
    if last > LOOKED_AHEAD:
        yield np.floor(np.linspace(LOOKED_AHEAD, last - 1, LOOKED_AHEAD))
        yield np.arange(max(LOOKED_AHEAD, last - LOOKED_AHEAD), last, dtype=float)


def _unusable(rate: float, k: int, what: str, whose: str) -> str:
    return (
        f"The schedule {what}{whose} gives {rate!r} at k = {k}; a rate is a finite number, above 0 at the first step "
        "and never below 0. Check the formula at that k, e.g. with Max(0, ...), or lower maxiter."
    )


def _function(rate: Callable[[int], Any], maxiter: int, whose: str) -> Rate:
    """f(k): asked at the first and the last step before the run, then at every step."""

    def at(k: int) -> float:
        value = rate(k)
        if isinstance(value, (bool, np.bool_, str)) or not isinstance(value, (Real, sympy.Number)):
            raise GdsymTypeError(
                f"The schedule f(k){whose} gives {value!r:.60} at k = {k}; it must give a number, e.g. return 0.1/(k + 1)."
            )
        number = float(value)
        if not 0 <= number < math.inf:
            raise DescentError(_unusable(number, k, "f(k)", whose))
        return number

    try:
        if at(0) == 0:
            raise DescentError(_unusable(0.0, 0, "f(k)", whose))
        at(max(maxiter - 1, 0))
    except GdsymError:
        raise
    except Exception as error:
        raise DescentError(
            f"The schedule f(k){whose} raised {type(error).__name__}: {f'{error!s:.200}'.rstrip('.')}. "
            "It is asked for the steps k = 0, 1, 2 ...; give e.g. lambda k: 0.1/(k + 1)."
        ) from error
    return Rate(rate, None, at)


def continued(given: Schedule, before: Descent) -> Schedule:
    """The schedule of a run that goes on: a line search starts from the last rate that it found."""
    if not given.search or before.tried is None:
        return given
    return changed(given, rates=(_constant(before.tried, ""),) * len(given.rates))
