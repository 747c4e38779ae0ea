"""Entries that labels choose, `np.eye(K)[c]`, `P[np.arange(n), c]`, and what is added to them, `np.add.at(g, c, v)`, `np.bincount`."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from gdsym.array_calls import combined
from gdsym.array_kinds import refuse_cut_off
from gdsym.array_labels import COUNTED, chosen_by, is_label
from gdsym.array_made import DIAGONAL, axis_as_long, diagonal
from gdsym.array_masks import is_condition
from gdsym.array_parts import Array, Axis, Call, alike, called, is_whole
from gdsym.claim_text import ADDED_AT
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.array_text import Arrays


def one_hot(r: Arrays, e: ast.Subscript, level: int) -> Array | None:
    """`np.eye(K)[c]`: for each label a row with 1 in the place of the label; None if it is something else.

    Labels are those of the cost: where its classes are 1 to K and the array begins at 0, `np.eye(K)[c - 1]` is the same.
    """
    if called(e.value) not in DIAGONAL or isinstance(e.slice, (ast.Slice, ast.Tuple)):
        return None
    if is_condition(e.slice):
        raise r.error("A mask chooses rows in NumPy, it is no label.", e)
    rows = diagonal(r, e.value, e.value.args, level)  # type: ignore[attr-defined]
    row, column = rows.axes
    labels = chosen_by(r, e, e.slice, row, level)
    return Array((*labels.axes, column), n.Delta(labels.entry, column.letter))


def picked(r: Arrays, e: ast.Subscript, whole: Array, level: int) -> Array | None:
    """`P[np.arange(n), c]`: the entry that the label of each row chooses; None if it is something else."""
    if (label := label_of_row(r, e, whole, level)) is None:
        return None
    rows, classes = whole.axes
    return Array((rows,), n.replace(whole.entry, {classes.letter: label}))


def label_of_row(r: Arrays, e: ast.Subscript, whole: Array, level: int) -> n.Node | None:
    """`P[np.arange(n), c]`: the label of the row, by the letter of its axis; None if it is something else."""
    places = e.slice.elts if isinstance(e.slice, ast.Tuple) else []
    if len(places) != 2 or called(places[0]) not in COUNTED or len(whole.axes) != 2:
        return None
    rows, classes = whole.axes
    count, labels = places[0].args, chosen_by(r, e, places[1], classes, level)  # type: ignore[attr-defined]
    runs = [axis_as_long(r, size, level).ends for size in count] + [a.ends for a in labels.axes]
    if len(count) != 1 or runs != [rows.ends] * 2:
        raise r.error(f"This is read as P[np.arange(n), c], with a label for each row of {whole.shape}.", e)
    return n.replace(labels.entry, {labels.axes[0].letter: rows.letter})


def _one_hot(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`one_hot(c, K)` of PyTorch, JAX and TensorFlow, `to_categorical(c, K)` of Keras: `np.eye(K)[c]`."""
    sizes = [*args[1:], *(k.value for k in e.keywords if k.arg in ("num_classes", "depth"))]
    if not args or len(sizes) != 1 or len(e.keywords) > 2 - len(args):
        raise r.error("This is read as one_hot(c, K), for labels c of K classes.", e)
    rows = ast.Call(ast.Name("eye", ast.Load()), sizes, [])
    return r.value(ast.fix_missing_locations(ast.copy_location(ast.Subscript(rows, args[0], ast.Load()), e)), level)


def _added_at(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`np.add.at(g, c, v)`: to the entry that each label chooses its own v is added, however often it is chosen."""
    target, sign, value = args
    assert isinstance(target, ast.Subscript)
    assert isinstance(sign, ast.Constant)
    places = list(target.slice.elts) if isinstance(target.slice, ast.Tuple) else [target.slice]
    refuse_cut_off(r, target, sign.value, value)  # type: ignore[arg-type]
    whole, new = r.value(target.value, level), r.value(value, level)
    if len(places) > len(whole.axes):
        raise r.error(f"These are no places in {whole.shape}.", e)
    rest: list[Axis] = []
    along: Axis | None = None
    tests: list[n.Node] = []
    for place, axis in zip(places, whole.axes, strict=False):
        if is_whole(place) and along is not None:
            rest.append(axis)
            continue
        by_place = called(place) in COUNTED
        if not by_place and not is_label(r, place):
            raise r.error("This is read as np.add.at(g, c, v), for labels c of the cost.", e)
        labels = r.value(place, level) if by_place else chosen_by(r, e, place, axis, level)
        if len(labels.axes) != 1 or (along is not None and not alike(along.ends, labels.axes[0].ends)):
            raise r.error(f"Labels are needed here, one for each sample, not {labels.shape}.", e)
        along = along or labels.axes[0]
        index = n.replace(labels.entry, {labels.axes[0].letter: along.letter})
        tests.append(n.Delta(n.add(index, axis.lower) if by_place and axis.lower != n.ZERO else index, axis.letter))
    assert along is not None
    rest += whole.axes[len(places) :]
    axes, parts = combined((Array((along, *rest), n.ZERO), new))
    if axes is None or [a.ends for a in axes] != [a.ends for a in (along, *rest)]:
        raise r.error(f"What is added is {new.shape}, and does not fit into the places that are chosen.", e)
    added = n.Sum(n.mul(*tests, parts[1]), along.letter, along.lower, along.upper)
    return Array(whole.axes, n.Add(whole.entry, added if sign.value == "+" else n.Neg(added)))


def _bincount(r: Arrays, e: ast.Call, args: Sequence[ast.expr], level: int) -> Array:
    """`np.bincount(c, weights=v, minlength=K)`: for each class the sum of its v."""
    said = dict(zip(("x", "weights", "minlength"), args, strict=False)) | {str(k.arg): k.value for k in e.keywords}
    if not {"x", "minlength"} <= set(said) <= {"x", "weights", "minlength"} or not is_label(r, said["x"]):
        raise r.error("bincount is read as np.bincount(c, weights=v, minlength=K), for labels c of the cost.", e)
    classes = axis_as_long(r, said["minlength"], level)
    labels = chosen_by(r, e, said["x"], classes, level)
    weights = r.value(said["weights"], level) if "weights" in said else Array(labels.axes, n.ONE)
    if len(labels.axes) != 1 or [a.ends for a in weights.axes] != [a.ends for a in labels.axes]:
        raise r.error(f"One weight for each label is needed here, not {weights.shape}.", e)
    (along,) = labels.axes
    weight = n.replace(weights.entry, {weights.axes[0].letter: along.letter})
    body = n.Mul(n.Delta(labels.entry, classes.letter), weight)
    return Array((classes,), n.Sum(body, along.letter, along.lower, along.upper))


PICKED: Mapping[str, Call] = MappingProxyType(
    {**dict.fromkeys(("one_hot", "to_categorical"), _one_hot), ADDED_AT: _added_at, "bincount": _bincount}
)
