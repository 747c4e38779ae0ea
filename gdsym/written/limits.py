"""How deep and how large a formula may be: walkers recurse, and Python's stack is the user's, too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gdsym.errors import Unsupported

DEEPEST = 100  # levels of nesting
LARGEST = 300_000  # parts, each counted wherever it stands


def refuse_unbounded(formula: Any, parts: Callable[[Any], Sequence[Any]]) -> None:
    """A formula that is nested too deeply or too large written out is refused before anything recurses into it.

    Equal parts are looked at once: x + sin(x) put into itself 90 times is built at once, and too large to be read by anybody.
    """
    sizes: dict[
        int, tuple[int, int, Any]
    ] = {}  # by identity: levels, parts, and the part itself, which must live as long
    todo: list[tuple[Any, Sequence[Any] | None]] = [(formula, None)]
    while todo:
        part, below = todo.pop()
        if below is None:
            if id(part) in sizes:
                continue
            below = parts(part)
            if below:
                todo.append((part, below))
                todo += [(inner, None) for inner in below if id(inner) not in sizes]
            else:
                sizes[id(part)] = 1, 1, part
            continue
        known = [sizes[id(inner)] for inner in below]
        sizes[id(part)] = 1 + max([k[0] for k in known]), 1 + sum([k[1] for k in known]), part
    deep, many, _ = sizes[id(formula)]
    mend = "Name inner parts with where={u: ...} and derive them one by one."
    if deep > DEEPEST:
        raise Unsupported(f"The expression is nested {deep} levels deep; the limit is {DEEPEST}. {mend}")
    if many > LARGEST:
        count = f"{many:,}" if many < 10**9 else f"about {float(many) if many < 10**300 else 1e300:.0e}"
        raise Unsupported(
            f"The expression has {count} parts written out ({len(sizes):,} that differ); the limit is {LARGEST:,}. {mend}"
        )
