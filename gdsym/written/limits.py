"""How deep and how large a formula may be: walkers recurse, and Python's stack is the user's, too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gdsym.errors import Unsupported

DEEPEST = 100  # levels of nesting
LARGEST = 100_000  # parts, each counted wherever it stands


def refuse_unbounded(formula: Any, parts: Callable[[Any], Sequence[Any]]) -> None:
    """A formula that is nested too deeply or too large written out is refused before anything recurses into it.

    Equal parts are looked at once: x + sin(x) put into itself 90 times is built at once, and too large to be read by anybody.
    """
    sizes: dict[Any, tuple[int, int]] = {}
    todo: list[tuple[Any, bool]] = [(formula, False)]
    while todo:
        part, ready = todo.pop()
        if part in sizes:
            continue
        if ready:
            below = [sizes[inner] for inner in parts(part)]
            sizes[part] = 1 + max((deep for deep, _ in below), default=0), 1 + sum(many for _, many in below)
        else:
            todo.append((part, True))
            todo += [(inner, False) for inner in parts(part) if inner not in sizes]
    deep, many = sizes[formula]
    mend = "Name inner parts with where={u: ...} and derive them one by one."
    if deep > DEEPEST:
        raise Unsupported(f"The expression is nested {deep} levels deep; the limit is {DEEPEST}. {mend}")
    if many > LARGEST:
        count = f"{many:,}" if many < 10**9 else f"about {float(many) if many < 10**300 else 1e300:.0e}"
        raise Unsupported(
            f"The expression has {count} parts written out ({len(sizes):,} that differ); the limit is {LARGEST:,}. {mend}"
        )
