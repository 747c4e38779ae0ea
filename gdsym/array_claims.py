"""A claim about whole arrays, in matrices or in NumPy's notation, as a claim about the entry that was derived."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sympy import Symbol

from gdsym.array_parts import alike, is_unit, matrix_axes, shape, size
from gdsym.array_text import read_arrays
from gdsym.claim_text import CODE, plain
from gdsym.derivation import Derivation
from gdsym.door import all_names
from gdsym.errors import CostError, ReadError
from gdsym.index_form import Indexer
from gdsym.named import put_in
from gdsym.reading.source import spelled, tokens
from gdsym.uses import Ends, index_ranges
from gdsym.written import matrix_algebra as mat
from gdsym.written import nodes as n
from gdsym.written.from_sympy import from_sympy

LIBRARY = re.compile(r"\b(?:np|numpy|jnp|math|torch|sp|sympy)\.(?=[A-Za-z])")
EULER = re.compile(LIBRARY.pattern + r"e\b")
COUNT = "number of "
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
    return bare or not CODE.isdisjoint(found) or not {"@", ".", ":"}.isdisjoint(found)


def by_indices(claim: str, d: Derivation) -> str:
    """`Sum(math.exp(w*x[i]), (i, 1, m))` without the library's name, if nothing else is NumPy's notation: a formula with indices."""
    bare = LIBRARY.sub("", EULER.sub("exp(1)", claim))
    return bare if bare != claim and "[" in bare and not in_arrays(bare, d) else claim


def from_arrays(claim: str, d: Derivation) -> n.Node:
    """The entry of what the text describes."""
    ranges = axes_of(d)
    names = all_names(d.node, *d.variables, *d.where, *d.where.values())
    found = read_arrays(claim, ranges, names, labels_of(d, ranges))
    indices, ours = _variable(d, ranges)
    if ours or any(not is_unit(axis) for axis in found.axes):  # a 1 x 1 matrix is a number
        _refuse_misfit(d, ours, [axis.ends for axis in found.axes])
    places: dict[n.Node, n.Node] = {axis.letter: axis.lower for axis in found.axes}
    met = zip(found.axes, indices, ours, strict=bool(ours))
    return n.replace(found.entry, places | {a.letter: index for a, index, ends in met if ends in (None, a.ends)})


def where_it_runs(claim: n.Node, d: Derivation) -> tuple[n.Node, n.Node]:
    """(the formula of the claim, how long arrays must be for its code to find the entries that it needs)."""
    if not isinstance(claim, n.Cases) or len(claim.pairs) > 1:
        return claim, n.TRUE
    ((entry, long),) = claim.pairs
    sizes = {name for axes in axes_of(d).values() for ends in axes if ends for end in ends for name in end.free}
    return (entry, long) if long.free and long.free <= sizes else (claim, n.TRUE)


def where_compared(d: Derivation, claim: n.Node, long: n.Node) -> n.Node:
    """Where claim and derivative are compared: at entries that there are, where the claim asks how many classes labels have."""
    indices, axes = _variable(d, axes_of(d)) if len(d.variables) == 1 else ((), ())
    counted = [
        (i, e[1]) for i, e in zip(indices, axes, strict=False) if e and e[1].free & claim.free and _is_count(e[1])
    ]
    return n.both(d.compared, *(n.Rel("<=", index, last) for index, last in counted), long)


def _is_count(end: n.Node) -> bool:
    """Is it the number of its own that classes have where labels alone choose them?"""
    return any(isinstance(name, n.Sym) and name.name.startswith(COUNT) for name in end.free)


def from_matrices(claim: n.Node, d: Derivation) -> n.Node:
    """The entry of a matrix; a column is an array with one index, or with two in the cost. The names are those of the cost."""
    ranges = axes_of(d)
    indices, ours = _variable(d, ranges)
    rows_and_columns = mat.shape(claim) or ()
    long = [count for count in rows_and_columns if len(ours) == 2 or not n.is_num(count, 1)]
    _refuse_misfit(d, ours, [_counted(count, ends) for count, ends in zip(long, (*ours, None, None), strict=False)])
    places = (_moved(index, _first(ends), n.ONE) for index, ends in zip(indices, ours, strict=True))
    row, column = (next(places) if count in long else n.ONE for count in rows_and_columns or mat.SCALAR)
    writer = Indexer(n.Add(claim, *indices) if indices else claim)
    entry = writer.entry(claim, (row, column), 0) if rows_and_columns else writer.number(claim, 0)
    known = {base.name: (base, axes) for base, axes in ranges.items()}
    return n.rewrite(entry, lambda part: _of_cost(part, known))


def _counted(count: n.Node, ends: Ends | None) -> Ends:
    """Where an axis of a matrix begins and ends: as the one that it meets, if that is as long."""
    return ends if ends is not None and size(ends).to_sympy() == count.to_sympy() else (n.ONE, count)


def _first(ends: Ends | None) -> n.Node:
    return n.ONE if ends is None else ends[0]


def _moved(index: n.Node, old: n.Node, new: n.Node) -> n.Node:
    """The index of the same entry where the first one has another number."""
    return index if old == new else from_sympy(index.to_sympy() - old.to_sympy() + new.to_sympy())


def _of_cost(part: n.Node, known: Mapping[str, tuple[n.Base, tuple[Ends | None, ...]]]) -> n.Node:
    """An entry of a matrix, counted from 1, as the one of the cost's array, which may begin at 0 or have a second axis of one entry."""
    if not isinstance(part, n.Indexed) or not isinstance(part.base, mat.Entries) or part.base.name not in known:
        return part
    base, axes = known[part.base.name]
    indices = part.indices
    if len(indices) < len(axes):
        rest = iter(indices)
        indices = tuple(n.ONE if n.is_num(upper, 1) else next(rest) for _, upper in matrix_axes(part.base))
    return n.Indexed(
        base, *(_moved(index, n.ONE, _first(ends)) for index, ends in zip(indices, (*axes, None, None), strict=False))
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
    found = {base: index_ranges(whole, n.Indexed(base, *letters[:rank])) for base, rank in ranks.items()}
    from_0 = {ends[0] for axes in found.values() for ends in axes if ends and not _by_labels(ends)} == {n.ZERO}
    return {base: tuple(_counted_out(ends, from_0) for ends in axes) for base, axes in found.items()}


def _by_labels(ends: Ends) -> n.Indexed | None:
    """The first label, of an axis of which labels alone choose entries."""
    return next((part for part in n.walk(ends[0]) if isinstance(part, n.Indexed)), None)


def _counted_out(ends: Ends | None, from_0: bool) -> Ends | None:
    """Where labels alone choose entries, the cost does not say how many there are: a number of its own, for all arrays with these labels."""
    if ends is None or (label := _by_labels(ends)) is None:
        return ends
    count = n.Sym(Symbol(f"{COUNT}{label.base.name}", integer=True, positive=True))
    return (n.ZERO, n.add(count, n.Num(-1))) if from_0 else (n.ONE, count)


def labels_of(d: Derivation, ranges: Mapping[n.Base, tuple[Ends | None, ...]]) -> dict[str, n.Node]:
    """The arrays whose entries are indices of others, or compared with one, and the least number that these begin with."""
    found: dict[str, n.Node] = {}
    whole = put_in(d.node, d.where)
    begun: dict[n.Node, n.Node] = {part.index: part.lower for part in n.walk(whole) if isinstance(part, n.Sum)}
    for part in n.walk(whole):
        chosen = (
            [(i, e[0]) for i, e in zip(part.indices, ranges.get(part.base, ()), strict=False) if e]
            if isinstance(part, n.Indexed)
            else []
        )
        if isinstance(part, n.Delta) or (isinstance(part, n.Rel) and part.op == "=="):
            chosen = [(a, begun[b]) for a, b in (part.children, part.children[::-1]) if b in begun]
        for index, lower in chosen:
            for label in (inner for inner in n.walk(index) if isinstance(inner, n.Indexed)):
                least = lower.to_sympy() - index.to_sympy() + label.to_sympy()
                if least.is_Integer and least >= found.get(label.base.name, n.ZERO).to_sympy():
                    found[label.base.name] = from_sympy(least)
    return found
