"""Arguments that a function does not have, or has not got: the error names the one that was meant, or is missing."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar

from gdsym.errors import GdsymTypeError

ELSEWHERE: Mapping[str, str] = {
    "lr": "learning_rate", "alpha": "learning_rate", "rate": "learning_rate", "eta": "learning_rate", "steps": "maxiter",
    "iterations": "maxiter", "optimizer": "update", "batch_size": "batch", "seed": "rng", "random_state": "rng",
    "momentum": "beta", "eps": "epsilon", "decay": "rho",
}  # fmt: skip
PRINTED = ("detail", "known")  # arguments of what is printed, and of `derive`
SHOWN: Mapping[str, str] = {
    "derive": "gd.derive('x**2', 'x')", "check": "cost.check({w: 'X.T @ (X @ w - y)'}), or gd.check('x**2', 'x', '2*x')",
    "Cost": "gd.Cost('(w - 3)**2', ['w'])", "partial": "cost.partial('w')",
    "jacobian": "gd.jacobian(['x*y', 'x + y'], ['x', 'y'])", "directional": "gd.directional('x*y', {'x': 3, 'y': 4})",
    "save": "d.save('slope.tex')", "plot.save": "gd.plot.save(ax, 'cost.png')", "plot.animate": "gd.plot.animate(cost, run)",
    "plot.compare": "gd.plot.compare([run, other])", "plot.learning_rates": "gd.plot.learning_rates([run, other])",
    "plot.fit": "gd.plot.fit(w*x[i] + b, {x: [1, 2], y: [300, 500]}, run)", "plot.tangent": "gd.plot.tangent(cost, 5)",
    **{f"plot.{name}": f"gd.plot.{name}(cost)" for name in ("basins", "contour", "cost_curve", "surface")},
}  # fmt: skip
P = ParamSpec("P")
R = TypeVar("R")


def known_keywords(function: Callable[P, R]) -> Callable[P, R]:
    """The function; a keyword that it does not have is told, with the name that it has for the same thing, and so is what is missing."""
    parameters = inspect.signature(function).parameters
    known = tuple(parameters)
    in_order = [name for name, p in parameters.items() if p.kind is p.POSITIONAL_OR_KEYWORD]
    needed = [name for name in in_order if parameters[name].default is inspect.Parameter.empty]
    most = sys.maxsize if any(p.kind is p.VAR_POSITIONAL for p in parameters.values()) else len(in_order)
    called = function.__qualname__.removesuffix(".__init__").rpartition(".")[2]
    called = f"plot.{called}" if function.__module__.startswith("gdsym.plot.") else called

    @wraps(function)
    def checked(*args: P.args, **keywords: P.kwargs) -> R:
        for name in keywords:
            if name not in known:
                raise _unknown(called, name, known)
        if len(args) > most:
            raise _too_many(called, known, in_order)
        if missing := [name for name in needed[len(args) :] if name not in keywords]:
            example = f", e.g. {SHOWN[called]}" if called in SHOWN else ""
            names = ", ".join(missing[:-1]) + " and " * (len(missing) > 1) + missing[-1]
            raise GdsymTypeError(f"{called} needs {names}{' as well' * bool(args)}{example}.")
        return function(*args, **keywords)

    return checked


def _too_many(function: str, known: tuple[str, ...], in_order: list[str]) -> GdsymTypeError:
    first = ", ".join(name for name in in_order if name != "self") or "nothing"
    named = ", ".join(f"{name}=" for name in known if name not in in_order)
    rest = f"; the rest goes by name: {named}" if named else ""
    return GdsymTypeError(f"{function} takes {first}, in this order{rest}.")


def _unknown(function: str, name: str, known: tuple[str, ...]) -> GdsymTypeError:
    from difflib import get_close_matches

    near = [ELSEWHERE.get(name, ""), *get_close_matches(name, known, n=1)]
    meant = next((k for k in near if k in known), "")
    if name in PRINTED:
        mend = f"say it where the steps are printed: .text({name}=...), .latex({name}=...)"
    else:
        takes = ", ".join(k for k in known if k != "self") or "none"
        mend = f"write {meant}= instead" if meant else f"it takes {takes}"
    return GdsymTypeError(f"{function} has no argument {name[:40]!r}; {mend}.")
