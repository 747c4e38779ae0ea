"""The written form as one line of text: Unicode for the terminal, or ASCII as `gd.read` reads it."""

from __future__ import annotations

from gdsym.writing.ascii import Ascii
from gdsym.writing.unicode import Unicode
from gdsym.written import nodes as n


def text(node: n.Node, *, partial: bool = True, ascii: bool = False, limits: bool = True) -> str:  # noqa: A002
    """`node` as text; the round d if `partial`; sums without their limits (Σᵢ) if not `limits`."""
    return (Ascii(partial, node) if ascii else Unicode(partial, limits, node)).write(node)
