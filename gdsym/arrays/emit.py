"""From the graph to statements: what is used once is written in place, what is shared gets a name.

Statements that depend on data only form the part `once`, which a descent runs before its loop.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

from gdsym.arrays.affine import Affine
from gdsym.arrays.functions import CALLED, HELPERS
from gdsym.arrays.graph import PARAM, Op
from gdsym.arrays.names import WORD, Names
from gdsym.arrays.texts import array_text, plain_text, text
from gdsym.record import record
from gdsym.written.nodes import Sym

FREE = ("leaf", "number", "truth")  # never worth a name
VIEWS = ("transpose", "expand", "slice", "diagonal")
IMPORTS = {"math.": "import math", "np.": "import numpy as np", "special.": "from scipy import special"}
WORDS = {
    "add": "r",
    "exp": "e",
    "tanh": "t",
    "where": "s",
    "abs": "a",
    "div": "p",
    "max": "top",
    "row_tops": "top",
    "far_rows": "far",
}


@record
class Statement:
    """`name = code`, with the formula in words as a comment; of `ndim` axes."""

    name: str
    code: str
    note: str = ""
    ndim: int = 0


@record
class Emitted:
    """Statements before the loop, statements of one evaluation, an expression for each output."""

    once: tuple[Statement, ...]
    each: tuple[Statement, ...]
    outputs: tuple[str, ...]
    needs: tuple[str, ...]
    called: dict[Op, str]


def emit(
    outputs: Sequence[Op],
    names: Names,
    size_name: Callable[[Sym], str],
    *,
    hoist: bool,
    raising: bool = True,
    quick: bool = False,
    early: bool = False,
    known: Mapping[Op, str] = MappingProxyType({}),
    apart: Callable[[Op, Sequence[Op | None]], bool] = lambda op, users: False,
) -> Emitted:
    """Code for `outputs`; with `hoist`, everything that depends on data only is computed beforehand.

    `quick` code, as there is with `hoist`, is as fast as it can be rather than plain to read. Without `raising`,
    numbers are NumPy's, whose functions answer inf and NaN where those of `math` raise.
    `early`, the first output is computed before what the others alone need, if that takes tables.
    `known` operations have been computed and have names; one that is `apart` from its users gets a name in any case.
    """
    order, uses = _ordered(outputs, known)
    called: dict[Op, str] = {}
    for op in order:
        asked = _deserves(op, uses, hoist) or (op.kind not in FREE and apart(op, uses[op]))
        if op not in known and (asked or (early and op is outputs[0] and _makes_a_table(op, {*called, *known}))):
            called[op] = _name(op, names)
    once: list[Statement] = []
    each: list[Statement] = []

    def plain(op: Op) -> tuple[str, int]:
        written = array_text if not raising else plain_text if hoist or quick else text
        return written(op, write, size_name)

    def write(op: Op, least: int) -> str:
        if op in called or op in known:
            return called.get(op) or known[op]
        code, strength = plain(op)
        return code if strength >= least else f"({code})"

    for op, name in called.items():
        part = once if hoist and not op.needs & PARAM else each
        part.append(Statement(name, plain(op)[0], ndim=op.ndim))
    results = tuple(write(op, 0) for op in outputs)
    return Emitted(tuple(once), tuple(each), results, _needs(order, [*once, *each], results, raising), called)


def _ordered(outputs: Sequence[Op], known: Mapping[Op, str]) -> tuple[list[Op], dict[Op, list[Op | None]]]:
    """Operations, operands first, and by whom each is used (None: it is an output)."""
    order: list[Op] = []
    uses: dict[Op, list[Op | None]] = {}

    def visit(op: Op, user: Op | None) -> None:
        if op in uses:
            uses[op].append(user)
            return
        uses[op] = [user]
        for a in op.args if op not in known else ():
            visit(a, op)
        order.append(op)

    for op in outputs:
        visit(op, None)
    return order, uses


def _deserves(op: Op, uses: dict[Op, list[Op | None]], hoist: bool) -> bool:
    """Is a name better than writing the operation in place?"""
    if op.kind in FREE or _is_bare_size(op) or _is_single(op):
        return False
    fixed = not op.needs & PARAM
    if hoist and fixed and any(user is None or user.needs & PARAM for user in uses[op]):
        return bool(op.needs)
    cheap = op.kind in VIEWS and op.args[0].kind == "leaf"
    return len(uses[op]) > 1 and not cheap and bool(op.needs or op.args)


def _makes_a_table(op: Op, ready: Collection[Op]) -> bool:
    """Is a table made in place for this number? Then it is made, and gone, before those for other outputs are."""
    inside = [a for a in op.args if a not in ready and a.kind != "leaf"]
    return not op.ndim and any((a.ndim > 1 and a.kind not in VIEWS) or _makes_a_table(a, ready) for a in inside)


def _is_single(op: Op) -> bool:
    """An array of one number that is written as it is."""
    return op.kind == "full" and op.attr == (Affine(1),) and op.args[0].kind == "number"


def _is_bare_size(op: Op) -> bool:
    return op.kind == "size" and len(op.attr.terms) == 1 and op.attr.const == 0 and op.attr.terms[0][1] == 1


def _name(op: Op, names: Names) -> str:
    if not op.needs & PARAM:
        return names.own("total") if op.kind == "adder" else names.numbered("c")
    word = WORDS.get(op.kind)
    return names.own(word) if word and op.ndim else names.numbered("v")


def _needs(order: list[Op], statements: list[Statement], results: Sequence[str], raising: bool) -> tuple[str, ...]:
    """Imports, then helper functions."""
    called = {key for op in order if (key := (op.kind, op.ndim > 0 or not raising)) in HELPERS}
    called |= {key for kind, over in called for f in CALLED.get(kind, ()) if (key := (f, over)) in HELPERS}
    wide = {_defined(HELPERS[key]) for key in called if key[1]}
    lines = "\n".join([*(s.code for s in statements), *results])
    texts = [
        HELPERS[key] for key in called if key[1] or _defined(HELPERS[key]) not in wide
    ]  # that over arrays takes numbers, too
    helpers = {
        text for text in texts if any(f"{_defined(text)}(" in part for part in (lines, *texts) if part is not text)
    }
    code = "\n".join([lines, *helpers])
    imports = [line for word, line in IMPORTS.items() if word in code]
    return (*imports, *sorted(helpers))


def _defined(helper: str) -> str:
    """The name in `def name(...)` or `name = ...`."""
    return next(word for word in WORD.findall(helper) if word != "def")
