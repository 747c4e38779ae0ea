"""Scalar code for compiled loops: one entry of an operation as text, and the functions that it calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from gdsym.arrays.chord_kernels import COUNTS
from gdsym.arrays.chord_kernels import OF_ONE as CHORDS
from gdsym.arrays.functions import CALLED
from gdsym.arrays.gamma_kernels import OF_ONE
from gdsym.arrays.graph import Op
from gdsym.arrays.kernels import OF_ONE as KERNELS
from gdsym.arrays.normal_kernels import OF_ONE as NORMALS
from gdsym.arrays.polygamma import POLYGAMMA
from gdsym.arrays.product import APART
from gdsym.arrays.specials import CODES
from gdsym.arrays.strength import ATOM
from gdsym.arrays.texts import text
from gdsym.arrays.whole_texts import COMPILED
from gdsym.backends.special_words import HELPERS as SPECIALS
from gdsym.backends.special_words import c_functions, in_loops
from gdsym.record import record
from gdsym.written.nodes import Sym

FLAGS: Final = ("contract", "reassoc", "arcp", "nsz")  # not nnan, not ninf: NaN must be noticed
HEAD: Final = ("import math", "", "import numpy as np", "from numba import njit", "", "")  # of each module
JIT: Final = f"@njit(fastmath={{{', '.join(map(repr, FLAGS))}}}, error_model='numpy', nogil=True)"
# Like NumPy's, they answer NaN to NaN.
HELPERS: Final[dict[str, str]] = {
    "sign": "def sign(u):\n    return 1.0 if u > 0.0 else -1.0 if u < 0.0 else u",
    "heaviside": "def heaviside(u, at_zero):\n    return at_zero if u == 0.0 else 1.0 if u > 0.0 else 0.0*u",
    "maximum": "def maximum(u, v):\n    return u if u >= v or u != u else v",
    "minimum": "def minimum(u, v):\n    return u if u <= v or u != u else v",
    "logcosh": (
        "def logcosh(u, t):  # log cosh u where t = tanh(u), without overflow or cancellation\n"
        "    a = abs(u)\n"
        "    return -0.5*math.log1p(-t*t) if abs(t) <= 0.75 else a + math.log1p(math.exp(-2.0*a)) - math.log(2.0)"
    ),
    "bell": (
        "def bell(u, t):  # 1/cosh(u)^2 where t = tanh(u)\n"
        "    e = math.exp(-2.0*abs(u)) if abs(t) > 0.99 else 0.0\n"
        "    return 4.0*e/((1.0 + e)*(1.0 + e)) if abs(t) > 0.99 else 1.0 - t*t"
    ),
    **KERNELS,
    **OF_ONE,
    **NORMALS,
    **CHORDS,
    "polygamma": POLYGAMMA,
    **COMPILED,
    **SPECIALS,
    "quotient": (
        "def quotient(u, v):  # the choice keeps LLVM from joining it with others: a product of divisors may be 0\n"
        "    return u/v if v != 0.0 else u*math.inf"
    ),
}
HELD: Final = {
    "sign": 1,
    "heaviside": 2,
    "maximum": 2,
    "minimum": 2,
    "logcosh": 2,
    "bell": 2,
    "mills": 1,
    "sinc": 1,
    "log1p_ratio": 2,
    "log_excess": 2,
    **dict.fromkeys(OF_ONE, 3),
    **dict.fromkeys(NORMALS, 1),
    **COUNTS,
}  # helper -> number of arguments
CHEAP: Final = frozenset(
    "leaf number size truth add neg mul where compare logic indicator abs maximum minimum sign heaviside transpose "
    "expand slice diagonal windows arange lookup whole full copy".split()
)


@record
class _Entry:
    """An operation as if on plain numbers."""

    kind: str
    args: tuple[Op, ...]
    attr: Any
    ndim: int = 0


def entry_text(op: Op, write: Callable[[Op, int], str], name: Callable[[Sym], str]) -> tuple[str, int]:
    """(code, how strongly it binds) of one entry of an entrywise operation."""
    if op.kind in ("maximum", "minimum") and op.args[1].kind == "number" and op.args[0].kind == "leaf":
        value, limit = write(op.args[0], ATOM), write(op.args[1], ATOM)
        return f"{limit} if {value} {'<' if op.kind == 'maximum' else '>'} {limit} else {value}", 0
    if op.kind == "div" and op.attr == APART:
        return f"quotient({write(op.args[0], 0)}, {write(op.args[1], 0)})", ATOM
    if op.kind in CODES:
        return in_loops(op.kind, [write(a, 0) for a in op.args]), ATOM
    if op.kind in HELD:
        return f"{op.kind}({', '.join(write(a, 0) for a in op.args)})", ATOM
    if op.kind == "indicator":
        return f"1.0 if {write(op.args[0], 1)} else 0.0", 0
    if op.kind == "cbrt":
        return f"np.cbrt({write(op.args[0], 0)})", ATOM
    return text(cast(Op, _Entry(op.kind, op.args, op.attr)), write, name)


def helpers(code: str) -> list[str]:
    """The helper functions that the code calls, compiled too."""
    words = {word for word in HELPERS if f"{word}(" in code}
    words |= {called for word in words for called in CALLED.get(word, ()) if called in HELPERS}
    texts = [f"{JIT}\n{source}\n\n" for word, source in HELPERS.items() if word in words]
    return [*c_functions("\n".join([code, *texts])), *texts]
