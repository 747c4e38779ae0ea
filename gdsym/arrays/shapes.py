"""What a formula says of its arrays: axes, whether they count from 0 or 1, lengths, and which sizes they tell.

An axis counts from 0 if a sum over it starts at 0 (or entry 0 is written), else from 1. Its length is what its
largest index needs: `x[i-1]` and `x[i]` for i = 2..m make x an array of m entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import sympy

from gdsym.arrays.affine import Affine, Range, affine, hull, longest
from gdsym.arrays.branch_ranges import Scope, guarded, parts_of_ranges
from gdsym.arrays.entries_read import Held, Use, form_of, largest, lowest, starts_at_zero
from gdsym.arrays.label_uses import compared_in, lookups
from gdsym.arrays.rows import rows_of
from gdsym.errors import CostError
from gdsym.record import record
from gdsym.written.nodes import Base, Bound, Cases, Delta, Indexed, Node, Prod, Sum, Sym
from gdsym.written.wholes import Inverted, is_whole, letters


@record
class Axis:
    """One axis of an array: its origin, its length if the formula fixes it, else the least length it needs."""

    origin: int
    length: Affine | None
    least: tuple[Affine, ...]
    letter: str  # how a message names the index: "i = 1..m"
    first: int  # the first entry that is read, as far as it is known


@record
class Reader:
    """size = length of an axis + const; size <= that, if the formula does not use the axis to its end."""

    base: Base
    axis: int
    const: int
    whole: bool = True


@record
class Shapes:
    """Every array of a formula, every size that occurs, and the index ranges that must not be negative."""

    arrays: Mapping[Base, tuple[Axis, ...]]
    sizes: Mapping[Sym, tuple[Reader, ...]]
    ranges: tuple[tuple[str, Range], ...]
    lookups: tuple[tuple[Base, int, Base, int], ...] = ()  # labels c, a number, array w, axis: w[c[i] + 1]
    compared: tuple[tuple[Base, str, Range], ...] = ()  # labels c, index k and its range: delta of c[i] and k

    @cached_property
    def origins(self) -> dict[Node, tuple[int, ...]]:
        """The index of the first entry along each axis of an array."""
        return {base: tuple(axis.origin for axis in axes) for base, axes in self.arrays.items()}

    @cached_property
    def first(self) -> int:
        """The index of the first entry of the data: 1, or 0 where the sums start at 0."""
        return min((origin for axes in self.origins.values() for origin in axes), default=1)

    def axes(self, base: Base) -> tuple[Axis, ...]:
        """The axes of an array, or of an inverse."""
        return (_rows(base),) * 2 if isinstance(base, Inverted) else self.arrays[base]

    def needing(self, asked: Iterable[tuple[Base, int, Affine]]) -> Shapes:
        """The shapes with more lengths that axes must have at least."""
        arrays = dict(self.arrays)
        for base, number, length in asked:
            axes = list(arrays[base])
            a = axes[number]
            axes[number] = Axis(a.origin, a.length, tuple(dict.fromkeys((*a.least, length))), a.letter, a.first)
            arrays[base] = tuple(axes)
        return Shapes(arrays, self.sizes, self.ranges, self.lookups, self.compared)

    def span(self, base: Base, axis: int) -> Range | None:
        """The indices of a whole axis."""
        a = self.arrays[base][axis]
        return None if a.length is None else Range(Affine(a.origin), a.length + (a.origin - 1))


def infer(formula: Node, params: Sequence[Node]) -> Shapes:
    """Read axes, origins, lengths and sizes off the sums and entries of `formula`."""
    uses: dict[Base, list[Use]] = {}
    ranges: list[tuple[str, Range]] = []
    compared: dict[tuple[Base, str, Range], None] = {}
    for node, scope, held in scoped(formula):
        if isinstance(node, Indexed) and not isinstance(node.base, Inverted):
            uses.setdefault(node.base, []).extend(
                Use(node, a, affine(at), scope, held) for a, at in enumerate(node.indices)
            )
        elif isinstance(node, (Sum, Prod)):
            ranges.append((node.index.name, extent(node, scope)))
        elif is_whole(node):
            ranges += [(letter.name, rows_of(node)) for letter in letters(node)]
        elif isinstance(node, Cases):
            ranges += parts_of_ranges(node, scope)
        elif isinstance(node, Delta):
            compared.update(dict.fromkeys(compared_in(node, scope)))
    arrays = {base: _axes(base, found, base in params) for base, found in uses.items()}
    looked = [u for found in uses.values() for u in found if u.form is None]
    return Shapes(arrays, _sizes(arrays, ranges, uses), tuple(ranges), tuple(lookups(looked)), tuple(compared))


def _rows(inverse: Inverted) -> Axis:
    """An axis of an inverse."""
    reach = rows_of(inverse)
    return Axis(1, reach.upper, (reach.upper,), letters(inverse)[0].name, 1)


def scoped(node: Node, scope: Scope | None = None, held: Held = ()) -> Iterator[tuple[Node, Scope, Held]]:
    """Every part of a formula with the ranges of the letters that are bound there, and what is known not to be negative."""
    scope = scope or {}
    yield node, scope, held
    if isinstance(node, (Sum, Prod)):
        inner = {**scope, node.index: extent(node, scope)}
        yield from scoped(node.body, inner, held)
        yield from scoped(node.lower, scope, held)
        yield from scoped(node.upper, scope, held)
    elif isinstance(node, Cases):
        for part, left, more in guarded(node, scope):
            yield from scoped(part, left, (*held, *more))
    elif is_whole(node):
        yield from scoped(node.children[0], dict.fromkeys(letters(node), rows_of(node)))
    else:
        named = isinstance(node, Indexed) and not isinstance(node.base, Inverted)
        for child in node.children[1:] if named else node.children:
            yield from scoped(child, scope, held)


def extent(node: Bound, scope: Scope) -> Range:
    """The widest range of a sum's index; bounds that depend on outer indices are taken at their extremes."""
    lower, upper = affine(node.lower), affine(node.upper)
    if node.index in node.lower.free | node.upper.free:
        raise CostError(f"The sum over {node.index.name} has {node.index.name} in its own bounds; rename the index.")
    if lower is None or upper is None:
        raise CostError(
            f"The sum over {node.index.name} has a bound that is no whole-number form such as m or m - 1. "
            "Name the bound by a symbol of its own and give its value with the data."
        )
    return Range(hull(lower, scope, top=False), hull(upper, scope, top=True), (lower, upper))


def _axes(base: Base, uses: list[Use], is_param: bool) -> tuple[Axis, ...]:
    ranks = sorted({len(u.entry.indices) for u in uses})
    if len(ranks) > 1:
        raise CostError(
            f"{base.name} is written with {ranks[0]} and with {ranks[-1]} indices; use one number throughout."
        )
    return tuple(_axis(base, [u for u in uses if u.axis == axis], is_param) for axis in range(ranks[0]))


def _axis(base: Base, uses: list[Use], is_param: bool) -> Axis:
    known = [u for u in uses if u.form is not None]
    origin = 0 if any(map(starts_at_zero, known)) else 1
    for use in known:
        _refuse_below(base, use, origin)
    tops = {largest(u) + (1 - origin) for u in known}
    least = _largest(tops)
    symbolic = [t for t in least if t.terms]
    if is_param:
        symbolic = longest(symbolic, {reach.count for use in known for reach in use.scope.values()})
    if len(symbolic) > 1 and is_param:
        raise CostError(
            f"The parameter {base.name} runs over two ranges ({', '.join(_words(t) for t in symbolic)} entries); "
            "use one size for both, or two parameters."
        )
    if is_param and not symbolic and len(known) < len(uses):
        # only labels reach this axis: its length is a size of its own, told by the start
        symbolic = [Affine(0, ((Sym(sympy.Dummy(f"n_{base.name}")), 1),))]
        least = (*least, *symbolic)
    fixed = symbolic[0] if len(symbolic) == 1 else least[0] if is_param and least and not symbolic else None
    if fixed and not is_param and (fixed.const < 0 or any(c < 0 for _, c in fixed.terms)):
        fixed = None  # x[i - 1] for i = 2..m: m - 1 entries are read, but there may well be m
    return Axis(origin, fixed, least, _letter(known), _first(uses, origin))


def _first(uses: list[Use], origin: int) -> int:
    """The lowest index that any use reads; the axis's origin where that is not known."""
    lows = [lowest(u) if u.form is not None else None for u in uses]
    return max(origin, min((low if low is not None else origin for low in lows), default=origin))


def _one_size(length: Affine) -> bool:
    return len(length.terms) == 1 and length.terms[0][1] == 1


def _refuse_below(base: Base, use: Use, origin: int) -> None:
    first = lowest(use)
    if first is None or first >= origin:
        return
    index = form_of(use).text(lambda s: s.name)
    raise CostError(
        f"{base.name}[{index}] reads entry {first}, but {base.name} counts from {origin}. "
        "Start the sum later so that the index stays in range, or count from 0 throughout."
    )


def _largest(tops: set[Affine]) -> tuple[Affine, ...]:
    """Of lengths that differ by a number only, the largest is needed."""
    best: dict[tuple[tuple[Sym, int], ...], int] = {}
    for top in tops:
        best[top.terms] = max(top.const, best.get(top.terms, top.const))
    ordered = sorted(best.items(), key=lambda kv: [(s.name, c) for s, c in kv[0]])
    return tuple(Affine(const, terms) for terms, const in ordered)


def _words(form: Affine) -> str:
    return form.text(lambda s: s.name)


def _letter(uses: list[Use]) -> str:
    for use in uses:
        for letter in form_of(use).letters & set(use.scope):
            reach = use.scope[letter]
            return f"{letter.name} = {_words(reach.lower)}..{_words(reach.upper)}"
    return ""


def _sizes(
    arrays: Mapping[Base, tuple[Axis, ...]], ranges: list[tuple[str, Range]], uses: Mapping[Base, list[Use]]
) -> dict[Sym, tuple[Reader, ...]]:
    """Each size that bounds or indices mention, with the axes that tell it."""
    found: dict[Sym, list[Reader]] = {}
    for _, reach in ranges:
        for letter in (*reach.lower.letters, *reach.upper.letters):
            found.setdefault(letter, [])
    for use in (u for us in uses.values() for u in us if u.form is not None):
        for letter in form_of(use).letters - set(use.scope):
            found.setdefault(letter, [])
    for base, axes in arrays.items():
        for number, axis in enumerate(axes):
            length = axis.length or _read(axis)
            if length is not None and _one_size(length):
                reader = Reader(base, number, -length.const, axis.length is not None)
                found.setdefault(length.terms[0][0], []).append(reader)
    return {s: tuple(readers) for s, readers in found.items()}


def _read(axis: Axis) -> Affine | None:
    """How far an axis is read that is not used to its end, if one size tells it."""
    symbolic = [a for a in axis.least if a.terms]
    return symbolic[0] if len(symbolic) == 1 else None
