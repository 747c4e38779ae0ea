"""A SymPy expression over named numbers or arrays becomes one Python expression, elementwise; names come from a table."""

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
    sympy.atan: ("math.atan", "np.arctan"),
    sympy.sinh: ("math.sinh", "np.sinh"),
    sympy.cosh: ("math.cosh", "np.cosh"),
    sympy.tanh: ("math.tanh", "np.tanh"),
    sympy.floor: ("math.floor", "np.floor"),
    sympy.ceiling: ("math.ceil", "np.ceil"),
    sympy.Abs: ("abs", "np.abs"),
    sympy.sign: ("np.sign", "np.sign"),
}
RELATIONS = {sympy.Lt: "<", sympy.Le: "<=", sympy.Gt: ">", sympy.Ge: ">=", sympy.Eq: "==", sympy.Ne: "!="}


def python(expr: Any, names: Mapping[Any, str], *, arrays: bool = False) -> str:
    """`expr` as Python text; `names` maps its symbols to code; with `arrays` functions act on NumPy arrays."""
    return _Emitter(names, arrays).text(sympy.sympify(expr))


class _Emitter:
    """One expression on its way into text; every compound part is parenthesised."""

    def __init__(self, names: Mapping[Any, str], arrays: bool) -> None:
        self.names, self.arrays = names, arrays

    def text(self, e: Any) -> str:
        if e in self.names:
            return self.names[e]
        if e.is_number and e.is_real:
            return _number(e)
        if isinstance(e, sympy.Add):
            return self._add(e)
        if isinstance(e, sympy.Mul):
            return self._mul(e)
        if isinstance(e, sympy.Pow):
            return self._pow(e)
        return self._function(e)

    def _add(self, e: Any) -> str:
        """Plus terms first, so that theta - alpha*g is computed as it is written."""
        split = [t.as_coeff_Mul() for t in e.as_ordered_terms()]
        plus = [self.text(c * r) for c, r in split if not c.is_negative]
        minus = [self.text(-c * r) for c, r in split if c.is_negative]
        head = " + ".join(plus)
        tail = "".join(f" - {t}" for t in minus)
        return f"({head}{tail})" if plus else f"(-({' + '.join(minus)}))"

    def _mul(self, e: Any) -> str:
        up = [f for f in e.as_ordered_factors() if not _below(f)]
        down = [1 / f for f in e.as_ordered_factors() if _below(f)]
        top = "*".join(self.text(f) for f in up) or "1.0"
        return f"({top}{''.join('/' + self.text(f) for f in down)})"

    def _pow(self, e: Any) -> str:
        base, exponent = e.args
        if _below(e):
            return f"(1.0/{self.text(1 / e)})"
        if exponent == sympy.S.Half:
            return f"{'np' if self.arrays else 'math'}.sqrt({self.text(base)})"
        if exponent == 2:
            return f"({self.text(base)}*{self.text(base)})"
        if exponent.is_integer or self.arrays:
            power = str(int(exponent)) if exponent.is_Integer else self.text(exponent)
            return f"({self.text(base)}**{power})"
        return f"math.pow({self.text(base)}, {self.text(exponent)})"

    def _function(self, e: Any) -> str:
        if e.func in FUNCTIONS and len(e.args) == 1:
            return f"{FUNCTIONS[e.func][self.arrays]}({self.text(e.args[0])})"
        if e.func in (sympy.Max, sympy.Min):
            return self._extreme(e)
        if isinstance(e, sympy.Piecewise):
            return self._cases(e)
        if type(e) in RELATIONS:
            return f"({self.text(e.lhs)} {RELATIONS[type(e)]} {self.text(e.rhs)})"
        if e in (sympy.true, sympy.false):
            return str(bool(e))
        raise Unsupported(
            f"{sympy.sstr(e)[:120]} ({type(e).__name__}) cannot stand in an update rule or a schedule: "
            "they know + - * / ** sqrt exp log sin cos tan tanh Abs sign Max Min floor Piecewise."
        )

    def _extreme(self, e: Any) -> str:
        one = {sympy.Max: ("max", "np.maximum"), sympy.Min: ("min", "np.minimum")}[e.func][self.arrays]
        text = self.text(e.args[0])
        for arg in e.args[1:]:
            text = f"{one}({text}, {self.text(arg)})"
        return text

    def _cases(self, e: Any) -> str:
        text = "math.nan"
        for value, condition in reversed(e.args):
            if self.arrays:
                text = f"np.where({self.text(condition)}, {self.text(value)}, {text})"
            else:
                text = f"({self.text(value)} if {self.text(condition)} else {text})"
        return text


def _below(factor: Any) -> bool:
    """Does the factor belong under a fraction bar?"""
    return bool(isinstance(factor, sympy.Pow) and factor.exp.is_Rational and factor.exp < 0)


def _number(e: Any) -> str:
    if e.is_Rational and e.q != 1 and abs(e.p) < 2**53 and e.q < 2**53:
        return f"({float(e.p)!r}/{float(e.q)!r})"
    value = float(e)
    return f"({value!r})" if value < 0 else repr(value)
