"""The written form as one line of text: Unicode for the terminal, or ASCII as `gd.read` reads it."""

from __future__ import annotations

from gdsym.written import nodes as n


def text(node: n.Node, *, partial: bool = True, ascii: bool = False, limits: bool = True) -> str:  # noqa: A002
    """`node` as text; the round d if `partial`; sums without their limits (Σᵢ) if not `limits`."""
    if ascii:
        from gdsym.writing.ascii import Ascii

        return Ascii(partial, node).write(node)
    from gdsym.writing.unicode import Unicode

    return Unicode(partial, limits, node).write(node)
