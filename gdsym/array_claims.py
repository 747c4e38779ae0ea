"""A claim about whole arrays, in matrices or in NumPy's notation, as a claim about the entry that was derived."""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.array_parts import alike, is_unit, matrix_axes, shape
from gdsym.array_text import plain, read_arrays
from gdsym.derivation import Derivation
from gdsym.door import all_names
from gdsym.errors import CostError, ReadError
from gdsym.index_form import Indexer
from gdsym.named import put_in
from gdsym.reading.source import spelled, tokens
from gdsym.uses import Ends, index_ranges
from gdsym.written import matrix_algebra as mat
from gdsym.written import nodes as n

ANY_SIGN = "@.=%^!:;{}'\"|\\"


class WrongShape(CostError):
    """The claim is an array of another shape than the derivative; the text says which."""


def in_arrays(claim: str, d: Derivation) -> bool:
    """Is this NumPy's notation: `@`, `.T`, `x[1:]`, or an array of the cost that stands without an index?"""
    try:
        found = [token.group() for token in tokens(spelled(plain(claim), ANY_SIGN))]
    except ReadError:
        if claim.isascii() and "|" not in claim:
            raise
        return False  # Σᵢ₌₁ᵐ, |u| and other signs of paper are no NumPy
    matrices = (part for part in n.walk(put_in(d.node, d.where)) if isinstance(part, mat.MatSym))
    names = {base.name for base in (*axes_of(d), *matrices)}
    bare = any(word in names and after != "[" for word, after in zip(found, [*found[1:], ""], strict=True))
    return bare or not {"@", ".", ":"}.isdisjoint(found)


def from_arrays(claim: str, d: Derivation) -> n.Node:
    """The entry of what the text describes."""
    ranges = axes_of(d)
    found = read_arrays(claim, ranges, all_names(d.node, *d.variables, *d.where, *d.where.values()))
    indices, ours = _variable(d, ranges)
    if ours or any(not is_unit(axis) for axis in found.axes):  # a 1 x 1 matrix is a number
        _refuse_misfit(d, ours, [axis.ends for axis in found.axes])
    places: dict[n.Node, n.Node] = {axis.letter: axis.lower for axis in found.axes}
    met = zip(found.axes, indices, ours, strict=bool(ours))
    return n.replace(found.entry, places | {a.letter: index for a, index, ends in met if ends in (None, a.ends)})


def from_matrices(claim: n.Node, d: Derivation) -> n.Node:
    """The entry of a matrix; a column is an array with one index. The names are those of the cost."""
    ranges = axes_of(d)
    indices, ours = _variable(d, ranges)
    rows_and_columns = mat.shape(claim) or ()
    theirs = [(n.ONE, size) for size in rows_and_columns if not n.is_num(size, 1)]
    _refuse_misfit(d, ours, theirs)
    places = iter(indices)
    row, column = (n.ONE if n.is_num(size, 1) else next(places) for size in rows_and_columns or mat.SCALAR)
    writer = Indexer(n.Add(claim, *indices) if indices else claim)
    entry = writer.entry(claim, (row, column), 0) if rows_and_columns else writer.number(claim, 0)
    known = {base.name: base for base in ranges}
    return n.replace(
        entry, {part: known[part.name] for part in n.walk(entry) if isinstance(part, n.Base) and part.name in known}
    )


def _variable(
    d: Derivation, ranges: dict[n.Base, tuple[Ends | None, ...]]
) -> tuple[tuple[n.Node, ...], tuple[Ends | None, ...]]:
    """The indices of the entry that was derived, and from where to where each runs."""
    (variable,) = d.variables
    if not isinstance(variable, n.Indexed):
        return (), ()
    if isinstance(variable.base, mat.Entries):
        rest, axes = iter(variable.indices), matrix_axes(variable.base)
        return tuple(n.ONE if n.is_num(upper, 1) else next(rest) for _, upper in axes), axes
    return variable.indices, ranges.get(variable.base, (None,) * len(variable.indices))


def _refuse_misfit(d: Derivation, ours: Sequence[Ends | None], theirs: Sequence[Ends]) -> None:
    if len(ours) != len(theirs) or any(a and not alike(a, b) for a, b in zip(ours, theirs, strict=True)):
        hint = " What is left over is added up with @, .sum() or .mean()." if len(theirs) > len(ours) else ""
        raise WrongShape(f"The claim is {shape(theirs)}, but the derivative by {d.wrt} is {shape(ours)}.{hint}")


def axes_of(d: Derivation) -> dict[n.Base, tuple[Ends | None, ...]]:
    """From where to where each axis of each array of the cost runs."""
    whole = put_in(d.node, d.where)
    ranks = {part.base: len(part.indices) for part in n.walk(whole) if isinstance(part, n.Indexed)}
    letters = [n.fresh(f"axis{j}", ()) for j in range(max(ranks.values(), default=0))]
    return {base: index_ranges(whole, n.Indexed(base, *letters[:rank])) for base, rank in ranks.items()}
