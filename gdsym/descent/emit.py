"""A SymPy expression over named numbers or arrays becomes one Python expression, elementwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from gdsym.errors import Unsupported

FUNCTIONS: Mapping[Any, tuple[str, str]] = {  # SymPy function -> (for plain floats, for arrays)
    sympy.exp: ("math.exp", "np.exp"),
    sympy.log: ("math.log", "np.log"),
    sympy.sin: ("math.sin", "np.sin"),
    sympy.cos: ("math.cos", "np.cos"),
    sympy.tan: ("math.tan", "np.tan"),
    sympy.asin: ("math.asin", "np.arcsin"),
    sympy.acos: ("math.acos", "np.arccos"),
    sympy.atan: ("math.atan", "np.arctan"),
    sympy.sinh: ("math.sinh", "np.sinh"),
    sympy.cosh: ("math.cosh", "np.cosh"),
    sympy.tanh: ("math.tanh", "np.tanh"),
    sympy.asinh: ("math.asinh", "np.arcsinh"),
    sympy.acosh: ("math.acosh", "np.arccosh"),
    sympy.atanh: ("math.atanh", "np.arctanh"),
    sympy.floor: ("math.floor", "np.floor"),
    sympy.ceiling: ("math.ceil", "np.ceil"),
    sympy.Abs: ("abs", "np.abs"),
    sympy.sign: ("np.sign", "np.sign"),
}
WHOLE = (sympy.floor, sympy.ceiling, sympy.sign)  # among plain floats Python's int and NumPy's numbers stay out
RELATIONS = {sympy.Lt: "<", sympy.Le: "<=", sympy.Gt: ">", sympy.Ge: ">=", sympy.Eq: "==", sympy.Ne: "!="}


SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4  # how tightly a text holds together


def python(expr: Any, names: Mapping[Any, str], *, arrays: bool = False) -> str:
    """`expr` as Python text; `names` maps its symbols to code; with `arrays` functions act on NumPy arrays."""
    return _Emitter(names, arrays).text(expr, SUM)


class _Emitter:
    """One expression on its way into text, with the brackets that it needs."""

    def __init__(self, names: Mapping[Any, str], arrays: bool) -> None:
        self.names, self.arrays = names, arrays

    def text(self, e: Any, least: int) -> str:
        """The text of `e`, in brackets if it holds together less tightly than `least`."""
        text, tightness = self.piece(e)
        return text if tightness >= least else f"({text})"

    def piece(self, e: Any) -> tuple[str, int]:
        if e in self.names:
            return self.names[e], ATOM
        if e.is_number and e.is_real:
            return _number(e)
        if isinstance(e, sympy.Add):
            return self.sum(e), SUM
        if isinstance(e, sympy.Mul):
            return self.product(e), PRODUCT
        if isinstance(e, sympy.Pow):
            return self.power(e)
        return self.function(e), ATOM

    def sum(self, e: Any) -> str:
        """Plus terms first, so that theta - alpha*g is computed as it is written."""
        split = [t.as_coeff_Mul() for t in e.as_ordered_terms()]
        plus = [self.text(c * r, SUM) for c, r in split if not c.is_negative]
        minus = [self.text(-c * r, PRODUCT) for c, r in split if c.is_negative]
        return " - ".join([" + ".join(plus) or "0.0", *minus])

    def product(self, e: Any) -> str:
        up = [f for f in e.as_ordered_factors() if not _below(f)]
        down = [1 / f for f in e.as_ordered_factors() if _below(f)]
        top = "*".join(self.text(f, PRODUCT) for f in up) or "1.0"
        return "/".join([top, *(self.text(f, POWER) for f in down)])

    def power(self, e: Any) -> tuple[str, int]:
        base, exponent = e.args
        if _below(e):
            return f"1.0/{self.text(1 / e, POWER)}", PRODUCT
        if exponent == sympy.S.Half:
            return f"{'np' if self.arrays else 'math'}.sqrt({self.text(base, SUM)})", ATOM
        if exponent == 2:
            return f"{self.text(base, POWER)}*{self.text(base, POWER)}", PRODUCT
        if exponent.is_integer or self.arrays:
            power = str(int(exponent)) if exponent.is_Integer else self.text(exponent, ATOM)
            return f"{self.text(base, ATOM)}**{power}", POWER
        return f"math.pow({self.text(base, SUM)}, {self.text(exponent, SUM)})", ATOM

    def function(self, e: Any) -> str:
        if e.func in FUNCTIONS and len(e.args) == 1:
            code = f"{FUNCTIONS[e.func][self.arrays]}({self.text(e.args[0], SUM)})"
            return f"float({code})" if e.func in WHOLE and not self.arrays else code
        if e.func in (sympy.Mod, sympy.frac):  # Python's % and SymPy's Mod both have the sign of the divisor
            return f"({self.text(e.args[0], POWER)} % {self.text(e.args[1], POWER) if len(e.args) > 1 else '1.0'})"
        if e.func in (sympy.Max, sympy.Min):
            return self.extreme(e)
        if isinstance(e, sympy.Piecewise):
            return self.cases(e)
        if type(e) in RELATIONS:
            return f"({self.text(e.lhs, SUM)} {RELATIONS[type(e)]} {self.text(e.rhs, SUM)})"
        if isinstance(e, (sympy.And, sympy.Or)):
            return self.both(e)
        if e in (sympy.true, sympy.false):
            return str(bool(e))
        raise Unsupported(
            f"{sympy.sstr(e)[:120]} ({type(e).__name__}) cannot stand in an update rule or a schedule: "
            "they know + - * / ** Mod sqrt exp log sin cos tan tanh (and inverses) Abs sign Max Min floor Piecewise."
        )

    def extreme(self, e: Any) -> str:
        one = {sympy.Max: ("max", "np.maximum"), sympy.Min: ("min", "np.minimum")}[e.func][self.arrays]
        text = self.text(e.args[0], SUM)
        for arg in e.args[1:]:
            text = f"{one}({text}, {self.text(arg, SUM)})"
        return text

    def both(self, e: Any) -> str:
        """And, Or of comparisons."""
        word, function = ("and", "np.logical_and") if isinstance(e, sympy.And) else ("or", "np.logical_or")
        parts = [self.text(arg, SUM) for arg in e.args]
        if not self.arrays:
            return f"({f' {word} '.join(parts)})"
        text = parts[0]
        for part in parts[1:]:
            text = f"{function}({text}, {part})"
        return text

    def cases(self, e: Any) -> str:
        text = "math.nan"
        for value, condition in reversed(e.args):
            if self.arrays:
                text = f"np.where({self.text(condition, SUM)}, {self.text(value, SUM)}, {text})"
            else:
                text = f"({self.text(value, SUM)} if {self.text(condition, SUM)} else {text})"
        return text


def _below(factor: Any) -> bool:
    """Does the factor belong under a fraction bar?"""
    return bool(isinstance(factor, sympy.Pow) and factor.exp.is_Rational and factor.exp < 0)


def _number(e: Any) -> tuple[str, int]:
    if e.is_Rational and e.q != 1 and abs(e.p) < 2**53 and e.q < 2**53:
        return f"{float(e.p)!r}/{float(e.q)!r}", PRODUCT if e.p > 0 else SUM
    value = float(e)
    return repr(value), ATOM if value >= 0 else SUM
