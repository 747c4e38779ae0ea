"""The caller's own objects by the names that a text uses for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy

from gdsym.arguments import members
from gdsym.errors import GdsymTypeError, ReadError
from gdsym.written import nodes as n

UNDEFINED = sympy.core.function.UndefinedFunction


def by_name(own: Iterable[Any]) -> dict[str, Any]:
    """Name -> the Symbol, IndexedBase or undefined Function that it stands for."""
    found: dict[str, Any] = {}
    for given in members(own, "params", "give a list of the symbols that the names in the text stand for"):
        if isinstance(given, str):
            continue  # a name given as text means what it means anyway
        name, thing = _named(given)
        if found.setdefault(name, thing) != thing:
            raise ReadError(
                f"Two different things are both written `{name}` (other assumptions, or a number and an array); "
                "in a text they cannot be told apart. Rename one, or give the formula in SymPy."
            )
    return found


def _named(thing: Any) -> tuple[str, Any]:
    if isinstance(thing, n.Base):
        thing = thing.base
    elif isinstance(thing, n.Node):
        thing = thing.to_sympy()
    if isinstance(thing, sympy.Indexed):
        thing = thing.base
    elif isinstance(thing, sympy.core.function.AppliedUndef):
        thing = thing.func
    if isinstance(thing, sympy.IndexedBase):
        return str(thing.label), thing
    if isinstance(thing, UNDEFINED):
        return str(thing.__name__), thing
    if isinstance(thing, (sympy.Symbol, sympy.MatrixSymbol)):
        return str(thing.name), thing
    raise GdsymTypeError(f"`params` takes Symbols, IndexedBases and undefined Functions, not {type(thing).__name__}.")
