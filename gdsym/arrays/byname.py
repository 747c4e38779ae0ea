"""Names as keys: the caller's symbol, or its name as it could be typed in a formula."""

from __future__ import annotations

from typing import Any

import sympy

from gdsym.errors import DataError, shortened
from gdsym.reading.spelling import spelled
from gdsym.written.nodes import Base, Sym


def key_name(key: Any) -> str | None:
    """The name that a key stands for: a text, a Symbol, an IndexedBase, or an entry x[i]."""
    if isinstance(key, str):
        return key
    if isinstance(key, (Sym, Base)):
        return key.name
    if isinstance(key, sympy.Indexed):
        key = key.base
    if isinstance(key, sympy.IndexedBase):
        return str(key.label)
    return str(key.name) if isinstance(key, (sympy.Symbol, sympy.MatrixSymbol)) else None


class ByName(dict[Any, Any]):
    """A dict by the caller's symbols that also answers to their names, as text or as other symbols."""

    def __missing__(self, key: Any) -> Any:
        own = self._own(key)
        if own is not None:
            return self[own]
        known = ", ".join(map(_name, self))
        raise DataError(f"{shortened(_name(key), 60)} is no parameter; the parameters are {known}.")

    def __contains__(self, key: object) -> bool:
        return self._own(key) is not None

    def get(self, key: Any, default: Any = None) -> Any:
        own = self._own(key)
        return default if own is None else self[own]

    def _own(self, key: Any) -> Any:
        """The caller's symbol that has this name; its own spelling comes first."""
        names = (_name(key), spelled(_name(key)))
        return next((own for name in names for own in self if _name(own) == name), None)


def _name(key: Any) -> str:
    return str(getattr(key, "label", key))
