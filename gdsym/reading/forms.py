"""What is written like a function but stands for more: sums, cases, derivatives, roots, logarithms to a base."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import sympy

from gdsym.errors import Unsupported
from gdsym.reading import table
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.reading.walk import Reader

HIGHEST_ORDER = 10  # of a derivative
MOST_CASES = 64
Form: TypeAlias = "Callable[[Reader, ast.Call, int], n.Node]"

COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
COMPARISON_CALLS = {"Lt": "<", "Le": "<=", "Gt": ">", "Ge": ">=", "Eq": "==", "Ne": "!="}


def _arguments(r: Reader, e: ast.Call, *counts: int, as_in: str) -> list[ast.expr]:
    if len(e.args) not in counts:
        raise r.error(f"This is written {as_in}.", e)
    return e.args


def _sqrt(r: Reader, e: ast.Call, level: int) -> n.Node:
    (arg,) = _arguments(r, e, 1, as_in="sqrt(u)")
    return n.Root(r.value(arg, level + 1), n.TWO)


def _cbrt(r: Reader, e: ast.Call, level: int) -> n.Node:
    (arg,) = _arguments(r, e, 1, as_in="cbrt(u)")
    return n.Root(r.value(arg, level + 1), n.Num(3))


def _root(r: Reader, e: ast.Call, level: int) -> n.Node:
    u, degree = r.values(_arguments(r, e, 2, as_in="root(u, n)"), level)
    return n.Root(u, degree)


def _real_root(r: Reader, e: ast.Call, level: int) -> n.Node:
    """sign(u) |u|^(1/n) for an odd n: the cube root of -8 is -2."""
    u, degree = r.values(_arguments(r, e, 2, as_in="real_root(u, n)"), level)
    if not isinstance(degree, n.Num) or degree.value % 2 != 1:
        return n.Root(u, degree)
    return n.Mul(n.Fn(sympy.sign, u), n.Root(n.Fn(sympy.Abs, u), degree))


def _log(r: Reader, e: ast.Call, level: int) -> n.Node:
    """`log(u, b)` is log u / log b."""
    args = r.values(_arguments(r, e, 1, 2, as_in="log(u), or log(u, base)"), level)
    logs = [n.Fn(sympy.log, a) for a in args]
    return logs[0] if len(logs) == 1 else n.Div(*logs)


@cache
def _written_out(name: str) -> n.Node:
    """The formula that a name of one meaning stands for, in u, v, w."""
    from gdsym.reading import read

    return read(table.WRITTEN[name])


def meaning(name: str, count: int) -> Callable[..., n.Node] | None:
    """What a name of one meaning makes of that many arguments."""
    if name not in table.WRITTEN:
        return None
    formula = _written_out(name)
    letters = _letters(formula)
    return (lambda *args: n.replace(formula, dict(zip(letters, args, strict=True)))) if len(letters) == count else None


def _letters(formula: n.Node) -> list[n.Node]:
    return sorted(formula.free, key=lambda letter: str(getattr(letter, "name", "")))


def written_out(r: Reader, e: ast.Call, level: int, name: str) -> n.Node:
    """`sigmoid(a*x)` is 1/(1 + exp(-a*x))."""
    formula = _written_out(name)
    letters = _letters(formula)
    args = r.values(
        _arguments(r, e, len(letters), as_in=f"{name}({', '.join(str(s.to_sympy()) for s in letters)})"), level
    )
    parts = dict(zip(letters, args, strict=True))
    return n.rewrite(formula, lambda part: parts[part] if part in parts else r.checked(part, e))


def _delta(r: Reader, e: ast.Call, level: int) -> n.Node:
    return n.Delta(*r.values(_arguments(r, e, 2, as_in="KroneckerDelta(i, j)"), level))


# Sums, products, integrals --------------------------------------------------------------------------------------------


def _bound(kind: type[n.Bound], as_in: str) -> Form:
    def read(r: Reader, e: ast.Call, level: int) -> n.Node:
        if len(e.args) < 2:
            raise r.error(f"This is written {as_in}.", e)
        body = r.value(e.args[0], level + 1)
        for limits in e.args[1:]:  # the innermost comes first, as in SymPy
            body = kind(body, *_limits(r, limits, level + 1, kind, as_in))
            if kind is not n.Integral:
                _refuse_flat_entries(r, e.args[0], body)
        return body

    return read


def _refuse_flat_entries(r: Reader, e: ast.expr, body: n.Node) -> None:
    """`x_i` below a sum over i prints like an entry and would be one number in all terms: `x[i]` is meant."""
    bound = {part.index.name for part in n.walk(body) if isinstance(part, n.Bound)}
    for part in ast.walk(e):
        typed = part.id if isinstance(part, ast.Name) and part.id not in r.own else ""
        name, _, below = typed.rpartition("_")
        letters = [below] if below in bound else list(below)
        if name and letters and bound.issuperset(letters):
            raise r.error(
                f"`{name}_{below}` is a name here, the same number in each term; an entry is written "
                f"{name}[{', '.join(letters)}].", part,
            )  # fmt: skip


def _limits(r: Reader, e: ast.expr, level: int, kind: type[n.Bound], as_in: str) -> tuple[n.Node, ...]:
    if not isinstance(e, ast.Tuple) or len(e.elts) != 3 or not isinstance(e.elts[0], ast.Name):
        raise r.error(f"A range is a triple of a name and two limits, as in {as_in}.", e)
    index = r.value(e.elts[0], level + 1)
    if not isinstance(index, n.Sym):
        raise r.error("This is a constant; a range needs a name that can run.", e.elts[0])
    lower, upper = (_limit(r, part, level + 1, kind) for part in e.elts[1:])
    if index in lower.free | upper.free:
        raise r.error(f"`{index.name}` runs over a range that depends on `{index.name}` itself; rename one.", e)
    return index, lower, upper


def _limit(r: Reader, e: ast.expr, level: int, kind: type[n.Bound]) -> n.Node:
    inner, minus = (e.operand, True) if isinstance(e, ast.UnaryOp) and isinstance(e.op, ast.USub) else (e, False)
    if not (isinstance(inner, ast.Name) and inner.id == "oo"):
        return r.value(e, level)
    if kind is not n.Integral:
        raise r.error(
            "An endless sum or product has no data to run over; give it a finite limit, such as m.", e, Unsupported
        )
    end = n.Const(sympy.oo)
    return n.Neg(end) if minus else end


# Derivatives ----------------------------------------------------------------------------------------------------------


def _derivative(r: Reader, e: ast.Call, level: int) -> n.Node:
    """A derivative of an undefined function at its own letters is a name, `f'(x)`; any other is pending."""
    if len(e.args) < 2:
        raise r.error("This is written Derivative(f(x), x), or Derivative(f(x), (x, 2)).", e)
    body = r.value(e.args[0], level + 1)
    by = _variables(r, e, level)
    args = body.children
    own_letters = len(set(args)) == len(args) and all(x in args for x in by)
    if isinstance(body, n.Fn) and body.undefined and own_letters:
        return n.Partial(body.func, tuple(by.count(a) for a in args), *args)
    for x in by:
        body = n.D(body, x)
    return body


def _variables(r: Reader, e: ast.Call, level: int) -> list[n.Node]:
    by: list[n.Node] = []
    for part in e.args[1:]:
        pair = part.elts if isinstance(part, ast.Tuple) else [part]
        if isinstance(part, ast.Constant) and by:  # Derivative(f(x), x, 2)
            by += by[-1:] * (_order(r, part) - 1)
            continue
        x = r.value(pair[0], level + 1) if len(pair) in (1, 2) else None
        if not isinstance(x, (n.Sym, n.Indexed)):
            raise r.error("A derivative is taken by a name or an entry: x, w[k], or (x, 2) for the second.", part)
        by += [x] * (_order(r, pair[1]) if len(pair) == 2 else 1)
    if len(by) > HIGHEST_ORDER:
        raise r.error(f"This derivative is of order {len(by)}; the limit is {HIGHEST_ORDER}.", e, Unsupported)
    return by


def _order(r: Reader, e: ast.expr) -> int:
    order = e.value if isinstance(e, ast.Constant) else None
    if not isinstance(order, int) or isinstance(order, bool) or not 1 <= order <= HIGHEST_ORDER:
        raise r.error(f"The order of a derivative is a whole number from 1 to {HIGHEST_ORDER}.", e)
    return order


# Cases and conditions -------------------------------------------------------------------------------------------------


def _piecewise(r: Reader, e: ast.Call, level: int) -> n.Node:
    as_in = "Piecewise((value, condition), (other, True))"
    parts: list[n.Node] = []
    if not 1 <= len(e.args) <= MOST_CASES:
        raise r.error(f"This is written {as_in}, with at most {MOST_CASES} cases.", e)
    for pair in e.args:
        if not isinstance(pair, ast.Tuple) or len(pair.elts) != 2:
            raise r.error(f"A case is a pair in brackets, as in {as_in}.", pair)
        parts += [r.value(pair.elts[0], level + 2), condition(r, pair.elts[1], level + 2)]
    return n.Cases(*parts)


def condition(r: Reader, e: ast.expr, level: int) -> n.Node:
    """What stands beside a value in a Piecewise: comparisons, joined by and, or, not (or & | ~)."""
    if isinstance(e, ast.Constant) and isinstance(e.value, bool):
        return n.Logic("true" if e.value else "false")
    if isinstance(e, ast.Compare):
        return _comparison(r, e, level)
    op, parts = _joined(e)
    if op in COMPARISON_CALLS.values() and len(parts) == 2:
        return r.checked(n.Rel(op, *r.values(parts, level)), e)
    if op not in ("and", "or", "not") or level > 100:
        raise r.error(
            "A condition is a comparison, such as x > 0, or several, each in brackets: (x > 0) & (x < 1); "
            "the last may be True.", e,
        )  # fmt: skip
    return n.Logic(op, *[condition(r, p, level + 1) for p in parts])


def _joined(e: ast.expr) -> tuple[str, list[ast.expr]]:
    """The word that joins the parts of a condition, and the parts."""
    if isinstance(e, ast.BoolOp):
        return "and" if isinstance(e.op, ast.And) else "or", e.values
    if isinstance(e, ast.BinOp) and isinstance(e.op, (ast.BitAnd, ast.BitOr)):
        return "and" if isinstance(e.op, ast.BitAnd) else "or", [e.left, e.right]
    if isinstance(e, ast.UnaryOp) and isinstance(e.op, (ast.Not, ast.Invert)):
        return "not", [e.operand]
    if isinstance(e, ast.Call) and isinstance(e.func, ast.Name) and e.args:
        calls = {"And": "and", "Or": "or", "Not": "not"} if len(e.args) > 1 else {"Not": "not"}
        return (COMPARISON_CALLS | calls).get(e.func.id, ""), e.args
    return "", []


def _comparison(r: Reader, e: ast.Compare, level: int) -> n.Node:
    """`0 < x <= 1` is both comparisons."""
    if not all(type(op) in COMPARISONS for op in e.ops):
        raise r.error("Comparisons are < <= > >= == and !=.", e)
    sides = r.values([e.left, *e.comparators], level)
    pairs = [
        r.checked(n.Rel(COMPARISONS[type(op)], a, b), e) for op, a, b in zip(e.ops, sides, sides[1:], strict=False)
    ]
    return pairs[0] if len(pairs) == 1 else n.Logic("and", *pairs)


def _only_in_conditions(r: Reader, e: ast.Call, level: int) -> n.Node:
    raise r.error("A condition has no value of its own; it stands in Piecewise((value, condition), (other, True)).", e)


FORMS: dict[str, Form] = {
    "sqrt": _sqrt,
    "cbrt": _cbrt,
    "root": _root,
    "real_root": _real_root,
    "log": _log,
    "KroneckerDelta": _delta,
    "Sum": _bound(n.Sum, "Sum(body, (i, 1, m))"),
    "Product": _bound(n.Prod, "Product(body, (i, 1, m))"),
    "Integral": _bound(n.Integral, "Integral(body, (t, a, b))"),
    "Derivative": _derivative,
    "Piecewise": _piecewise,
    **dict.fromkeys([*COMPARISON_CALLS, "And", "Or", "Not"], _only_in_conditions),
}
