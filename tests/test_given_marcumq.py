"""Marcum's Q by its last argument: powers of both arguments stand in the slope, which are numbers where they are positive."""

import sympy as sp
from sympy import symbols

import gdsym as gd

a, b, c = symbols("a b c")


def test_marcum_q_asks_for_positive_arguments() -> None:
    d = gd.derive(sp.marcumq(a, b, c), c)
    assert d.given == (b > 0) & (c > 0)
