"""What NumPy computes in place of operations, where that is quicker there; engines that write loops do without."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from gdsym.arrays.expand import reachable
from gdsym.arrays.graph import Graph, Op
from gdsym.arrays.masked import by_one_shift
from gdsym.arrays.places import by_places
from gdsym.arrays.whole_texts import WHOLES


def quicker(graph: Graph, outputs: Sequence[Op]) -> dict[Op, Op]:
    """What becomes of each operation."""
    found: dict[Op, Op] = {}
    for rewritten in _rules(outputs):
        then = rewritten(graph, [found.get(op, op) for op in outputs])
        found = {op: then.get(new, new) for op, new in found.items()} or then
    return found


def _rules(outputs: Sequence[Op]) -> Iterator[Callable[[Graph, Sequence[Op]], dict[Op, Op]]]:
    yield by_one_shift
    kinds = {op.kind for op in reachable(outputs)}
    if "lookup" in kinds:
        from gdsym.arrays.picked import by_tables

        yield by_tables
    if "scatter" in kinds:
        from gdsym.arrays.spots import by_spots

        yield by_spots
    if "diagonal" in kinds:
        from gdsym.arrays.shifted import by_shifts

        yield by_shifts
    if "windows" in kinds:
        from gdsym.arrays.correlated import by_correlation

        yield by_correlation
    if "indicator" in kinds and not kinds.isdisjoint(WHOLES):
        from gdsym.arrays.eyes import by_eyes

        yield by_eyes
    if {"where", "compare", "abs"} <= kinds:
        from gdsym.arrays.clips import by_clips

        yield by_clips
    if {"max", "exp", "log"} <= kinds:
        from gdsym.arrays.top_sums import by_largest

        yield by_largest
    if "mills" in kinds:
        from gdsym.arrays.scaled import by_scaled

        yield by_scaled
    if "inverse" in kinds:
        from gdsym.arrays.solved import by_sides, by_solving

        yield by_sides
        yield by_solving
    if "concatenate" in kinds:
        yield by_places


def with_data_laid_out(graph: Graph, outputs: Sequence[Op]) -> dict[Op, Op]:
    """What becomes of each output where data are read before a loop, and may be laid out anew there."""
    if not any(op.kind == "correlated" for op in reachable(outputs)):
        return {}
    from gdsym.arrays.correlated import by_unfolding

    return by_unfolding(graph, outputs)
