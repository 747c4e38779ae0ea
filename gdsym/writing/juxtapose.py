r"""LaTeX of things side by side: what is one letter, what goes without brackets, what goes between factors."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import TypeGuard

from gdsym.record import record
from gdsym.writing.functions import COMMANDS, NAMED_POWERS
from gdsym.writing.grammar import NUMBERS, is_integer, starts_with_minus
from gdsym.writing.names import parsed
from gdsym.writing.numbers import decimal
from gdsym.writing.primes import Prime
from gdsym.written import nodes as n

PENDING = n.kinds_of(n.D)
BARE = frozenset(NAMED_POWERS) | {"log"}
OPERATOR = re.compile(r"\\(sum|prod|int|operatorname|" + "|".join(c[1:] for c in COMMANDS) + r")(?![A-Za-z])")


def known(node: n.Node, names: Container[str]) -> TypeGuard[n.Fn]:
    """Is it one of these functions of SymPy (and not the user's own of that name)?"""
    return isinstance(node, n.Fn) and not node.undefined and node.name in names


@record
class Factor:
    """A factor with its LaTeX; `closed` if it stands in brackets."""

    node: n.Node
    tex: str
    closed: bool

    @property
    def letter(self) -> bool:
        """One letter, perhaps with subscripts: nothing is needed between two of them."""
        return not self.closed and is_letter(self.node)


def is_letter(node: n.Node) -> bool:
    """Is it printed as one letter, perhaps with subscripts?"""
    if isinstance(node, n.Const):
        return bool(node.value.is_NumberSymbol)
    if isinstance(node, Prime):
        node = node.children[0]
    if isinstance(node, n.Indexed):
        node = node.base
    return isinstance(node, (n.Sym, n.Base)) and not parsed(node.name).is_word


def is_bare(node: n.Node) -> bool:
    """Is it a function that takes its argument without brackets, as `\\log x` does?"""
    return known(node, BARE) and len(node.children) == 1 and _plain(node.children[0])


def _plain(node: n.Node) -> bool:
    """A name without anything above it."""
    return is_letter(node) and not isinstance(node, n.Const) and not _raised(node)


def _raised(node: n.Node) -> bool:
    """Does the place of the exponent hold something already?"""
    name = node.base.name if isinstance(node, n.Indexed) else node.name if isinstance(node, n.Sym) else ""
    parts = parsed(name)
    return bool(parts.sup or parts.primes)


def ends_bare(node: n.Node) -> bool:
    return ends_bare(node.children[-1]) if isinstance(node, (n.Neg, n.Mul)) else is_bare(node)


def stands_alone(node: n.Node) -> bool:
    """Can an exponent be put on it as it is?"""
    if isinstance(node, NUMBERS):
        return bool(node.value >= 0) and ((isinstance(node, n.Dec) and not decimal(node.value)[1]) or is_integer(node))
    if isinstance(node, (n.Sym, n.Indexed)):
        return not _raised(node)
    applied = isinstance(node, n.Fn) and node.undefined  # f(x)^2 is (f(x))^2
    return isinstance(node, n.Delta) or known(node, {"Abs"}) or applied or is_letter(node)


def glue(a: Factor, b: Factor) -> str:
    r"""What stands between two factors: nothing, a blank, `\,` or `\cdot`."""
    digits = isinstance(a.node, NUMBERS) and not a.closed
    if b.tex[0].isdigit() or (b.closed and starts_with_minus(b.node)) or (digits and b.tex.startswith(r"\frac")):
        return _dot(b)
    if n.is_num(a.node, 1):
        return _dot(b)
    if OPERATOR.match(b.tex):
        return ""
    if isinstance(b.node, n.D) or (b.closed and b.node.has(PENDING)):
        return r"\," if isinstance(a.node, n.Div) else _dot(b)
    if b.letter and (a.letter or digits):
        return "" if digits else " "
    return r"\,"


def _dot(b: Factor) -> str:
    return r"\cdot" + (" " if b.tex[0].isalnum() else "")
