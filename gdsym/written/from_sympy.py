"""SymPy -> written form: quotients as quotients, minus as minus, `1/m` in front of a sum, terms in paper order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFunction

from gdsym.errors import MOVED_OUT, ComplexInput, GdsymTypeError, Unsupported
from gdsym.written import nodes as n
from gdsym.written.conjugates import opened, without_conjugates
from gdsym.written.exponents import real_exponent
from gdsym.written.hypergeometric import from_hyper, refuse_meijer
from gdsym.written.limits import refuse_unbounded
from gdsym.written.matrices_sympy import KINDS, from_matrix
from gdsym.written.order import many_factors, minus_in_front, ordered_factors, ordered_terms
from gdsym.written.pending import derivative, put_in_place
from gdsym.written.spelled import spelled_out
from gdsym.written.summed_back import matrix_of
from gdsym.written.to_sympy import RELATIONS

MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
MANY_FACTORS = 8  # from which they are counted by their names

WAVES = (sympy.hankel1, sympy.hankel2, sympy.hn1, sympy.hn2, sympy.Ynm, sympy.Znm)  # J + i Y, e^(i m phi)
COMPLEX = (sympy.re, sympy.im, sympy.arg, sympy.conjugate, sympy.Adjoint, sympy.adjoint, sympy.transpose, *WAVES)


def from_sympy(expr: Any, params: Iterable[Any] = ()) -> n.Node:
    """`expr` as it would stand on paper, with `params` (Symbols, IndexedBases) put first in products and sums."""
    _refuse_unbounded(expr)
    first = frozenset(map(_name, params))
    try:
        return Writer(first).write(expr)
    except ComplexInput:
        if (real := without_conjugates(expr)) == expr:
            raise
    return Writer(first).write(real)


def _name(param: Any) -> n.Node:
    if isinstance(param, n.Node):
        return param.base if isinstance(param, n.Indexed) else param
    if isinstance(param, sympy.Indexed):
        return n.Base(param.base)
    return n.Base(param) if isinstance(param, sympy.IndexedBase) else n.Sym(param)


def _refuse_unbounded(expr: Any) -> None:
    if not isinstance(expr, sympy.Basic):
        raise GdsymTypeError(
            f"A SymPy expression or a text is needed, not {type(expr).__name__}: {expr!r:.80}.{_instead(expr)}"
        )
    refuse_unbounded(expr, lambda part: part.args)


class Writer:
    """One conversion: equal subexpressions become one node."""

    def __init__(self, params: frozenset[n.Node]) -> None:
        self.params = params
        self.done: dict[Any, n.Node] = {p.symbol: p for p in params if isinstance(p, n.Sym)}
        self._convert: dict[type, Callable[[Writer, Any], n.Node]] = {}

    def write(self, e: Any) -> n.Node:
        node = self.done.get(e)
        if node is None:
            node = self.done[e] = self._write(e)
        return node

    def _write(self, e: Any) -> n.Node:
        convert = self._convert.get(type(e))
        if convert is None:
            convert = self._convert[type(e)] = next((c for kind, c in CONVERT if isinstance(e, kind)), _other)
        return convert(self, e)

    def base(self, array: Any) -> n.Node:
        node = self.done.get(array)
        if node is None:
            node = self.done[array] = n.Base(array)
        return node

    def all(self, parts: Iterable[Any]) -> tuple[n.Node, ...]:
        return tuple([self.write(p) for p in parts])


def _instead(given: Any) -> str:
    if hasattr(given, "partial"):
        return " A cost is derived by itself: cost.partial(w)."
    return " Call a function with symbols first: f(x)." if callable(given) else " Use gd.read for text."


OTHER_WAYS = {
    "Quantity": " Units are letters here: s = Symbol('s', positive=True).",
    "Poly": " Give it as an expression: p.as_expr().",
    "Lambda": " Call it with symbols first: f(x).",
    "UnevaluatedExpr": " Take it apart: u.doit(); text keeps what stands there, gd.read('...').",
    "FiniteSet": " A cost is one formula; the slopes of several are gd.jacobian([u, v], [x, y]).",
}


def _other(w: Writer, e: Any) -> n.Node:
    if isinstance(e, sympy.AtomicExpr) and e.is_number and e.is_real:
        return n.Const(e)
    raise Unsupported(
        f"{sympy.sstr(e)[:120]} ({type(e).__name__}) cannot be derived: gdsym does not know this kind of expression."
        + OTHER_WAYS.get(type(e).__name__, "")
    )


def _symbol(w: Writer, e: Any) -> n.Node:
    """A letter; all that is known of it was declared, so SymPy need not search for more (which is slow)."""
    if isinstance(e, sympy.Idx) and not isinstance(e.label, sympy.Symbol):
        return _other(w, e)
    known = e.assumptions0
    if known.get("commutative") is False:
        raise Unsupported(
            f"{e} is declared as not commutative; gdsym derives numbers. Declare it without commutative=False."
        )
    real = known.get("real")
    if real is False or known.get("infinite") or (known.get("complex") and real is None):
        raise ComplexInput(
            f"{e} is declared as not real (complex, imaginary or infinite); gdsym derives real costs. Declare it real."
        )
    return n.Sym(e)


def _complex(w: Writer, e: Any) -> n.Node:
    raise ComplexInput(
        f"{sympy.sstr(e)[:120]} is complex; gdsym derives real costs. Write real and imaginary parts as two real symbols."
    )


def _constant(w: Writer, e: Any) -> n.Node:
    if e in (sympy.zoo, sympy.nan):
        raise Unsupported(f"The expression contains {e}, which divides by zero or is undefined. {MOVED_OUT}")
    return n.Const(e)


def _rational(w: Writer, e: Any) -> n.Node:
    value = Fraction(int(e.p)) if e.q == 1 else Fraction(int(e.p), int(e.q))
    return n.Neg(n.Num(-value)) if value < 0 else n.Num(value)


def _float(w: Writer, e: Any) -> n.Node:
    if not e.is_finite:
        raise Unsupported(f"The expression contains {e}, which is no finite number.")
    return n.Neg(n.Dec(-e)) if e < 0 else n.Dec(e)


def _indexed(w: Writer, e: Any) -> n.Node:
    return n.Indexed(w.base(e.base), *w.all(map(opened, e.indices)))


def _add(w: Writer, e: Any) -> n.Node:
    return n.Add(*ordered_terms(w.all(e.args), w.params))


def _mul(w: Writer, e: Any) -> n.Node:
    """Numbers and negative powers go below a fraction bar; a fraction of names stands in front of a sum."""
    number, rest = e.as_coeff_mul(rational=True)
    p, q = int(number.p), int(number.q)
    negative = p < 0
    up: list[n.Node] = [] if abs(p) == 1 else [n.Num(abs(p))]
    down: list[n.Node] = [] if q == 1 else [n.Num(q)]
    for factor in rest:
        if isinstance(factor, sympy.Pow) and _is_negative_number(factor.exp) and not factor.base.is_Number:
            down.append(w.write(_inverse(factor)))
        else:
            part = w.write(factor)
            if isinstance(part, n.Neg):
                negative, part = not negative, part.arg
            up.append(part)
    if len(up) > MANY_FACTORS:
        up = many_factors(up)
    up, down = list(ordered_factors(up, w.params)), list(ordered_factors(down, w.params))
    node = _fraction(up, down)
    return n.Neg(node) if negative else node


def _inverse(power: Any) -> Any:
    return power.base if power.exp == -1 else 1 / power


def _fraction(up: list[n.Node], down: list[n.Node]) -> n.Node:
    if not down:
        return n.mul(*up)
    below = n.mul(*down)
    if not any(isinstance(f, (n.Sum, n.Prod, n.Integral)) for f in up):
        return n.Div(n.mul(*up), below)
    ahead = [f for f in up if isinstance(f, (n.Num, n.Dec, n.Sym))]
    behind = [f for f in up if not isinstance(f, (n.Num, n.Dec, n.Sym))]
    return n.mul(n.Div(n.mul(*ahead), below), *behind)


def _is_negative_number(e: Any) -> bool:
    return bool(e.is_Rational and e.p < 0)


def _pow(w: Writer, e: Any) -> n.Node:
    base, exponent = e.base, real_exponent(e.exp)
    if _is_negative_number(exponent):
        return n.Div(n.ONE, w.write(_inverse(e)))
    if not exponent.is_Integer and base.is_number and base.is_negative and not exponent.is_integer:
        _complex(w, e)
    if exponent.is_Rational and exponent.p == 1:
        return n.Root(w.write(base), n.Num(int(exponent.q)))
    if base is sympy.E:
        return n.Fn(sympy.exp, minus_in_front(w.write(exponent)))
    return n.Pow(w.write(base), w.write(exponent))


def _function(w: Writer, e: Any) -> n.Node:
    if (written := spelled_out(e)) is not e:
        return w.write(written)
    args = w.all(map(real_exponent, e.args) if e.func is sympy.exp else e.args)
    return n.Fn(e.func, *(map(minus_in_front, args) if e.func is sympy.exp else args))


def _bound(kind: type[n.Bound]) -> Callable[[Writer, Any], n.Node]:
    def write(w: Writer, e: Any) -> n.Node:
        body = w.write(e.function)
        for limits in e.limits:  # SymPy writes the innermost first
            if len(limits) != 3:
                raise Unsupported(
                    f"{sympy.sstr(e)[:120]} has no limits for {limits[0]}; write them: ({limits[0]}, lower, upper)."
                )
            body = kind(body, *w.all(limits))
        return body

    return write


def _total(w: Writer, e: Any) -> n.Node:
    """A sum; one that SymPy has made of a 1 x 1 matrix with an inverse in it is that matrix."""
    matrix = matrix_of(e)
    return _bound(n.Sum)(w, e) if matrix is None else w.write(matrix)


def _delta(w: Writer, e: Any) -> n.Node:
    if len(e.args) > 2:
        raise Unsupported(f"{sympy.sstr(e)[:120]}: KroneckerDelta with a range is not supported; leave the range out.")
    return n.Delta(*w.all(e.args))


def _piecewise(w: Writer, e: Any) -> n.Node:
    return n.Cases(*(part for pair in e.args for part in w.all(pair.args)))


def _relational(w: Writer, e: Any) -> n.Node:
    """SymPy turns |r| <= c around; people write what is compared first."""
    op = next(op for op, kind in RELATIONS.items() if isinstance(e, kind))
    left, right = w.all(e.args)
    if isinstance(right, n.Fn) and right.func is sympy.Abs and not isinstance(left, n.Fn):
        return n.Rel(MIRRORED.get(op, op), right, left)
    return n.Rel(op, left, right)


def _logic(w: Writer, e: Any) -> n.Node:
    names: dict[Any, str] = {sympy.And: "and", sympy.Or: "or", sympy.Not: "not"}
    if e.func not in names:
        e = e.to_nnf(simplify=False)
    if e.func not in names:
        raise Unsupported(f"{sympy.sstr(e)[:120]}: conditions are written with <, <=, ==, &, | and ~.")
    return n.Logic(names[e.func], *w.all(sorted(e.args, key=sympy.default_sort_key)))


def _truth(w: Writer, e: Any) -> n.Node:
    return n.Logic("true" if e else "false")


CONVERT: tuple[tuple[Any, Callable[[Writer, Any], n.Node]], ...] = (
    (KINDS, from_matrix),
    ((sympy.Symbol, sympy.Idx), _symbol),
    (sympy.Rational, _rational),
    (sympy.Float, _float),
    ((sympy.core.numbers.ImaginaryUnit, *COMPLEX), _complex),
    ((sympy.NumberSymbol, *map(type, (sympy.zoo, sympy.nan, sympy.oo, -sympy.oo))), _constant),
    (sympy.Indexed, _indexed),
    (sympy.Add, _add),
    (sympy.Mul, _mul),
    (sympy.Pow, _pow),
    (sympy.Sum, _total),
    (sympy.Product, _bound(n.Prod)),
    (sympy.Integral, _bound(n.Integral)),
    (sympy.KroneckerDelta, _delta),
    (sympy.Piecewise, _piecewise),
    (Relational, _relational),
    (sympy.logic.boolalg.BooleanAtom, _truth),
    (BooleanFunction, _logic),
    (sympy.Derivative, derivative),
    (sympy.Subs, put_in_place),
    (sympy.hyper, from_hyper),
    (sympy.meijerg, refuse_meijer),
    ((sympy.Function, sympy.Max, sympy.Min), _function),
)
