"""The closing rewritings of a part by itself, whatever was typed and by whatever is derived."""

from __future__ import annotations

from gdsym.memory import ANY, by_head
from gdsym.rules.branches import by_intervals, cleared, joined_cases, opened
from gdsym.rules.comparisons import comparisons
from gdsym.rules.dropping import DROP, drop
from gdsym.rules.exponentials import of_logarithm, one_exponent, one_exponential
from gdsym.rules.flat import above, multiplied, roots_below
from gdsym.rules.fractions import CANCEL, cancel
from gdsym.rules.halves import halves
from gdsym.rules.logistic import as_logistic
from gdsym.rules.moduli import moduli
from gdsym.rules.radicals import radical
from gdsym.rules.shares import into_shares, over_sums, total_goes_in
from gdsym.rules.squares import root_of_square
from gdsym.rules.tidy import CALCULATE, calculate
from gdsym.written.nodes import Add, Cases, Div, Fn, Mul, Pow, Root, Sum, kinds_of

FRACTIONS, FUNCTIONS, SUMS, CASES = kinds_of(Div), kinds_of(Fn), kinds_of(Sum), kinds_of(Cases)
ROOTS, POWERS = kinds_of(Root), kinds_of(Pow)
PLAIN = by_head(
    (drop, DROP, ANY),
    (calculate, CALCULATE, ANY),
    (cancel, CANCEL, ANY),
    (one_exponential, (Mul, Div), FUNCTIONS),
    (one_exponent, (Pow,), FUNCTIONS),
    (of_logarithm, (Fn,), FUNCTIONS),
    (multiplied, (Mul, Div), FRACTIONS),
    (moduli, (Pow, Mul, Div, Fn), FUNCTIONS),
    (roots_below, (Mul,), POWERS),
    (above, (Mul, Div), FRACTIONS),
    (root_of_square, (Root,), ROOTS),
    (radical, (Root,), ROOTS),
    (halves, (Mul, Div, Add), CASES),
    (as_logistic, (Mul, Div), FUNCTIONS),
    (joined_cases, (Add,), CASES),
    (cleared, (Mul, Div), CASES),
    (comparisons, (Cases,), CASES),
    (opened, (Cases,), CASES),
    (by_intervals, (Cases, Mul, Div, Add), CASES),
    (over_sums, (Mul, Div), SUMS),
    (total_goes_in, (Mul,), SUMS),
    (into_shares, (Mul,), SUMS),
)
