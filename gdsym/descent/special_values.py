"""Values of special functions over arrays, for a look at which part of a cost has none."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import sympy

from gdsym.arrays.functions import CALLED
from gdsym.arrays.special_kernels import OF_ARRAYS
from gdsym.arrays.specials import CODES, TABLE, WRITTEN
from gdsym.descent.evaluate import defined

FEWER = {(sympy.zeta, 1): "riemann_zeta", (sympy.elliptic_e, 1): "ellipe"}  # of fewer arguments
FILLED = {(sympy.LambertW, 1): "{0}, 0", (sympy.elliptic_pi, 2): "{0}, np.pi/2, {1}"}
FACTORS = {sympy.lowergamma: "*special.gamma({0})"}


@cache
def special_value(func: Any, count: int) -> Callable[..., Any] | None:
    """The function of so many arguments; None if it is not one that SciPy has for all of them."""
    entry = TABLE.get(func)
    kind = FEWER.get((func, count), entry.kind) if entry else ""
    if kind not in CODES:
        return None
    names = [f"u{p}" for p in range(count)]
    given = FILLED.get((func, count), ", ".join(f"{{{p}}}" for p in range(count))).format(*names)
    called = WRITTEN[kind][1].format(*given.split(", "))
    helpers = [OF_ARRAYS[word] for word in (kind, *CALLED.get(kind, ())) if word in OF_ARRAYS]
    lines = [f"def value({', '.join(names)}):", f"    return {called}{FACTORS.get(func, '').format(*names)}"]
    value: Callable[..., Any] = defined(
        "\n".join(["import numpy as np", "from scipy import special", *helpers, *lines]), "value"
    )
    return value
