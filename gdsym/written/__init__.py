"""What stands on paper: an inert, ordered, immutable expression tree, and its way from and to SymPy."""

from gdsym.written.from_sympy import from_sympy
from gdsym.written.to_sympy import to_sympy

__all__ = ["from_sympy", "to_sympy"]
