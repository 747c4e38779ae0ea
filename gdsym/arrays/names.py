"""Names in generated code: chosen by us; a user's name is taken only if it is a plain, harmless identifier."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

import numpy as np

from gdsym.arrays.functions import OURS
from gdsym.writing.names import in_code

WORD = re.compile(r"[A-Za-z_]\w*")  # an identifier in code
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}\Z")
# What generated code defines or imports, on any engine.
ENGINES = (
    "lax scipy special njit ctypes re c_function cython_special entries evaluate descend faded risen doubled".split()
)
# Single letters stay free although numpy has `e`; generated code writes `np.e` if it ever needs it.
RESERVED = frozenset(
    {
        *keyword.kwlist,
        *keyword.softkwlist,
        *dir(builtins),
        *(n for n in dir(np) if len(n) > 1),
        *("np", "math", "J", "J_"),
        *OURS,
        *ENGINES,
    }
)


class Names:
    """Hands out identifiers, each once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)

    def for_user(self, wanted: str, prefix: str) -> str:
        """`wanted` if it is a safe identifier (or a Greek letter's name), else prefix0, prefix1 ..."""
        plain = in_code(wanted)
        safe = PLAIN.match(plain) and plain not in RESERVED and not plain.startswith("dJ_")
        if safe and plain not in self.taken:
            self.taken.add(plain)
            return plain
        return self.numbered(prefix)

    def own(self, wanted: str) -> str:
        """`wanted`, or wanted1, wanted2 ... if it is taken."""
        if wanted in self.taken:
            number = next(k for k in range(1, len(self.taken) + 2) if f"{wanted}{k}" not in self.taken)
            wanted = f"{wanted}{number}"
        self.taken.add(wanted)
        return wanted

    def numbered(self, prefix: str) -> str:
        """The first of prefix0, prefix1 ... that is free."""
        name = next(f"{prefix}{k}" for k in range(len(self.taken) + 1) if f"{prefix}{k}" not in self.taken)
        self.taken.add(name)
        return name
