"""Case distinctions as sums of steps: where SymPy would take a Piecewise out of the sum that binds its index.

`Sum` folds every Piecewise that holds its index to the top of its body, also one inside a second sum, past that sum's
own index: sum_i y_i sum_k [x_ik > 0] would come out with k free. Steps (Heaviside) are left where they stand.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy.concrete.expr_with_limits import ExprWithLimits

from gdsym.written.nodes import (
    ONE,
    TRUE,
    ZERO,
    Add,
    Bound,
    Cases,
    Fn,
    Logic,
    Mul,
    Neg,
    Node,
    Rel,
    add,
    mul,
    rewrite,
)


def leaks(body: Any, index: sympy.Symbol, kind: Any) -> bool:
    """Would a sum over `index` take a Piecewise out of a sum within its body? (Sums directly nested are one sum.)

    Asked of SymPy's own form: the inner sum has folded its body before, so that cases without the index may hold it now.
    """
    while isinstance(body, kind):
        body = body.args[0]
    return any(part.has(index) for inner in body.atoms(ExprWithLimits) for part in inner.atoms(sympy.Piecewise))


def sums_without_cases(node: Node) -> Node:
    """The formula or condition, with steps for the cases in its sums."""
    return rewrite(node, lambda part: without_cases(part) if isinstance(part, Bound) else part)


def without_cases(node: Node) -> Node:
    """Every case distinction as a sum of its values times steps."""
    return rewrite(node, lambda part: _as_sum(part) if isinstance(part, Cases) else part)


def _as_sum(node: Cases) -> Node:
    terms, missed = [], list[Node]()
    conditions = _exclusive([condition for _, condition in node.pairs])
    for (value, condition), alone in zip(node.pairs, conditions, strict=True):
        holds = indicator(condition if alone is None else alone)
        factors = [f for f in (holds, *(missed if alone is None else ()), value) if f != ONE]
        if ZERO not in factors:
            terms.append(mul(*factors))
        missed.append(_not(holds))
    return add(*terms)


def _exclusive(conditions: list[Node]) -> list[Node | None]:
    """U < v, u > v, else: no two of them hold, so that `else` is u = v; None where nothing is known."""
    if len(conditions) == 3 and conditions[2] == TRUE:
        first, second = conditions[:2]
        if (
            isinstance(first, Rel)
            and isinstance(second, Rel)
            and first.children == second.children
            and {first.op, second.op} == {"<", ">"}
        ):
            return [first, second, Rel("==", *first.children)]
    return [None] * len(conditions)


def indicator(condition: Node) -> Node:
    """1 where the condition holds, 0 elsewhere."""
    if isinstance(condition, Logic):
        parts = [indicator(part) for part in condition.children]
        return LOGIC[condition.op](parts)
    assert isinstance(condition, Rel)
    left, right = condition.children
    if condition.op in ("==", "!="):
        equal = Add(_step(left, right, ONE), _step(right, left, ONE), Neg(ONE))
        return equal if condition.op == "==" else _not(equal)
    greater, less = (left, right) if condition.op in (">", ">=") else (right, left)
    return _step(greater, less, ONE if "=" in condition.op else ZERO)


def _step(greater: Node, less: Node, at_zero: Node) -> Node:
    difference = greater if less == ZERO else Add(greater, Neg(less))
    return Fn(sympy.Heaviside, difference, at_zero)


def _not(holds: Node) -> Node:
    return Add(ONE, Neg(holds))


LOGIC = {
    "true": lambda parts: ONE,
    "false": lambda parts: ZERO,
    "and": lambda parts: Mul(*parts),
    "or": lambda parts: _not(Mul(*map(_not, parts))),
    "not": lambda parts: _not(parts[0]),
}
