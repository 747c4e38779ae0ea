"""Compiled code against the literal sums, at tiny sizes with random numbers; disagreement raises."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from gdsym.arrays.program import Input, Program
from gdsym.arrays.reference import Literal
from gdsym.arrays.source import split
from gdsym.arrays.specials import of_degree
from gdsym.errors import StepRefused, Unsupported
from gdsym.verify.noted import plain_number
from gdsym.written.nodes import Base, Delta, Fn, Indexed, Node, Rel, Sym, walk
from gdsym.written.wholes import has_wholes

BOXES = ((0.2, 0.9), (-0.9, 0.9), (1.1, 1.9), (0.01, 0.1))
SMALL = (3, 2, 4, 5, 6, 7, 8)
TOLERANCE = 1e-9
ROOM = (
    (0, 0),
    (8, 0),
    (64, 0),
    (0, 8),
)  # more entries than tiny sizes ask for, e.g. for x[i*j]; larger sizes, for w[c[i] + 2]
Point = dict[Node, Any]


def check_program(program: Program) -> int:
    """At how many points value and gradient equal the literal sums; raises StepRefused if one differs."""
    once, each = split(program, [program.graph.value, *program.graph.gradients])
    agreed = 0
    for point, right in sound_points(program):
        _compare(program, point, right, once, each)
        agreed += 1
        if agreed == 2:
            break
    return agreed


def sound_points(program: Program) -> Iterator[tuple[Point, list[Any]]]:
    """Points within the domain, with value and gradient by the literal sums; matrices that are singular at some sizes get others."""
    found = False
    for turned in (False, True) if has_wholes(program.formula) else (False,):
        for seed, box in enumerate(BOXES if not found else ()):
            try:
                point, right = _point_and_outputs(program, seed, box, turned)
            except Unsupported:
                raise
            except (ArithmeticError, ValueError):
                continue  # outside the domain of a log or a root: the next box may be inside
            if all(np.isfinite(r).all() for r in right):
                found = True
                yield point, right


def _point_and_outputs(
    program: Program, seed: int, box: tuple[float, float], turned: bool = False
) -> tuple[Point, list[Any]]:
    """Arrays whose length no size tells are made longer until every index finds its entry."""
    for room, more in ROOM:
        point = tiny_point(program, random.Random(seed), box, room, more, turned)
        try:
            return point, literal_outputs(program, point)
        except IndexError:
            continue
    raise Unsupported(
        "An index in this cost leaves its array even at tiny sizes, or cannot be bounded. Write indices as whole-number "
        "forms such as i, i + 1 or 2*i that start at the array's first entry, or as labels c[i]."
    )


def literal_outputs(program: Program, point: Point) -> list[Any]:
    """Value and gradient by the literal sums."""
    origins: dict[Node, tuple[int, ...]] = {
        base: tuple(a.origin for a in axes) for base, axes in program.shapes.arrays.items()
    }
    literal = Literal(point, origins)
    outputs: list[Any] = [literal(program.formula)]
    for param, slope in zip(program.params, program.slopes, strict=True):
        if isinstance(slope, Node):
            outputs.append(literal(slope))
        else:
            outputs.append(literal.array(*slope, point[param.node].shape, origins[param.node]))
    return outputs


def _compare(program: Program, point: Point, right: list[Any], once: Any, each: Any) -> None:
    given = [point[i.node] for i in program.inputs if i.kind != "param"]
    params = [point[p.node] for p in program.params]
    names = ["the cost", *(f"the partial by {p.node.name}" for p in program.params)]
    try:
        outputs = each(*params, *given, *once(*given))
    except (ValueError, IndexError) as error:
        raise StepRefused(
            f"The code for this cost cannot be run at tiny sizes ({error}). It was not compiled; this is a bug in gdsym, please report it."
        ) from error
    for name, ours, theirs in zip(names, outputs, right, strict=True):
        if np.shape(ours) != np.shape(theirs):
            raise StepRefused(
                f"The code for {name} gives shape {np.shape(ours)}, its formula {np.shape(theirs)}; a bug in gdsym."
            )
    if not all(map(_close, outputs, right)):
        _settle(program, point, names, outputs, right)


def _close(ours: Any, theirs: Any) -> bool:
    return bool(np.all(abs(ours - theirs) <= TOLERANCE * (1 + abs(theirs))))


def _settle(program: Program, point: Point, names: list[str], outputs: Sequence[Any], right: list[Any]) -> None:
    """Refuse the code, unless it is the literal sum in floats that has lost its digits."""
    from gdsym.arrays.in_balls import true_outputs

    true = true_outputs(program, point)
    if true is not None and all(map(_close, outputs, true)):
        return
    name, ours, theirs = next(row for row in zip(names, outputs, right, strict=True) if not _close(*row[1:]))
    told = f"{np.ravel(ours)[:3]} and {np.ravel(theirs)[:3]}"
    if true is not None and not all(map(_close, right, true)):
        raise Unsupported(
            f"Floats do not hold the terms of {name}: they cancel so far that two ways to add them up give {told}. Write it with fewer "
            "large terms of both signs; polynomials such as legendre(30, u) keep their digits in text, gd.Cost('legendre(30, u)', 'u')."
        )
    raise StepRefused(
        f"The code for {name} disagrees with its formula written out at tiny sizes: {told}. "
        "It was not compiled; this is a bug in gdsym, please report it."
    )


def tiny_point(
    program: Program, rng: random.Random, box: tuple[float, float], room: int = 0, more: int = 0, turned: bool = False
) -> Point:
    """Sizes that differ from each other, random numbers for everything else, labels from their range."""
    sizes = _sizes(program, more, turned)
    point: Point = {**sizes}
    labels, compared = _labels(program.formula), _compared(program.formula)
    for given in program.inputs:
        if given.kind != "size":
            kind = "label" if given.node in labels else "either" if given.node in compared else "measured"
            draw = _drawing(rng, box, kind, sorted(compared.get(given.node, ())))
            point[given.node] = _drawn(program, given, sizes, draw, room)
    return point


def _drawing(rng: random.Random, box: tuple[float, float], kind: str, values: Sequence[float]) -> Callable[[], float]:
    """What is compared may be a label or measured, and is often equal to what it is compared with."""
    if kind == "measured":
        return lambda: rng.uniform(*box)
    if kind == "label":
        return lambda: float(rng.randint(1, 2))
    return lambda: rng.choice((float(rng.randint(1, 2)), rng.uniform(*box), *values))


def _sizes(program: Program, least: int = 0, turned: bool = False) -> dict[Node, int]:
    """Sizes at which every index range has an entry: the first ones largest or least, then larger ones, then such that lie apart."""
    orders = (program.sizes, program.sizes[::-1])[:: -1 if turned else 1]
    for apart, more, places in product((0, 1), range(least, least + 8), orders):
        sizes: dict[Node, int] = {s.node: SMALL[p % len(SMALL)] + more + apart * p * more for p, s in enumerate(places)}
        if all(_count(reach.count.at(sizes)) for _, reach in program.shapes.ranges):
            return sizes
    return sizes


def _count(n: int) -> bool:
    return n >= 1


def _drawn(program: Program, given: Input, sizes: Mapping[Node, int], draw: Callable[[], float], room: int) -> Any:
    """A number, or an array that is as long as the sizes say."""
    if not isinstance(given.node, Base):
        return draw()
    shape = []
    for axis in program.shapes.arrays[given.node]:
        lengths = [a.at(sizes) for a in ((axis.length,) if axis.length else axis.least)]
        shape.append(max(lengths, default=3) + (0 if axis.length else room))
    return np.array([draw() for _ in range(int(np.prod(shape)))]).reshape(shape)


def _labels(formula: Node) -> set[Node]:
    """Data that are used as an index or a degree, or choose one by a Kronecker delta."""
    indices = (i for node in walk(formula) if isinstance(node, (Indexed, Delta)) for i in _indices(node))
    degrees = (node.children[0] for node in walk(formula) if isinstance(node, Fn) and of_degree(node.func))
    parts = [part for i in degrees for part in walk(i) if isinstance(part, (Sym, Indexed))]
    labels = {part.base for i in indices for part in walk(i) if isinstance(part, Indexed)}
    return labels.union(part.base if isinstance(part, Indexed) else part for part in parts)


def _indices(node: Node) -> tuple[Node, ...]:
    return node.indices if isinstance(node, Indexed) else node.children


def _compared(formula: Node) -> dict[Node, set[float]]:
    """What is compared for equality, and the numbers that it is compared with."""
    found: dict[Node, set[float]] = {}
    for node in walk(formula):
        if isinstance(node, Rel) and node.op in ("==", "!="):
            values = {float(side) for c in node.children if (side := plain_number(c)) is not None}
            for child in node.children:
                found.setdefault(child.base if isinstance(child, Indexed) else child, set()).update(values)
    return found
