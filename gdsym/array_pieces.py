"""Arrays that are put together from pieces, `np.concatenate`, `np.diff`, `np.roll`, and pieces of arrays that are changed, `g[1:] += d`."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from copy import deepcopy
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gdsym.array_calls import combined, indexed, is_library, position
from gdsym.array_joined import joined, listed
from gdsym.array_kept import kept_axis, mask_of, refuse_kept
from gdsym.array_kinds import entrywise, refuse_cut_off
from gdsym.array_labels import is_label, refuse_parted
from gdsym.array_loops import in_loop, inside, place_in_loop, where_inside
from gdsym.array_masks import condition, is_condition
from gdsym.array_parts import (
    Array,
    Axis,
    Call,
    called,
    in_places,
    is_new,
    is_unit,
    is_whole,
    size,
    sum_of,
    whole_number,
)
from gdsym.array_picked import label_of_row
from gdsym.claim_text import PART_CHANGED
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.array_text import Arrays


def _changed(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`a[places] op= b` as a call: a with b in these places, or with a op b there."""
    target, sign, value, *guard = args
    assert isinstance(target, ast.Subscript)
    assert isinstance(sign, ast.Constant)
    refuse_cut_off(r, target, str(sign.value), value)
    whole = r.value(target.value, level)
    if is_condition(target.slice):
        return _where_masked(r, target, whole, value, str(sign.value), level)
    new = r.value(value, level)
    if (label := label_of_row(r, target, whole, level)) is not None:
        return _where_labelled(r, target, whole, new, str(sign.value), label)
    left, at, tests = _places(r, whole, target)
    axes, _ = combined((Array(left, n.ZERO), new))
    if axes is None or len(new.axes) > len(left) or any(map(_differ, axes, left)):
        raise r.error(f"What is put in is {new.shape}, and does not fit into {Array(left, n.ZERO).shape}.", target)
    along = zip(reversed(new.axes), reversed(left), strict=False)
    entry = n.replace(new.entry, {a.letter: a.lower if is_unit(a) else at[b.letter] for a, b in along})
    changed = in_places(whole.entry, str(sign.value), entry, n.both(*tests))
    return Array(whole.axes, where_inside(changed, inside(r, whole, target, guard, level)))


def _where_labelled(r: Arrays, e: ast.Subscript, whole: Array, new: Array, sign: str, label: n.Node) -> Array:
    """`P[np.arange(n), c] -= 1`: one entry of each row, by a number, or by one for each row."""
    rows, classes = whole.axes
    if new.axes and [a.ends for a in new.axes] != [rows.ends]:
        raise r.error(f"One number for each row is put in here, not {new.shape}.", e)
    entry = n.replace(new.entry, {a.letter: rows.letter for a in new.axes})
    return Array(whole.axes, in_places(whole.entry, sign, entry, n.Rel("==", classes.letter, label)))


def _differ(a: Axis, b: Axis) -> bool:
    return a.ends != b.ends


def _where_masked(r: Arrays, e: ast.Subscript, whole: Array, value: ast.expr, sign: str, level: int) -> Array:
    """`a[mask] = b`, for one number b, or what the same mask leaves of arrays: a[mask] += 2*c[mask]."""
    holds, without = condition(r, e.slice, level), _Unmasked(ast.unparse(e.slice))
    new = r.value(without.visit(deepcopy(value)), level)
    alone = any(r.value(part, level).axes for part in without.others)
    if alone or any(len(r.value(part, level).axes) != len(whole.axes) for part in without.parts):
        raise r.error("Where a mask holds, one number is put in, or what the same mask leaves: a[mask] = b[mask].", e)
    if not 0 < len(holds.axes) <= len(whole.axes) or any(map(_differ, holds.axes, whole.axes)):
        raise r.error(f"The mask is {holds.shape}, the array {whole.shape}.", e)
    rows = (r.unit() for _ in whole.axes[len(holds.axes) :])  # a mask of fewer axes takes whole rows
    holds = Array((*holds.axes, *rows), holds.entry)
    return r.together(lambda a, b, c: in_places(a, sign, b, c), (whole, new, holds), e)


class _Unmasked(ast.NodeTransformer):
    """`b[mask]` as b, for this mask, where entries meet one by one; in `b[mask].sum()` it stays. The `others` are the numbers beside it."""

    def __init__(self, mask: str) -> None:
        self._mask = mask
        self.parts: list[ast.expr] = []
        self.others: list[ast.expr] = []

    def visit(self, e: Any) -> Any:
        if isinstance(e, ast.Subscript) and ast.unparse(e.slice) == self._mask:
            self.parts.append(e.value)
            return e.value
        if isinstance(e, ast.Call) and entrywise(e):
            if isinstance(e.func, ast.Attribute) and not is_library(e.func.value):
                e.func.value = self.visit(e.func.value)
            e.args = e.args if called(e) == "astype" else [self.visit(arg) for arg in e.args]
            return e
        if entrywise(e):
            return self.generic_visit(e)
        if isinstance(e, ast.expr) and not is_new(e):
            self.others.append(e)
        return e


def _places(r: Arrays, whole: Array, e: ast.Subscript) -> tuple[tuple[Axis, ...], dict[n.Node, n.Node], list[n.Node]]:
    """(the axes of a[places], what their letters are where the entry of a is known, when that is one of the places)."""
    places = _spread(list(e.slice.elts) if isinstance(e.slice, ast.Tuple) else [e.slice], len(whole.axes))
    if any(map(is_new, places)) or len(places) > len(whole.axes):
        raise r.error(f"These are no places in {whole.shape}.", e)
    left: list[Axis] = []
    at: dict[n.Node, n.Node] = {}
    tests: list[n.Node] = []
    for place, axis in zip(places, whole.axes, strict=False):
        if (count := whole_number(place)) is not None:
            refuse_kept(r, axis, e)
            tests.append(n.Rel("==", axis.letter, position(r, axis, count)))
            continue
        if is_label(r, place) and not in_loop(r, place):
            raise r.error(
                "Where a label stands twice, NumPy changes its entry once; what is added up for each label is np.add.at(g, c, v).",
                e,
            )
        if (mask := mask_of(place)) is not None:
            kept = kept_axis(r, axis, mask, 0)
            holds = r.kept[kept.upper]
            tests.append(n.replace(holds.entry, {holds.axes[0].letter: axis.letter}))
            left.append(kept)
            at[kept.letter] = axis.letter
            continue
        if in_loop(r, place):
            tests.append(n.Rel("==", axis.letter, place_in_loop(r, axis, place, 0)))
            continue
        alone = indexed(r, Array((axis,), axis.letter), ast.copy_location(ast.Subscript(e.value, place), e))
        (part,) = alone.axes
        left.append(part)
        if getattr(place, "step", None) is not None:  # from the last to the first
            at[part.letter] = sum_of(axis.lower, axis.upper, n.Neg(axis.letter))
            continue
        first = 0 if is_whole(place) else whole_number(getattr(place, "lower", None)) or 0
        at[part.letter] = sum_of(axis.letter, n.Num(-first))
        tests += [n.Rel(">=", axis.letter, sum_of(axis.lower, n.Num(first)))] if first > 0 else []
        end = sum_of(axis.lower, size(part.ends), n.Num(first - 1))
        tests += [n.Rel("<=", axis.letter, end)] if end != axis.upper else []
    if any(mask_of(place) is not None for place in places):
        refuse_parted(r, e, places, "Masks and numbers stand side by side here: P[c == k, k].")
    rest = whole.axes[len(places) :]
    return (*left, *rest), at | {axis.letter: axis.letter for axis in rest}, tests


def _spread(places: list[ast.expr], count: int) -> list[ast.expr]:
    """`...` as all the axes that nothing else is said of."""
    dots = [at for at, place in enumerate(places) if isinstance(place, ast.Constant) and place.value is ...]
    if len(dots) != 1:
        return places
    (at,) = dots
    return [*places[:at], *[ast.Slice()] * (count - len(places) + 1), *places[at + 1 :]]


def _pad(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`np.pad(a, (1, 0))`: zeros before and behind."""
    around = args[1] if len(args) == 2 and not e.keywords else None
    ends = around.elts if isinstance(around, ast.Tuple) and len(around.elts) == 2 else [around, around]
    counts = [-1 if end is None else whole_number(end) for end in ends]
    if any(count is None or not 0 <= count <= 20 for count in counts):
        raise r.error("pad is read as np.pad(a, (1, 0)), zeros before and behind an array of one axis.", e)
    before, behind = ([Array((), n.ZERO)] * (count or 0) for count in counts)
    return joined(r, [*before, r.value(args[0], level), *behind], e)


def _diff(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`np.diff(a)` is a[1:] - a[:-1]; with prepend and append numbers before and behind a."""
    said = {str(k.arg): k.value for k in e.keywords}
    if len(args) != 1 or not set(said) <= {"prepend", "append", "axis"}:
        raise r.error("diff is read as np.diff(a), with axis=, prepend= and append=.", e)
    found = r.value(args[0], level)
    around = {key: listed(r, said[key], level) for key in ("prepend", "append") if key in said}
    if around:
        found = joined(r, [*around.get("prepend", []), found, *around.get("append", [])], e)
    if not found.axes:
        raise r.error("diff is taken of an array.", e)
    axis = r.axis(said["axis"], found) if "axis" in said else found.axes[-1]
    shorter = Axis(axis.letter, axis.lower, sum_of(axis.upper, n.Num(-1)))
    after = n.replace(found.entry, {axis.letter: n.add(axis.letter, n.ONE)})
    axes = tuple(shorter if one is axis else one for one in found.axes)
    return Array(axes, n.Add(after, n.Neg(found.entry)))


def _roll(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`np.roll(a, 1)`: entry i is the one before, the first one the last."""
    shift = whole_number(args[1]) if len(args) == 2 else None
    along = [k.value for k in e.keywords if k.arg == "axis"]
    if shift is None or len(e.keywords) > len(along) or not -20 <= shift <= 20:
        raise r.error("roll is read as np.roll(a, 1), with axis=.", e)
    found = r.value(args[0], level)
    if not found.axes or (len(found.axes) > 1 and not along):
        raise r.error(f"roll of {found.shape} along which axis? Say axis=.", e)
    axis = r.axis(along[0], found) if along else found.axes[0]
    if shift == 0:
        return found
    r.needed(axis, abs(shift))
    near = n.replace(found.entry, {axis.letter: sum_of(axis.letter, n.Num(-shift))})
    around = sum_of(axis.letter, n.Num(-shift), axis.size if shift > 0 else n.Neg(axis.size))
    far = n.replace(found.entry, {axis.letter: around})
    if shift > 0:
        test = n.Rel("<", axis.letter, sum_of(axis.lower, n.Num(shift)))
    else:
        test = n.Rel(">", axis.letter, sum_of(axis.upper, n.Num(shift)))
    return Array(found.axes, n.Cases(far, test, near, n.TRUE))


def _cumsum(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`np.cumsum(a)`: entry i is the sum of all up to i."""
    along = [*args[1:], *(k.value for k in e.keywords if k.arg in ("axis", "dim"))]
    if not args or len(along) != len(args) - 1 + len(e.keywords) or len(along) > 1:
        raise r.error("cumsum is read as np.cumsum(a), with axis=.", e)
    found = r.value(args[0], level)
    if not found.axes or (len(found.axes) > 1 and not along):
        raise r.error(f"cumsum of {found.shape} along which axis? Say axis=.", e)
    axis, letter = r.axis(along[0], found) if along else found.axes[0], r.letter()
    body = n.replace(found.entry, {axis.letter: letter})
    return Array(found.axes, n.Sum(body, letter, axis.lower, axis.letter))


def _flip(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`np.flip(a)` is a[::-1], of all axes."""
    if len(args) != 1 or e.keywords:
        raise r.error(
            "flip is read as np.flip(a), of all axes; a[::-1] is the same for an array of one axis, a[:, ::-1] turns rows.",
            e,
        )
    found = r.value(args[0], level)
    return Array(
        found.axes,
        n.replace(found.entry, {a.letter: sum_of(a.lower, a.upper, n.Neg(a.letter)) for a in found.axes}),
    )


PIECES: Mapping[str, Call] = MappingProxyType(
    {
        PART_CHANGED: _changed, "pad": _pad, "diff": _diff, "roll": _roll, "cumsum": _cumsum, "flip": _flip,
    }
)  # fmt: skip
