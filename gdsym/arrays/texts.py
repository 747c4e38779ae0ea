"""One operation as Python text, with the fewest brackets that keep its meaning."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

from gdsym.arrays.adding import SHORT
from gdsym.arrays.affine import Affine
from gdsym.arrays.functions import WRITTEN
from gdsym.arrays.gates import BOUNDED, gated, larger, one_of_three
from gdsym.arrays.graph import Op, as_array
from gdsym.arrays.label_texts import lookup_text, scatter_text, spots_text, taken_text
from gdsym.arrays.matrix_texts import einsum_text, matmul_text, quick_text
from gdsym.arrays.places import placed_text
from gdsym.arrays.stairs import staircase
from gdsym.arrays.strength import ADD, ATOM, COMPARE, MUL, POW, Name, Write
from gdsym.arrays.whole_texts import WHOLES, whole_text
from gdsym.arrays.window_texts import covered_text, shifted_text, unfolded_text, windows_text

LARGE, TOP = 2**53, 2**1023  # whole numbers that a float holds, and those that it can be near
NUMPY_NUMBERS = frozenset("matmul vdot sum added prod max einsum slice lookup bent".split())  # of no axis: np.float64

QUICK: Final = {  # of tables, by the kind, the rank, and over which axis
    ("sum", 2, (0,)): "sum_along({}, 0)", ("sum", 2, (1,)): "sum_along({}, 1)", ("max", 2, (1,)): "row_max({})",
    ("cumsum", 2, None): "by_rows(np.add, {})", ("cummax", 2, None): "by_rows(np.maximum, {})",
}  # fmt: skip


def plain_text(op: Op, write: Write, name: Name) -> tuple[str, int]:
    """The same where only speed counts: numbers without axes are Python floats, which are quick in plain arithmetic."""
    if op.kind == "number" and isinstance(op.attr, int) and op.ndim == 0:
        return repr(float(op.attr)) if abs(op.attr) < LARGE else repr(op.attr), ADD if op.attr < 0 else ATOM
    if op.kind in ("matmul", "einsum"):
        code, strength = quick_text(op, write, name)
    elif op.kind == "div" and _is_power_of_two(op.args[1].attr):
        code, strength = f"{write(op.args[0], MUL)}*{1 / op.args[1].attr!r}", MUL  # exact, and quicker
    elif op.kind == "pow" and op.args[1].kind == "number" and isinstance(op.args[1].attr, int):
        code, strength = f"{write(op.args[0], POW + 1)}**{op.args[1].attr}", POW
    elif form := QUICK.get((op.kind, op.args[0].ndim, op.attr)) if op.args else None:
        code, strength = form.format(write(op.args[0], 0)), ATOM
    elif op.kind == "lookup":
        code, strength = taken_text(op, write, name)
    elif op.kind == "mul" and (product := gated(op, write) or staircase(op, write)):
        code, strength = product, MUL
    elif op.kind in BOUNDED and op.ndim and len(op.args) == 2 and not all(a.ndim for a in op.args):
        table, number = op.args if op.args[0].ndim else op.args[::-1]
        code, strength = f"{BOUNDED[op.kind]}({write(table, 0)}, {write(number, 0)})", ATOM
    elif op.kind == "where" and op.ndim and (found := larger(op)):
        decay, test = found
        code, strength = f"np.maximum({write(decay, 0)}, {test(write)})", ATOM
    elif op.kind == "where" and op.ndim and (choice := one_of_three(op, write)):
        code, strength = choice, ATOM
    else:
        code, strength = text(op, write, name)
    return (f"float({code})", ATOM) if op.ndim == 0 and op.kind in NUMPY_NUMBERS else (code, strength)


def _is_power_of_two(value: Any) -> bool:
    return isinstance(value, int) and 0 < value <= 1 << 62 and value & (value - 1) == 0


def array_text(op: Op, write: Write, name: Name) -> tuple[str, int]:
    """The code that NumPy's numbers need: functions that answer inf and NaN where those of `math` raise."""
    return text(as_array(op), write, name)


def text(op: Op, write: Write, name: Name) -> tuple[str, int]:
    """(code, how strongly it binds)."""
    if op.kind in TEXTS:
        return TEXTS[op.kind](op, write, name)
    form = WRITTEN[op.kind][1 if op.ndim else 0]
    return form.format(*(write(a, 0) for a in op.args)), ATOM


def _number(op: Op, write: Write, name: Name) -> tuple[str, int]:
    value: Any = op.attr
    if isinstance(value, int | Fraction) and LARGE < max(abs(value.numerator), value.denominator) < TOP:
        return repr(float(value)), ADD if value < 0 else ATOM  # beyond a machine's whole numbers
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}", ADD if value < 0 else MUL
    if isinstance(value, float) and not math.isfinite(value):
        return ("math.nan" if math.isnan(value) else "math.inf" if value > 0 else "-math.inf"), ADD
    if value == math.pi:
        return "math.pi", ATOM
    return repr(value), ADD if value < 0 else ATOM


def _size(op: Op, write: Write, name: Name) -> tuple[str, int]:
    form: Any = op.attr
    plain = len(form.terms) == 1 and form.const == 0 and form.terms[0][1] == 1
    return form.text(name), ATOM if plain else ADD


def _add(op: Op, write: Write, name: Name, turn: int = 1) -> tuple[str, int]:
    signs = [turn * s for s in op.attr]
    first = write(op.args[0], ADD) if signs[0] > 0 else "-" + write(op.args[0], MUL)
    rest = (f" {'+' if s > 0 else '-'} {write(a, ADD + 1)}" for s, a in zip(signs[1:], op.args[1:], strict=True))
    return first + "".join(rest), ADD


def _neg(op: Op, write: Write, name: Name) -> tuple[str, int]:
    """-(2*a + b), if that sum has no name, is -2*a - b: Python turns the sign of a number, and rounding is the same."""
    inner = write(op.args[0], MUL)
    if op.args[0].kind == "add" and inner.startswith("("):
        return _add(op.args[0], write, name, -1)
    return "-" + inner, ADD


def _mul(op: Op, write: Write, name: Name) -> tuple[str, int]:
    return "*".join([write(op.args[0], MUL), *(write(a, MUL + 1) for a in op.args[1:])]), MUL


def _pow(op: Op, write: Write, name: Name) -> tuple[str, int]:
    """Floats use math.pow for broken exponents: `**` would answer with a complex number."""
    base, exponent = op.args
    if op.ndim == 0 and not isinstance(exponent.attr, int):
        return f"math.pow({write(base, 0)}, {write(exponent, 0)})", ATOM
    return f"{write(base, POW + 1)}**{write(exponent, POW)}", POW


def _where(op: Op, write: Write, name: Name) -> tuple[str, int]:
    test, first, other = op.args
    if op.ndim == 0:
        return f"{write(first, 1)} if {write(test, 1)} else {write(other, 1)}", 0
    return f"np.where({write(test, 0)}, {write(first, 0)}, {write(other, 0)})", ATOM


def _compare(op: Op, write: Write, name: Name) -> tuple[str, int]:
    return f" {op.attr} ".join(write(a, COMPARE + 1) for a in op.args), COMPARE


def _logic(op: Op, write: Write, name: Name) -> tuple[str, int]:
    words = {"and": " & ", "or": " | "} if op.ndim else {"and": " and ", "or": " or "}
    if op.attr == "not":
        return ("~" if op.ndim else "not ") + write(op.args[0], ATOM), COMPARE - 1
    return words[str(op.attr)].join(write(a, ATOM) for a in op.args), COMPARE - 1


def _reduction(op: Op, write: Write, name: Name) -> tuple[str, int]:
    axes: Any = op.attr
    inside = "" if axes is None else f"axis={axes[0] if len(axes) == 1 else axes}"
    return f"{write(op.args[0], ATOM)}.{op.kind}({inside})", ATOM


def _transpose(op: Op, write: Write, name: Name) -> tuple[str, int]:
    array = write(op.args[0], ATOM)
    return (f"{array}.T" if op.attr == (1, 0) else f"{array}.transpose({op.attr})"), ATOM


def _expand(op: Op, write: Write, name: Name) -> tuple[str, int]:
    shown: Any = op.attr
    return f"{write(op.args[0], ATOM)}[{', '.join(':' if s else 'None' for s in shown)}]", ATOM


def _slice(op: Op, write: Write, name: Name) -> tuple[str, int]:
    takes: Any = op.attr
    parts = [t[1].text(name) if t[0] == "at" else _part(t, name) for t in takes]
    flips = ["::-1" if t[3] else ":" for t in takes if t[0] == "part"]
    flip = _brackets(flips) if "::-1" in flips else ""
    taken = "" if flip and set(parts) == {":"} else _brackets(parts)
    return f"{write(op.args[0], ATOM)}{taken}{flip}", ATOM


def _brackets(parts: list[str]) -> str:
    """Axes at the end that are taken whole are left out."""
    while len(parts) > 1 and parts[-1] == ":":
        parts = parts[:-1]
    return f"[{', '.join(parts)}]"


def _part(take: tuple[str, Affine, Affine | None, bool], name: Name) -> str:
    _, start, stop, _ = take
    first = "" if start.number == 0 else start.text(name)
    return f"{first}:{'' if stop is None else stop.text(name)}"


def _arange(op: Op, write: Write, name: Name) -> tuple[str, int]:
    first, last = op.attr
    start = "" if first.number == 0 else f"{first.text(name)}, "
    return f"np.arange({start}{(last + 1).text(name)}, dtype=float)", ATOM


def _whole(op: Op, write: Write, name: Name) -> tuple[str, int]:
    inside = write(op.args[0], 0)
    return (f"np.asarray({inside}, dtype=int)" if op.ndim else f"int({inside})"), ATOM


def _full(op: Op, write: Write, name: Name) -> tuple[str, int]:
    lengths: Any = op.attr
    shape = ", ".join(a.text(name) for a in lengths)
    shape = shape if len(lengths) == 1 else f"({shape})"
    (filled,) = op.args
    if filled.kind == "number" and filled.attr in (0, 1):
        return f"np.{'ones' if filled.attr else 'zeros'}({shape})", ATOM
    return f"np.full({shape}, {write(filled, 0)}, dtype=float)", ATOM


def _concatenate(op: Op, write: Write, name: Name) -> tuple[str, int]:
    return f"np.concatenate(({', '.join(_part_of(a, write) for a in op.args)}))", ATOM


def _part_of(op: Op, write: Write) -> str:
    text = write(op, 0)
    alone = op.kind == "full" and op.attr == (Affine(1),) and not op.args[0].ndim and not text.isidentifier()
    return f"[{write(op.args[0], 0)}]" if alone else text


def _cumulated(word: str) -> Callable[[Op, Write, Name], tuple[str, int]]:
    """Along the first axis."""

    def written(op: Op, write: Write, name: Name) -> tuple[str, int]:
        return f"{word}({write(op.args[0], 0)}{', axis=0' if op.ndim > 1 else ''})", ATOM

    return written


def _moving(word: str) -> Callable[[Op, Write, Name], tuple[str, int]]:
    return lambda op, write, name: (f"{word}({write(op.args[0], 0)}, {op.attr.text(name)})", ATOM)


def _called(op: Op, write: Write, name: Name) -> tuple[str, int]:
    """A function of ours with the name of the operation."""
    return f"{op.kind}({', '.join(write(a, 0) for a in op.args)})", ATOM


def _adder(op: Op, write: Write, name: Name) -> tuple[str, int]:
    length = f"len({write(op.args[0], 0)})"
    return f"np.ones({length}).dot if {length} <= {SHORT} else np.add.reduce", 0


def _diagonal(op: Op, write: Write, name: Name) -> tuple[str, int]:
    first, second = op.attr
    return f"np.diagonal({write(op.args[0], 0)}, 0, {first}, {second})", ATOM


TEXTS: Final[dict[str, Callable[[Op, Write, Name], tuple[str, int]]]] = {
    "leaf": lambda op, write, name: (str(op.attr), ATOM),
    "number": _number,
    "size": _size,
    "truth": lambda op, write, name: (str(op.attr), ATOM),
    "add": _add,
    "neg": _neg,
    "mul": _mul,
    "div": lambda op, write, name: (f"{write(op.args[0], MUL)}/{write(op.args[1], MUL + 1)}", MUL),
    "matmul": matmul_text,
    "vdot": lambda op, write, name: (f"np.vdot({write(op.args[0], 0)}, {write(op.args[1], 0)})", ATOM),
    "mod": lambda op, write, name: (f"{write(op.args[0], MUL)} % {write(op.args[1], MUL + 1)}", MUL - 1),
    "pow": _pow,
    "where": _where,
    "compare": _compare,
    "logic": _logic,
    "sum": _reduction,
    "prod": _reduction,
    "max": _reduction,
    "einsum": einsum_text,
    "transpose": _transpose,
    "expand": _expand,
    "slice": _slice,
    "diagonal": _diagonal,
    "arange": _arange,
    "eye": lambda op, write, name: (f"np.eye({op.attr.text(name)})", ATOM),
    "lookup": lookup_text,
    "whole": _whole,
    "scatter": scatter_text,
    "gram": lambda op, write, name: (f"{op.attr}({write(op.args[0], 0)})", ATOM),
    "spots": spots_text,
    "spread": scatter_text,
    "full": _full,
    "concatenate": _concatenate,
    "placed": placed_text,
    "cumprod": _cumulated("np.cumprod"),
    "cumsum": _cumulated("np.cumsum"),
    "cummax": _cumulated("np.maximum.accumulate"),
    "scan": lambda op, write, name: (f"running_sum({write(op.args[0], 0)}, {write(op.args[1], 0)})", ATOM),
    "decay": lambda op, write, name: (f"decaying_sum({write(op.args[0], 0)}, {write(op.args[1], 0)})", ATOM),
    "fade": lambda op, write, name: (f"fading_sum({write(op.args[0], 0)}, {write(op.args[1], 0)})", ATOM),
    "rise": lambda op, write, name: (f"largest_exponent({', '.join(write(a, 0) for a in op.args)})", ATOM),
    "windows": windows_text,
    "unfolded": unfolded_text,
    "covered": covered_text,
    "shifted": shifted_text,
    "moving": _moving("moving_sum"),
    "moving_max": _moving("moving_max"),
    "moving_exp": _called,
    **dict.fromkeys(
        "far_rows row_tops row_sums row_shares correlated picked put_in log_total log_totals".split(), _called
    ),
    **dict.fromkeys(WHOLES, whole_text),
    "polygamma": lambda op, write, name: (f"polygamma({op.attr}, {write(op.args[0], 0)})", ATOM),
    "adder": _adder,
    "added": lambda op, write, name: (f"{write(op.args[0], ATOM)}({write(op.args[1], 0)})", ATOM),
    "indicator": lambda op, write, name: (
        (f"{write(op.args[0], ATOM)}.astype(float)" if op.ndim else f"float({write(op.args[0], 0)})"),
        ATOM,
    ),
    "copy": lambda op, write, name: (f"{write(op.args[0], ATOM)}.copy()", ATOM),
}
