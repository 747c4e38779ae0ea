"""Written form <-> plain lists, strings and ints: a table in which every formula is stored once.

A row is `[kind, [rows of its parts], ...]`; parts come before the whole. Numbers are strings, functions and constants
names from closed tables. Reading builds nothing that the tables do not name, and knows how large a formula may be.
"""

from __future__ import annotations

from typing import Any

from gdsym.errors import ReadError, Unsupported
from gdsym.written import nodes as n
from gdsym.written.kinds import PLAIN
from gdsym.written.matrix_kinds import MATRICES

MOST_ROWS = 200_000
DEEPEST = 400  # levels of one formula
LARGEST = 200_000  # nodes of one formula, written out
KINDS = {**PLAIN, **MATRICES}

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
            raise Unsupported(f"A formula with {type(node).__name__} in it cannot be stored.")
        places = [self.put(part) for part in (*node.children, *kind.more(node))]
        data = kind.write(node, self) if kind.write else []
        self._known[node] = len(self.rows)
        self.rows.append([type(node).__name__, places, *data])

    def number_of(self, dummy: Any) -> int:
        """Dummies are told apart by their order: SymPy's own numbers differ from run to run."""
        return self._dummies.setdefault(dummy, len(self._dummies) + 1)


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
