"""What a mask leaves of an axis, `X[z > 0]`: an axis of its own, which meets what the same mask leaves of others, and is added up over.

Its letter runs through the places of the whole axis; its length is a name, until a sum over it becomes one over the whole
axis with 0 where the mask does not hold. Entries of it have no places that are known: whatever counts them is refused.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from gdsym.array_masks import condition, is_condition
from gdsym.array_parts import Array, Axis, called
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.array_text import Arrays

ADVICE = "What a mask leaves is added up, or met by what the same mask leaves; its entries are not counted. Write np.where(mask, a, 0)."


def mask_of(place: ast.expr) -> ast.expr | None:
    """The condition in `a[z > 0]`, `a[np.where(z > 0)[0]]`, `a[np.flatnonzero(z > 0)]`; None if it is something else."""
    if is_condition(place):
        return place
    inner = place.value if isinstance(place, ast.Subscript) and getattr(place.slice, "value", None) == 0 else place
    names = ("where", "nonzero") if inner is not place else ("flatnonzero",)
    args = inner.args if isinstance(inner, ast.Call) and not inner.keywords else []
    return args[0] if called(inner) in names and len(args) == 1 and is_condition(args[0]) else None


def is_kept(r: Arrays, axis: Axis) -> bool:
    return axis.upper in r.kept


def refuse_kept(r: Arrays, axis: Axis, e: ast.AST) -> None:
    if is_kept(r, axis):
        raise r.error(ADVICE, e)


def holds_along(r: Arrays, axis: Axis, mask: ast.expr, level: int) -> Array:
    """The condition along this axis."""
    holds = condition(r, mask, level)
    if [a.ends for a in holds.axes] != [axis.ends] or is_kept(r, axis):
        raise r.error(f"The mask is {holds.shape}, what it is taken of {Array((axis,), n.ZERO).shape}.", mask)
    return holds


def kept_axis(r: Arrays, axis: Axis, mask: ast.expr, level: int) -> Axis:
    """What the mask leaves of this axis: as long as what the same mask leaves of another."""
    holds = holds_along(r, axis, mask, level)
    key = ast.unparse(mask), tuple(sorted((name, letter.name) for name, letter in r.loops.items())), axis.ends
    if key not in r.masks:
        r.masks[key] = r.letter("kept")
        r.kept[r.masks[key]] = holds
    return Axis(r.letter(), n.ONE, r.masks[key])


def resolved(r: Arrays, found: Array, e: ast.AST) -> Array:
    """The array with sums over whole axes; refused where it is as long as a mask says, or counts what that leaves."""
    entry = found.entry
    for count, holds in reversed(list(r.kept.items())):
        if count in {axis.upper for axis in found.axes}:
            raise r.error(ADVICE, e)
        if count in entry.free:
            entry = _over_whole(r, entry, count, holds, e)
    return Array(found.axes, entry)


def _over_whole(r: Arrays, entry: n.Node, count: n.Node, holds: Array, e: ast.AST) -> n.Node:
    (axis,) = holds.axes

    def along(letter: n.Node, body: n.Node) -> n.Node:
        return n.Cases(body, n.replace(holds.entry, {axis.letter: letter}), n.ZERO, n.TRUE)

    def whole(part: n.Node) -> n.Node:
        if not isinstance(part, n.Sum) or part.upper != count:
            return part
        if part.lower != n.ONE or not _only_chooses(part.index, part.body):
            raise r.error(ADVICE, e)
        return n.Sum(along(part.index, part.body), part.index, axis.lower, axis.upper)

    entry = n.rewrite(entry, whole)
    for part in n.walk(entry):
        limits = (
            (part.lower, part.upper) if isinstance(part, n.Sum) else part.indices if isinstance(part, n.Indexed) else ()
        )
        if any(count in limit.free for limit in limits):
            raise r.error(ADVICE, e)
    letter = r.letter()
    return n.replace(entry, {count: n.Sum(along(letter, n.ONE), letter, axis.lower, axis.upper)})


def _only_chooses(letter: n.Node, e: n.Node) -> bool:
    """Does the letter stand as an index only, or compared with another such letter?"""
    if e == letter:
        return False
    if isinstance(e, (n.Indexed, n.Delta)):
        parts = e.indices if isinstance(e, n.Indexed) else e.children
        return all(part == letter or _only_chooses(letter, part) for part in parts)
    return all(_only_chooses(letter, part) for part in e.children if letter in part.free)
