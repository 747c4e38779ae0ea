"""Formulas over indexed data as NumPy code: `x_i` is an array, `sum_i r_i x_i` is `r @ x`."""

from gdsym.arrays.compiled import BoundCost, Compiled, compile_program
from gdsym.arrays.data import bind, bind_params
from gdsym.arrays.emit import Statement
from gdsym.arrays.program import Input, Program

__all__ = ["BoundCost", "Compiled", "Input", "Program", "Statement", "bind", "bind_params", "compile_program"]
