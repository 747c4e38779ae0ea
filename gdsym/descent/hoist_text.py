"""The lines of a hoisted program with their final names: they are the same for all data, and are written once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from gdsym.arrays.names import WORD
from gdsym.descent.hoist_lines import arrays, floats
from gdsym.descent.lines import texts
from gdsym.descent.task import Parameter, Program
from gdsym.record import changed, record

MOST_FLOATS = 3  # with more parameters arrays are quicker than plain numbers


@record(eq=False)
class Text:
    """A hoisted program without its numbers.

    Our own names begin with `prefix`; `params` are what the loop moves, `few` of them plain numbers or else arrays;
    `theirs` are the names that the rest uses. `square` is the squared norm of the gradient.
    """

    prefix: str
    params: tuple[Parameter, ...]
    few: bool
    theirs: frozenset[str]
    once: tuple[str, ...]
    each: tuple[str, ...]
    move: tuple[str, ...]
    gradients: tuple[str, ...]
    value: str
    square: str
    fine: str
    late: str
    far: str


def written(names: tuple[str, ...], params: tuple[Parameter, ...], together: bool, rest: Program | None) -> Text:
    """The text for parameters that the cost's code calls `names`; with `together` many are moved as one vector."""
    return _kept(names, params, together) if rest is None else _written(names, params, together, rest)


@lru_cache(maxsize=64)
def _kept(names: tuple[str, ...], params: tuple[Parameter, ...], together: bool) -> Text:
    return _written(names, params, together, None)


def _written(names: tuple[str, ...], params: tuple[Parameter, ...], together: bool, rest: Program | None) -> Text:
    """`~` in front of our own names becomes a prefix that no other name starts with."""
    size = sum(p.size for p in params)
    few = size <= MOST_FLOATS and not any(p.is_array for p in params)
    lines = floats([p.code for p in params], rest) if few else arrays(size, params, rest)
    moved = params if few or not together else (Parameter("~theta", None, (size,)),)
    theirs = frozenset(WORD.findall("\n".join(texts(rest)))) if rest else frozenset()
    prefix = "q_"
    while any(name.startswith(prefix) for name in theirs.union(names)):
        prefix += "_"

    def named(lines: Iterable[str]) -> tuple[str, ...]:
        return tuple(line.replace("~", prefix) for line in lines)

    once, each, move, gradients = map(named, (lines.once, lines.each, lines.move, lines.gradients))
    value, square, fine, late, far = named(["~J", "~gg", lines.fine, lines.late, lines.far])
    moved = tuple(changed(p, code=p.code.replace("~", prefix)) for p in moved)
    return Text(prefix, moved, few, theirs, once, each, move, gradients, value, square, fine, late, far)
