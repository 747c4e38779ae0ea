"""What a page says of an expression besides its lines: which d is written, and what sums were checked at."""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.verify.points import SIZES
from gdsym.written.nodes import Base, Node, Prod, Sum, Sym, walk


def round_d(node: Node, params: Sequence[Node]) -> bool:
    """Is it a function of several letters, so that the round d is used? An array is several parameters by itself."""
    if params:
        return len(params) > 1 or isinstance(params[0], Base)
    return len(node.free) > 1


def sizes(node: Node) -> str:
    """`m, n = 1, 2, 3, 5`: what the letters at the upper ends of sums were in the checks."""
    uppers = (name for part in walk(node) if isinstance(part, (Sum, Prod)) for name in part.upper.free)
    names = sorted({name.name for name in uppers if isinstance(name, Sym)})
    return f"{', '.join(names)} = {', '.join(map(str, SIZES))}" if names else ""
