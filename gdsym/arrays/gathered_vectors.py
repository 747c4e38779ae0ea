"""Products of vectors with one matrix are one product: a (K u + u K) - r K/b is a K u + (a u - r/b) K. A matrix is read once more for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from gdsym.arrays.graph import Graph, Op
from gdsym.record import record


@record
class Term:
    """A term of a sum, with the numbers that it is multiplied by (True: divided by) further out."""

    sign: int
    numbers: tuple[tuple[bool, Op], ...]
    core: Op


def one_product(g: Graph, op: Op, users: Mapping[Op, int]) -> Op | None:
    """The sum of vectors with such products put together; None if there are none."""
    signed = zip(op.attr, op.args, strict=True)
    terms = [t for sign, a in signed for t in _terms(a, sign, (), users)]
    count = Counter(key for t in terms if (key := _matrix(t.core, users)) is not None)
    key, times = count.most_common(1)[0] if count else (None, 0)
    if key is None or times < 2:
        return None
    matrix, place = key
    alike = [t for t in terms if _matrix(t.core, users) == key]
    inside = g.add(tuple((t.sign, _times(g, t.numbers, t.core.args[1 - place])) for t in alike))
    product = g.make("matmul", *((inside, matrix) if place else (matrix, inside)), ndim=1)
    rest = ((t.sign, _times(g, t.numbers, t.core)) for t in terms if t not in alike)
    return g.add(((1, product), *rest))


def _terms(op: Op, sign: int, numbers: tuple[tuple[bool, Op], ...], users: Mapping[Op, int]) -> Iterator[Term]:
    """The terms of a sum, of sums within it as well, where nothing else needs these."""
    if op.ndim != 1 or users[op] > 1:
        yield Term(sign, numbers, op)
    elif op.kind == "add":
        for way, a in zip(op.attr, op.args, strict=True):
            yield from _terms(a, sign * way, numbers, users)
    elif op.kind == "neg":
        yield from _terms(op.args[0], -sign, numbers, users)
    elif op.kind == "div" and not op.args[1].ndim:
        yield from _terms(op.args[0], sign, (*numbers, (True, op.args[1])), users)
    elif op.kind == "mul" and sum(a.ndim > 0 for a in op.args) == 1:
        beside = tuple((False, a) for a in op.args if not a.ndim)
        yield from _terms(next(a for a in op.args if a.ndim), sign, (*numbers, *beside), users)
    else:
        yield Term(sign, numbers, op)


def _matrix(op: Op, users: Mapping[Op, int]) -> tuple[Op, int] | None:
    """The matrix of a product with a vector, and on which side it stands."""
    if op.kind != "matmul" or op.ndim != 1 or users[op] > 1:
        return None
    place = 0 if op.args[0].ndim == 2 else 1
    return (op.args[place], place) if op.args[1 - place].ndim == 1 else None


def _times(g: Graph, numbers: tuple[tuple[bool, Op], ...], vector: Op) -> Op:
    above = [a for over, a in numbers if not over]
    whole = g.make("mul", *above, vector) if above else vector
    for over, a in numbers:
        whole = g.make("div", whole, a) if over else whole
    return whole
