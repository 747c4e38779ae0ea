"""Laws with a letter for what the short form leaves out: exponentials of any base, roots of any degree."""

from __future__ import annotations

import sympy

from gdsym.rules import mistakes
from gdsym.rules.laws import c, n, x
from gdsym.step import Law, Rule
from gdsym.written.nodes import ONE, Add, D, Div, Fn, Mul, Neg, Pow, Root

ANY_BASE = Rule("exponential rule", Law(D(Pow(c, x), x), Mul(Pow(c, x), Fn(sympy.log, c))), slips=mistakes.EXPONENTIAL)
ANY_ROOT = Rule(
    "power rule", Law(D(Root(x, n), x), Div(ONE, Mul(n, Pow(Root(x, n), Add(n, Neg(ONE)))))), slips=mistakes.ROOT
)
