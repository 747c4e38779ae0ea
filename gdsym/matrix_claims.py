"""Claims about matrices, entry by entry at small shapes: a factor that all entries share, or a point where one differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sympy

from gdsym.counterexample import counterexample
from gdsym.verify.by_entries import named_put_in, written_out
from gdsym.verify.evidence import Unknown
from gdsym.verify.expand import Expander
from gdsym.written import matrix_algebra as mat
from gdsym.written import nodes as n
from gdsym.written.matrices_sympy import said

Pair = tuple[tuple[int, int], n.Node, n.Node]  # place, entry of the derivative, entry of the claim


def in_matrices(*nodes: n.Node) -> bool:
    return any(map(mat.has_matrices, nodes))


def said_shapes(truth: n.Node, claim: n.Node) -> str:
    """What is wrong with the shape of a claim, or nothing."""
    ours, theirs = (mat.shape(node) or mat.SCALAR for node in (truth, claim))
    if ours == theirs or n.is_num(claim, 0):
        return ""
    words = ("a number" if shape == mat.SCALAR else said(shape) for shape in (theirs, ours))
    return "the claim is {}, but the derivative is {}, as the parameter is".format(*words)


def entries(truth: n.Node, claim: n.Node, where: Mapping[n.Node, n.Node], sizes: Mapping[n.Node, int], keep: bool) -> Iterator[Pair]:  # fmt: skip
    """Both sides written out; with `keep`, a size that stands as a number in the formula stays a letter there."""
    expander = Expander(sizes, keep=keep)
    left, right = written_out(named_put_in(truth, where), named_put_in(claim, where), expander)
    for i, (row, other) in enumerate(zip(left, right, strict=True), 1):
        for j, (a, b) in enumerate(zip(row, other, strict=True), 1):
            yield (i, j), a, b


def small(*nodes: n.Node) -> dict[n.Node, int]:
    """Every size 2, the second letter 3, so that shapes cannot be mixed up."""
    found = mat.sizes(*nodes)
    letters = list(dict.fromkeys(s for size in found for s in size.free if isinstance(s, n.Sym)))
    letters += [s for s in found if isinstance(s, n.Num) and s.value > 3 and s not in letters]  # type: ignore[misc]
    return {s: 3 if j == 1 else 2 for j, s in enumerate(letters)}


def shared_factor(truth: n.Node, claim: n.Node, where: Mapping[n.Node, n.Node], factor: Callable[[n.Node, n.Node], Any]) -> Any:  # fmt: skip
    """The one constant c with claim = c * derivative in every entry, None if there is none."""
    try:
        pairs = list(entries(truth, claim, where, small(truth, claim), keep=True))
    except (Unknown, ValueError):
        return None
    found = {factor(a, b) for _, a, b in pairs if not (n.is_num(a, 0) and n.is_num(b, 0))}
    return found.pop() if len(found) == 1 else None


def one_number(node: n.Node) -> n.Node:
    """A number over matrices, written out at a small shape."""
    return Expander(small(node), keep=True).number(node) if mat.has_matrices(node) else node


def difference(truth: n.Node, claim: n.Node, where: Mapping[n.Node, n.Node]) -> tuple[dict[Any, Any], str] | None:
    """A point, matrices as ImmutableMatrix by MatrixSymbol, and what is said of the first entry that differs there."""
    sizes = small(truth, claim)
    try:
        pairs = list(entries(truth, claim, where, sizes, keep=False))
    except (Unknown, ValueError):
        return None
    for place, a, b in pairs:
        at = counterexample(a, b, where)
        if at is not None:
            named = _in_matrices(at.named, (truth, claim), sizes)
            shown = ", ".join(f"{key} = {_text(value)}" for key, value in named.items())
            entry = "" if len(pairs) == 1 else f" in entry ({place[0]}, {place[1]})"
            return named, f"At {shown}{entry}: {at.said}"
    return None


def _in_matrices(point: Mapping[Any, Any], nodes: tuple[n.Node, ...], sizes: Mapping[n.Node, int]) -> dict[Any, Any]:
    """Entries put together; one that plays no part is 0."""
    expander = Expander(sizes)
    symbols = {part for node in nodes for part in n.walk(node) if isinstance(part, mat.MatSym)}
    found = {key.to_sympy(): sympy.Integer(size) for key, size in sizes.items() if isinstance(key, n.Sym)}
    found |= {key: value for key, value in point.items() if not isinstance(key, sympy.Indexed)}
    for symbol in sorted(symbols, key=lambda s: s.name):
        table = [[point.get(entry.to_sympy(), sympy.Integer(0)) for entry in row] for row in expander.entries(symbol)]
        found[symbol.matrix] = sympy.ImmutableMatrix(table)
    return found


def _text(value: Any) -> str:
    """`(1, 2)` for a column, `[[1, 2], [3, 4]]` for a matrix."""
    if not isinstance(value, sympy.MatrixBase):
        return str(value)
    if value.cols == 1:
        return f"({', '.join(map(str, value))})"
    return str(value.tolist())
