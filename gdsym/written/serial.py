"""Written form <-> plain lists, strings and ints: a table in which every formula is stored once.

A row is `[kind, [rows of its parts], ...]`; parts come before the whole. Numbers are strings, functions and constants
names from closed tables. Reading builds nothing that the tables do not name, and knows how large a formula may be.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import sympy

from gdsym.errors import ReadError, Unsupported
from gdsym.written import known
from gdsym.written import nodes as n
from gdsym.written.from_sympy import from_sympy

MOST_ROWS = 200_000
DEEPEST = 400  # levels of one formula
LARGEST = 2_000_000  # nodes of one formula, written out
MOST_DIGITS = 1_000  # of a number
MOST_BITS = 4_000  # of a decimal, before and after its point
MOST_AXES = 32  # of an array
ANY = 10**9
DIGITS = re.compile("-?[0-9]+")

Row = list[Any]


class Store:
    """Formulas being stored: `put` returns a formula's row number, `rows` is the table."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._known: dict[n.Node, int] = {}
        self._dummies: dict[Any, int] = {}

    def put(self, node: n.Node) -> int:
        """The number of the row of `node`; equal formulas have one row."""
        todo: list[tuple[n.Node, bool]] = [(node, False)]
        while todo:
            part, ready = todo.pop()
            if part in self._known:
                continue
            if ready:
                self._add(part)
            else:
                todo.append((part, True))
                todo.extend((child, False) for child in reversed(part.children))
        return self._known[node]

    def _add(self, node: n.Node) -> None:
        kind = KINDS.get(type(node).__name__)
        if kind is None or kind.type is not type(node):
            raise Unsupported(
                f"A formula with {type(node).__name__} in it cannot be stored. Matrices have no certificate: "
                "write the cost in index form, Sum(W[j, k]*x[k], (k, 1, n)), to get one."
            )
        places = [self.put(part) for part in (*node.children, *_shape(node))]
        data = kind.write(node, self) if kind.write else []
        self._known[node] = len(self.rows)
        self.rows.append([type(node).__name__, places, *data])

    def number_of(self, dummy: Any) -> int:
        """Dummies are told apart by their order: SymPy's own numbers differ from run to run."""
        return self._dummies.setdefault(dummy, len(self._dummies) + 1)


class Kind(NamedTuple):
    """How one kind of node is stored: how many parts, which, and what else stands in its row."""

    type: Any
    fewest: int
    most: int
    write: Callable[[Any, Store], list[Any]] | None = None
    read: Callable[[tuple[n.Node, ...], list[Any]], n.Node] | None = None
    fits: Callable[[tuple[n.Node, ...]], bool] = lambda parts: True


def read(rows: object) -> tuple[n.Node, ...]:
    """The formulas of a table that `Store` made, in the order of its rows; `ReadError` for anything else."""
    if not isinstance(rows, list) or len(rows) > MOST_ROWS:
        raise ReadError(f"The table of formulas must be a list of at most {MOST_ROWS} rows.")
    found: list[n.Node] = []
    depths: list[int] = []
    sizes: list[int] = []
    for at, row in enumerate(rows):
        places = _places(row, at)
        depths.append(1 + max((depths[p] for p in places), default=0))
        sizes.append(1 + sum(sizes[p] for p in places))
        if depths[-1] > DEEPEST or sizes[-1] > LARGEST:
            raise ReadError(
                f"Row {at} of the table is a formula of {sizes[-1]} parts, {depths[-1]} deep; "
                f"the limits are {LARGEST} and {DEEPEST}."
            )
        found.append(_node(row, tuple(found[p] for p in places), at))
    return tuple(found)


def _places(row: object, at: int) -> list[int]:
    if not isinstance(row, list) or len(row) < 2 or not isinstance(row[0], str) or not isinstance(row[1], list):
        raise ReadError(f"Row {at} of the table is no [kind, [parts], ...]: {str(row)[:80]}.")
    if not all(type(p) is int and 0 <= p < at for p in row[1]):
        raise ReadError(
            f"Row {at} of the table ({row[0][:40]}) has parts that do not stand before it: {str(row[1])[:80]}."
        )
    return row[1]


def _node(row: Row, parts: tuple[n.Node, ...], at: int) -> n.Node:
    kind = KINDS.get(row[0])
    if kind is None:
        raise ReadError(f"Row {at} of the table has the unknown kind {row[0][:40]!r}; known: {', '.join(KINDS)}.")
    if not kind.fewest <= len(parts) <= kind.most or not kind.fits(parts) or (kind.read is None and len(row) > 2):
        raise ReadError(f"Row {at} of the table is no {row[0]}: it has {len(parts)} parts, or parts of the wrong kind.")
    try:
        node: n.Node = kind.read(parts, row[2:]) if kind.read else kind.type(*parts)
    except (ValueError, TypeError, IndexError, ZeroDivisionError) as error:
        raise ReadError(f"Row {at} of the table is no {row[0]}: {error}") from error
    return node


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
    _, mantissa, exponent, bits = data
    whole, shift, precision = _number(mantissa), _number(exponent), _number(bits)
    if abs(shift) > MOST_BITS or not 1 <= precision <= MOST_BITS:
        raise ReadError(f"a decimal has at most {MOST_BITS} bits before and after its point")
    value = sympy.Float((int(whole < 0), abs(whole), shift), precision=precision)
    if str(value) != data[0]:
        raise ReadError(f"the decimal {str(data[0])[:40]} is not what its bits say, {value}")
    return n.Dec(value)


def _write_sym(node: n.Sym, store: Store) -> list[Any]:
    if type(node.symbol) not in (sympy.Symbol, sympy.Dummy):
        raise Unsupported(f"{node.name} is a {type(node.symbol).__name__}, no Symbol; it cannot be stored.")
    data: list[Any] = [node.name, known.symbol_facts(node.symbol)]
    return [*data, store.number_of(node.symbol)] if isinstance(node.symbol, sympy.Dummy) else data


def _read_sym(parts: tuple[n.Node, ...], data: list[Any]) -> n.Node:
    name, facts, *number = data
    if not number:
        return n.Sym(known.symbol_named(name, facts))
    if len(number) > 1 or type(number[0]) is not int or not 0 < number[0] <= MOST_ROWS:
        raise ReadError("the number of a dummy is wrong")
    return n.Sym(known.symbol_named(name, facts, dummy_index=number[0]))


def _write_base(node: n.Base, store: Store) -> list[Any]:
    """The label, then the facts of label and array; the sizes of its shape, if it has one, are its parts."""
    label = node.base.label
    if type(label) is not sympy.Symbol:
        raise Unsupported(f"The array {node.name} has no Symbol as its label; it cannot be stored.")
    return [label.name, known.symbol_facts(label), known.declared(node.base.assumptions0)]


def _shape(node: n.Node) -> tuple[n.Node, ...]:
    return tuple(from_sympy(size) for size in node.base.shape or ()) if isinstance(node, n.Base) else ()


def _read_base(parts: tuple[n.Node, ...], data: list[Any]) -> n.Node:
    label, facts, own = data
    return n.Base(known.array_named(known.symbol_named(label, facts), own, [part.to_sympy() for part in parts]))


def _plain_sizes(parts: tuple[n.Node, ...]) -> bool:
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


KINDS: dict[str, Kind] = {
    "Num": Kind(n.Num, 0, 0, _write_num, _read_num),
    "Dec": Kind(n.Dec, 0, 0, _write_dec, _read_dec),
    "Const": Kind(
        n.Const, 0, 0, lambda node, _: [known.constant_name(node.value)],
        lambda _, data: n.Const(known.constant_named(*data)),
    ),
    "Sym": Kind(n.Sym, 0, 0, _write_sym, _read_sym),
    "Base": Kind(n.Base, 0, ANY, _write_base, _read_base, _plain_sizes),
    "Indexed": Kind(n.Indexed, 2, ANY, fits=lambda parts: isinstance(parts[0], n.Base)),
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
    "D": Kind(n.D, 2, 2, fits=lambda parts: isinstance(parts[1], (n.Sym, n.Indexed))),
    "Sum": _bound(n.Sum),
    "Prod": _bound(n.Prod),
    "Integral": _bound(n.Integral),
    "Delta": Kind(n.Delta, 2, 2),
    "Rel": Kind(n.Rel, 2, 2, lambda node, _: [node.op], _read_rel),
    "Logic": Kind(n.Logic, 0, ANY, lambda node, _: [node.op], _read_logic),
    "Cases": Kind(n.Cases, 2, ANY, fits=lambda parts: len(parts) % 2 == 0),
}  # fmt: skip
