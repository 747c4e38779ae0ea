"""A keyword that a function does not have: the error names the one that was meant."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import wraps
from typing import ParamSpec, TypeVar

from gdsym.errors import GdsymTypeError

ELSEWHERE: Mapping[str, str] = {
    "lr": "learning_rate", "alpha": "learning_rate", "rate": "learning_rate", "eta": "learning_rate", "steps": "maxiter",
    "iterations": "maxiter", "optimizer": "update", "batch_size": "batch", "seed": "rng", "random_state": "rng",
    "momentum": "beta", "eps": "epsilon", "decay": "rho",
}  # fmt: skip
PRINTED = ("detail", "known")  # arguments of what is printed, and of `derive`
P = ParamSpec("P")
R = TypeVar("R")


def known_keywords(function: Callable[P, R]) -> Callable[P, R]:
    """The function; a keyword that it does not have is told, with the name that it has for the same thing."""
    known = tuple(inspect.signature(function).parameters)

    @wraps(function)
    def checked(*args: P.args, **keywords: P.kwargs) -> R:
        for name in keywords:
            if name not in known:
                raise _unknown(function.__name__, name, known)
        return function(*args, **keywords)

    return checked


def _unknown(function: str, name: str, known: tuple[str, ...]) -> GdsymTypeError:
    near = [ELSEWHERE.get(name, ""), *get_close_matches(name, known, n=1)]
    meant = next((k for k in near if k in known), "")
    if name in PRINTED:
        mend = f"say it where the steps are printed: .text({name}=...), .latex({name}=...)"
    else:
        takes = ", ".join(k for k in known if k != "self") or "none"
        mend = f"write {meant}= instead" if meant else f"it takes {takes}"
    return GdsymTypeError(f"{function} has no argument {name[:40]!r}; {mend}.")
