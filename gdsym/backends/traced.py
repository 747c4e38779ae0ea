"""An array program as text for JAX: every operation in its array form, so that it can be traced.

`np` is `jax.numpy` there. Plain numbers are arrays without axes: branches are `np.where`, `and` is `&`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property, lru_cache, partial
from typing import Any, Final, cast

import numpy as np

from gdsym.arrays import Compiled, Program
from gdsym.arrays.chord_kernels import OF_ONE as CHORDS
from gdsym.arrays.functions import CALLED, HELPERS
from gdsym.arrays.gamma_kernels import OF_ARRAYS
from gdsym.arrays.graph import PARAM, Op, as_array
from gdsym.arrays.kernels import LOG1P_RATIO
from gdsym.arrays.names import Names
from gdsym.arrays.normal_kernels import OF_ONE as NORMALS
from gdsym.arrays.special_kernels import TRACED as SPECIALS
from gdsym.arrays.specials import CODES, WRITTEN
from gdsym.arrays.strength import ADD, ATOM, MUL, Write
from gdsym.arrays.texts import text
from gdsym.arrays.whole_texts import TRACED_HELPERS, WHOLES, of_matrix
from gdsym.backends.nest import FREE
from gdsym.backends.order import ordered
from gdsym.backends.special_words import asked_for, uses_special
from gdsym.descent.evaluate import defined
from gdsym.descent.lines import indented
from gdsym.record import record
from gdsym.written.nodes import Sym

HEAD: Final = ["import math", "", "import jax.numpy as np", "from jax import lax, scipy"]
SPECIAL: Final = {
    "erf": "scipy.special.erf({})", "erfc": "scipy.special.erfc({})", "gamma": "scipy.special.gamma({})",
    "lgamma": "scipy.special.gammaln({})", "indicator": "np.where({}, 1.0, 0.0)", "cummax": "lax.cummax({})",
}  # fmt: skip
LOGCOSH: Final = (
    "def logcosh(u, t):  # log cosh u where t = tanh(u), without overflow or cancellation\n"
    "    a = np.abs(u)\n"
    "    near = -0.5*np.log1p(np.maximum(-t*t, -0.75))\n"
    "    return np.where(np.abs(t) > 0.75, a + np.log1p(np.exp(-2*a)) - math.log(2), near)"
)
LOG_EXCESS: Final = (
    "def log_excess(r, x):  # r - log x for x = 1 + r: near 0 that is r s - 2 (s^3/3 + s^5/5 + ...) with s = r/(2 + r)\n"
    "    s = r/(r + 2)\n"
    "    square, rest = s*s, 0.0\n"
    "    for k in range(19, 1, -2):\n"
    "        rest = rest*square + 2/k\n"
    "    return np.where(np.abs(r) < 0.25, s*(r - square*rest), r - np.log(x))"
)
RUNNING_SUM: Final = (
    "def running_sum(terms, top):  # of w exp(z), where terms = w exp(z - top): exp(-top) times the sum so far\n"
    "    scale = np.exp(top[:-1] - top[1:])\n"
    "    scale = np.concatenate((np.ones((1, *scale.shape[1:])), scale))\n"
    "    pair = np.broadcast_to(scale, terms.shape), terms\n"
    "    return lax.associative_scan(lambda a, b: (a[0]*b[0], a[1]*b[0] + b[1]), pair)[1]"
)
DECAYING_SUM: Final = (
    "def decaying_sum(a, rate):  # s_i = rate s_(i-1) + a_i for all i, by doubling: no division by powers of the rate\n"
    "    step = 1\n"
    "    while step < len(a):\n"
    "        a = np.concatenate((a[:step], a[step:] + rate*a[:-step]))\n"
    "        rate, step = rate*rate, 2*step\n"
    "    return a"
)
FADING_SUM: Final = (
    "def fading_sum(a, z):  # s_i = exp(z_i) s_(i-1) + a_i for all i\n"
    "    pair = np.broadcast_arrays(z, a)\n"
    "    return lax.associative_scan(lambda p, q: (p[0] + q[0], p[1]*np.exp(q[0]) + q[1]), tuple(pair))[1]"
)
LARGEST_EXPONENT: Final = (
    "def largest_exponent(z, last=0.0):  # of last_i, last_(i-1) + z_i, last_(i-2) + z_(i-1) + z_i, ...\n"
    "    total = np.cumsum(z, axis=0)\n"
    "    return total + lax.cummax(last - total)"
)
WINDOWS: Final = (
    "def windows(a, *cuts):  # w[h, ..., i, ...] = a[..., h + i, ...] for (axis, width of h) of each cut\n"
    "    for at, (axis, width) in enumerate(cuts):\n"
    "        axis, count = axis + at, a.shape[axis + at] - width + 1\n"
    "        places = (np.arange(width)[:, None] + np.arange(count)).reshape(-1)\n"
    "        shape = *a.shape[:axis], width, count, *a.shape[axis + 1:]\n"
    "        a = np.moveaxis(np.take(a, places, axis=axis).reshape(shape), axis, at)\n"
    "    return a"
)
BELL: Final = (
    "def bell(u, t):  # 1/cosh(u)^2 where t = tanh(u)\n"
    "    e = np.exp(-2*np.abs(u))\n"
    "    return np.where(np.abs(t) > 0.99, 4*e/((1 + e)*(1 + e)), 1 - t*t)"
)


def _traceable(code: str) -> str:
    """Without a look at the numbers, and with JAX's own functions."""
    code = code.replace("total if np.all(known) else ", "").replace("10 if np.any(low) else 0", "10")
    own = {
        "lgamma(v)": "gammaln(v)",
        "lgamma(u)": "gammaln(u)",
        "polygamma(0, ": "digamma(",
        "polygamma(": "polygamma(",
    }
    for word, name in own.items():
        code = code.replace(word, f"scipy.special.{name}")
    return code


ENTRIES: Final = (
    "def entries(a, *places):  # a[places]: chunks know places along one axis only, and in one row\n"
    "    flat, rest = 0, a.shape[len(places):]\n"
    "    for count, place in zip(a.shape, places):\n"
    "        flat = flat*count + place\n"
    "    return a.reshape((-1, *rest))[flat.ravel()].reshape((*flat.shape, *rest))"
)
DEFINED: Final = {
    "entries": ENTRIES,
    **TRACED_HELPERS,
    "logcosh": LOGCOSH,
    "log_excess": LOG_EXCESS,
    "bell": BELL,
    "running_sum": RUNNING_SUM,
    "decaying_sum": DECAYING_SUM,
    "fading_sum": FADING_SUM,
    "largest_exponent": LARGEST_EXPONENT,
    "windows": WINDOWS,
    "moving_sum": HELPERS["moving", True],
    **SPECIALS,
    **{kind: HELPERS[kind, True] for kind in ("moving_max", "moving_exp", "mills", "sinc", *NORMALS, *CHORDS)},
    **{kind: _traceable(code) for kind, code in {**OF_ARRAYS, "log1p_ratio": LOG1P_RATIO}.items()},
}


def array_text(op: Op, write: Write, name: Any, *, fused: bool) -> tuple[str, int]:
    """(code, how strongly it binds) of an operation on traced arrays."""
    if op.kind in CODES:
        asked_for("jax" if fused else "dask", op.kind, SPECIALS.get(op.kind, WRITTEN[op.kind][1]))
    if op.kind in SPECIAL:
        return SPECIAL[op.kind].format(*(write(a, 0) for a in op.args)), ATOM
    if op.kind == "matmul" and op.ndim == 0 and fused:  # XLA makes one loop of several sums, not of several dots
        return f"np.sum({'*'.join(write(a, MUL + 1) for a in op.args)})", ATOM
    if op.kind == "full" and op.args[0].kind != "number":
        shape = ", ".join(length.text(name) for length in op.attr)
        return f"{write(op.args[0], ADD)} + np.zeros(({shape},))", ADD
    if op.kind in WHOLES:
        return of_matrix(op, write, fused), ATOM
    if op.kind == "lookup" and not fused and any(place.ndim > (len(op.args) == 2) for place in op.args[1:]):
        return f"entries({', '.join(write(a, 0) for a in op.args)})", ATOM
    if op.kind == "scatter":
        return _by_label(op, write, name) if fused else _by_table(op, write, name)
    if op.kind == "polygamma":
        word = "digamma(" if op.attr == 0 else f"polygamma({op.attr}, "
        return f"scipy.special.{word}{write(op.args[0], 0)})", ATOM
    if op.kind == "concatenate":
        return f"np.concatenate(({', '.join(write(a, 0) for a in op.args)}))", ATOM
    if op.kind in ("sum", "prod", "max") and op.args[0].kind == "number":
        return write(op.args[0], ATOM), ATOM
    return text(as_array(op), write, name)


def _by_label(op: Op, write: Write, name: Any) -> tuple[str, int]:
    """Each row is added to the row of its label."""
    positions, rows = op.args
    zeros = f"np.zeros(({', '.join(length.text(name) for length in op.attr)},))"
    return f"{zeros}.at[{write(positions, 0)}].add({write(rows, 0)})", ATOM


def _by_table(op: Op, write: Write, name: Any) -> tuple[str, int]:
    """The same by a table of 0 and 1, which chunks have for their own rows."""
    whole, rows = op.args
    table = f"({write(whole.args[0], ATOM)}[..., None] == np.arange({op.attr[0].text(name)})).astype(float)"
    over = tuple(range(whole.ndim))
    return f"np.tensordot({table}, {write(rows, 0)}, ({over}, {over}))", ATOM


@record
class Traced:
    """Statements before a loop, statements of one evaluation, an expression an output."""

    once: tuple[str, ...]
    each: tuple[str, ...]
    outputs: tuple[str, ...]


def traced(outputs: Sequence[Op], names: Names, size_name: Any, *, hoist: bool, fused: bool = True) -> Traced:
    """Statements for the outputs; what depends on data only comes first."""
    order, users = ordered(outputs)
    called: dict[Op, str] = {}
    once: list[str] = []
    each: list[str] = []

    def write(op: Op, least: int) -> str:
        if op in called:
            return called[op]
        code, strength = array_text(op, write, size_name, fused=fused)
        return code if strength >= least else f"({code})"

    for op in order:
        fixed = hoist and not op.needs & PARAM
        ends = any(u is None or u.needs & PARAM for u in users[op])
        if op.kind not in FREE and op.needs and (len(users[op]) > 1 or (fixed and ends)):
            code = array_text(op, write, size_name, fused=fused)[0]
            called[op] = names.numbered("v")
            (once if fixed else each).append(f"{called[op]} = {code}")
    return Traced(tuple(once), tuple(each), tuple(write(op, 0) for op in outputs))


def traced_names(program: Program) -> Names:
    """Names that are left beside the inputs' own."""
    named = [i.name for i in program.inputs]
    own = ("J", "np", "math", "lax", "scipy", "special", *DEFINED, "evaluate", "descend")
    return Names([*named, *own, *(f"g_{n}" for n in named)])


def size_names(program: Program) -> Any:
    named = {i.node: i.name for i in program.inputs}

    def name(size: Sym) -> str:
        return named[size]

    return name


def module(lines: Sequence[str]) -> str:
    code = "\n".join(lines)
    parts = [*helpers(code), code]
    own = ["from jax.scipy import special"] if uses_special(parts) else []
    return "\n".join([*HEAD, *own, "", "", *parts, ""])


def helpers(code: str, defined: Mapping[str, str] = DEFINED) -> list[str]:
    """The functions that the code calls."""
    words = [word for word in defined if f"{word}(" in code]
    words += [called for word in words for called in CALLED.get(word, ()) if called in defined and called not in words]
    return [line for word, text in defined.items() if word in words for line in (text, "", "")]


def source(program: Program, outputs: Sequence[Op]) -> str:
    """A module that defines `evaluate(parameters, data, *, sizes) -> outputs`."""
    code = traced(outputs, traced_names(program), size_names(program), hoist=False)
    return module(
        [f"def evaluate({signature(program)}):", *indented(1, [*code.each, f"return {', '.join(code.outputs)},"])]
    )


def signature(program: Program, more: str = "") -> str:
    arrays = [i.name for i in program.inputs if i.kind != "size"]
    sizes = [i.name for i in program.inputs if i.kind == "size"]
    return ", ".join([*arrays, *([more] if more else []), *(["*", *sizes] if sizes else [])])


@lru_cache(maxsize=64)
def jitted(text: str, name: str, fixed: tuple[tuple[str, int], ...]) -> Any:
    """The compiled function with its sizes fixed; the same text at the same sizes is compiled once."""
    import jax

    return jax.jit(partial(defined(text, name), **dict(fixed)))


def in_double() -> AbstractContextManager[Any]:
    """float64 here, whatever the caller's JAX is set to elsewhere."""
    import jax

    switch: Any = getattr(jax, "enable_x64", None)
    if switch is None:  # before JAX 0.8
        from jax import experimental

        switch = experimental.enable_x64
    return cast("AbstractContextManager[Any]", switch(True))


class JaxCompiled(Compiled):
    """Value and gradient as traced and compiled functions."""

    @cached_property
    def source(self) -> str:
        return source(self.program, [self.program.graph.value, *self.program.graph.gradients])

    def _code(self, outputs: Sequence[Op]) -> tuple[Any, Any]:
        """(once, each): nothing beforehand, then one compiled call."""
        text = source(self.program, outputs)

        def each(*values: Any) -> Any:
            given = dict(zip((i.name for i in self.program.inputs), values, strict=True))
            return called(self.program, text, given)

        return (lambda *values: ()), each


def called(program: Program, text: str, given: Mapping[str, Any]) -> list[Any]:
    """The outputs of `evaluate` as NumPy arrays."""
    fixed = tuple((i.name, int(given[i.name])) for i in program.inputs if i.kind == "size")
    with in_double():
        found = jitted(text, "evaluate", fixed)(*(given[i.name] for i in program.inputs if i.kind != "size"))
        return [np.asarray(out) for out in found]
