"""The textbook laws, in the order in which they are tried; the first that matches is used."""

from gdsym.rules.algebra import ALGEBRA
from gdsym.rules.below import POWER_BELOW
from gdsym.rules.function import FUNCTIONS, LOGISTIC
from gdsym.rules.indexed import INDEXED
from gdsym.rules.logs import APART
from gdsym.rules.nonsmooth import NONSMOOTH
from gdsym.step import Rule

RULES: tuple[Rule, ...] = (*ALGEBRA[:3], *INDEXED, LOGISTIC, POWER_BELOW, *ALGEBRA[3:], *NONSMOOTH, APART, *FUNCTIONS)

__all__ = ["RULES"]
