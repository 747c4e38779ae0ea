"""Cost and gradient at any parameters, from the same statements as the loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from gdsym.descent.task import Parameter, Program, Value, flat_slopes, python_lines, unflat

Evaluate = Callable[..., tuple[Any, tuple[Any, ...]]]


def evaluator(program: Program, params: tuple[Parameter, ...], data: Mapping[str, Value]) -> Evaluate:
    """f(*parameters) -> (J, gradients); what depends on data only is computed once, here."""
    fixed = [i.name for i in program.inputs if i.kind != "param"]
    free = ", ".join(p.code for p in params)
    lines = [
        "import math",
        "import numpy as np",
        *program.needs,
        f"def prepare({', '.join(fixed)}):",
        *_in(1, python_lines(program.once)),
    ]
    lines += [f"    def evaluate({free}):", *_in(2, python_lines(program.each))]
    lines += [f"        return {program.value}, ({', '.join(program.gradients)},)", "    return evaluate"]
    prepare = defined("\n".join(lines), "prepare")
    evaluate: Evaluate = prepare(**{name: data[name] for name in fixed})
    return evaluate


@lru_cache(maxsize=128)
def defined(source: str, name: str) -> Any:
    """The function `name` that `source`, text of our own making, defines; the same text once: it keeps nothing of a call."""
    namespace: dict[str, Any] = {}
    exec(compile(source, "<gdsym descent>", "exec"), namespace)  # noqa: S102
    return namespace[name]


def flat_gradient(evaluate: Evaluate, params: tuple[Parameter, ...]) -> Callable[[Any], Any]:
    """X -> gradient, both flat; NaN where it cannot be computed."""
    size = sum(p.size for p in params)

    def gradient(x: Any) -> Any:
        try:
            parts = evaluate(*unflat(x, params))[1]
        except (ArithmeticError, ValueError):
            return np.full(size, np.nan)
        return flat_slopes(parts, params)

    return gradient


def _in(levels: int, statements: Any) -> list[str]:
    return ["    " * levels + part for statement in statements for part in statement.split("\n")]
