"""How strongly the parts of Python's expressions bind."""

from __future__ import annotations

from collections.abc import Callable

from gdsym.arrays.graph import Op
from gdsym.written.nodes import Sym

COMPARE, ADD, MUL, POW, ATOM = 5, 10, 20, 30, 40
Write = Callable[[Op, int], str]  # (operand, least strength) -> text
Name = Callable[[Sym], str]
