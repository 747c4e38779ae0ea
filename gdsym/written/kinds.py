"""How each kind of node is stored: its parts, what else stands in its row, and what is looked at before one is made."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import sympy

from gdsym.errors import ReadError, Unsupported
from gdsym.written import known
from gdsym.written import nodes as n
from gdsym.written.from_sympy import from_sympy
from gdsym.written.matrices import Differential, Elements, Entries, MatSym
from gdsym.written.wholes import Inverted

if TYPE_CHECKING:
    from gdsym.written.serial import Store

MOST_DIGITS = 1_000  # of a number
MOST_BITS = 4_000  # of a decimal, before and after its point
MOST_AXES = 32  # of an array
MOST_DUMMIES = 200_000
ANY = 10**9
ARRAYS = (n.Base, Entries, Elements, Inverted)
DIGITS = re.compile("-?[0-9]+")


class Kind(NamedTuple):
    """How one kind of node is stored: how many parts, which, and what else stands in its row."""

    type: Any
    fewest: int
    most: int
    write: Callable[[Any, Store], list[Any]] | None = None
    read: Callable[[tuple[n.Node, ...], list[Any]], n.Node] | None = None
    fits: Callable[[tuple[n.Node, ...]], bool] = lambda parts: True
    more: Callable[[Any], tuple[n.Node, ...]] = lambda node: ()  # parts that are no children


def _number(words: object) -> int:
    if not isinstance(words, str) or len(words) > MOST_DIGITS + 1 or not DIGITS.fullmatch(words):
        raise ReadError(
            f"a number has at most {MOST_DIGITS} digits; found {str(words)[:40]}{'...' * (len(str(words)) > 40)}"
        )
    return int(words)


def _write_num(node: n.Num, store: Store) -> list[Any]:
    if max(len(str(part)) for part in node.ratio) > MOST_DIGITS:
        raise Unsupported(f"A number of more than {MOST_DIGITS} digits cannot be stored.")
    return [str(node.value)]


def _read_num(parts: tuple[n.Node, ...], data: list[Any]) -> n.Node:
    (words,) = data
    top, bar, bottom = words.partition("/") if isinstance(words, str) else (words, "", "")
    return n.Num(Fraction(_number(top), _number(bottom) if bar else 1))


def _write_dec(node: n.Dec, store: Store) -> list[Any]:
    """The exact binary value (mantissa, exponent, precision), after the decimal for people."""
    sign, mantissa, exponent, _ = node.value._mpf_
    return [str(node.value), str(-int(mantissa) if sign else int(mantissa)), str(exponent), str(node.value._prec)]


def _read_dec(parts: tuple[n.Node, ...], data: list[Any]) -> n.Node:
    _, mantissa, exponent, length = data
    whole, shift, precision = _number(mantissa), _number(exponent), _number(length)
    if abs(shift) > MOST_BITS or not 1 <= precision <= MOST_BITS:
        raise ReadError(f"a decimal has at most {MOST_BITS} bits before and after its point")
    bits = (int(whole < 0), abs(whole), shift) if whole else 0.0  # of the bits of 0 SymPy makes the whole number
    value = sympy.Float(bits, precision=precision)
    if str(value) != data[0]:
        raise ReadError(f"the decimal {str(data[0])[:40]} is not what its bits say, {value}")
    return n.Dec(value)


def _write_sym(node: n.Sym, store: Store) -> list[Any]:
    if type(node.symbol) is sympy.Idx:  # without its range, which the limits of its sum say
        return [node.name, ["integer"]]
    if type(node.symbol) not in (sympy.Symbol, sympy.Dummy):
        raise Unsupported(f"{node.name} is a {type(node.symbol).__name__}, no Symbol; it cannot be stored.")
    data: list[Any] = [node.name, known.symbol_facts(node.symbol)]
    return [*data, store.number_of(node.symbol)] if isinstance(node.symbol, sympy.Dummy) else data


def _read_sym(parts: tuple[n.Node, ...], data: list[Any]) -> n.Node:
    name, facts, *number = data
    if not number:
        return n.Sym(known.symbol_named(name, facts))
    if len(number) > 1 or type(number[0]) is not int or not 0 < number[0] <= MOST_DUMMIES:
        raise ReadError("the number of a dummy is wrong")
    return n.Sym(known.symbol_named(name, facts, dummy_index=number[0]))


def _write_base(node: n.Base, store: Store) -> list[Any]:
    """The label, then the facts of label and array; the sizes of its shape, if it has one, are its parts."""
    label = node.base.label
    if type(label) is not sympy.Symbol:
        raise Unsupported(f"The array {node.name} has no Symbol as its label; it cannot be stored.")
    return [label.name, known.symbol_facts(label), known.declared(node.base.assumptions0)]


def _shape(node: n.Base) -> tuple[n.Node, ...]:
    return tuple(from_sympy(size) for size in node.base.shape or ())


def _read_base(parts: tuple[n.Node, ...], data: list[Any]) -> n.Node:
    label, facts, own = data
    return n.Base(known.array_named(known.symbol_named(label, facts), own, [part.to_sympy() for part in parts]))


def plain_sizes(parts: tuple[n.Node, ...]) -> bool:
    """Only what SymPy puts together at once: m, 3, m + 1, 2 m."""
    return len(parts) <= MOST_AXES and all(_plain(part) or _plain_sum(part) for part in parts)


def _plain(part: n.Node) -> bool:
    return isinstance(part, (n.Sym, n.Num)) or (isinstance(part, n.Neg) and isinstance(part.arg, (n.Sym, n.Num)))


def _plain_sum(part: n.Node) -> bool:
    return isinstance(part, (n.Add, n.Mul)) and len(part.children) <= MOST_AXES and all(map(_plain, part.children))


def _read_fn(parts: tuple[n.Node, ...], data: list[Any]) -> n.Node:
    (name,) = data
    func = known.function_named(name)
    if not known.takes(func, len(parts)):
        raise ReadError(f"{func.__name__} does not take {len(parts)} arguments")
    return n.Fn(func, *parts)


def _read_partial(parts: tuple[n.Node, ...], data: list[Any]) -> n.Node:
    name, orders = data
    if (
        not isinstance(name, list)
        or len(orders) != len(parts)
        or not all(type(k) is int and 0 <= k < 100 for k in orders)
    ):
        raise ReadError("a partial derivative is of an undefined function, with one order for each argument")
    return n.Partial(known.function_named(name), tuple(orders), *parts)


def _read_rel(parts: tuple[n.Node, ...], data: list[Any]) -> n.Node:
    (op,) = data
    if op not in n.Rel.OPS:
        raise ReadError(f"a comparison is one of {' '.join(n.Rel.OPS)}, not {str(op)[:20]}")
    return n.Rel(op, *parts)


CONNECTIVES = {"true": 0, "false": 0, "not": 1}  # and, or: any number of parts


def _read_logic(parts: tuple[n.Node, ...], data: list[Any]) -> n.Node:
    (op,) = data
    if op not in (*CONNECTIVES, "and", "or") or len(parts) != CONNECTIVES.get(op, max(1, len(parts))):
        raise ReadError(f"{str(op)[:20]} of {len(parts)} conditions is none")
    return n.Logic(op, *parts)


def _bound(kind: type[n.Bound]) -> Kind:
    return Kind(kind, 4, 4, fits=lambda parts: isinstance(parts[1], n.Sym))


PLAIN: dict[str, Kind] = {
    "Num": Kind(n.Num, 0, 0, _write_num, _read_num),
    "Dec": Kind(n.Dec, 0, 0, _write_dec, _read_dec),
    "Const": Kind(
        n.Const, 0, 0, lambda node, _: [known.constant_name(node.value)],
        lambda _, data: n.Const(known.constant_named(*data)),
    ),
    "Sym": Kind(n.Sym, 0, 0, _write_sym, _read_sym),
    "Base": Kind(n.Base, 0, ANY, _write_base, _read_base, plain_sizes, _shape),
    "Indexed": Kind(n.Indexed, 2, ANY, fits=lambda parts: type(parts[0]) in ARRAYS),
    "Add": Kind(n.Add, 1, ANY),
    "Neg": Kind(n.Neg, 1, 1),
    "Mul": Kind(n.Mul, 1, ANY),
    "Div": Kind(n.Div, 2, 2),
    "Pow": Kind(n.Pow, 2, 2),
    "Root": Kind(n.Root, 2, 2),
    "Fn": Kind(n.Fn, 1, ANY, lambda node, _: [known.function_name(node.func)], _read_fn),
    "Partial": Kind(
        n.Partial, 1, ANY, lambda node, _: [known.function_name(node.func), list(node.orders)], _read_partial
    ),
    "D": Kind(n.D, 2, 2, fits=lambda parts: isinstance(parts[1], (n.Sym, n.Indexed, MatSym, Differential))),
    "Sum": _bound(n.Sum),
    "Prod": _bound(n.Prod),
    "Integral": _bound(n.Integral),
    "Delta": Kind(n.Delta, 2, 2),
    "Rel": Kind(n.Rel, 2, 2, lambda node, _: [node.op], _read_rel),
    "Logic": Kind(n.Logic, 0, ANY, lambda node, _: [node.op], _read_logic),
    "Cases": Kind(n.Cases, 2, ANY, fits=lambda parts: len(parts) % 2 == 0),
}  # fmt: skip
