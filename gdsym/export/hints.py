"""A hint for the next line: which rule, on which part, and the law in its own letters; never what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import sympy

from gdsym.errors import GdsymTypeError
from gdsym.export.page import Page
from gdsym.export.reasons import round_d
from gdsym.export.short import told_once
from gdsym.step import Law, Step
from gdsym.writing.elide import Elision
from gdsym.writing.primes import primed
from gdsym.writing.text import text
from gdsym.written.nodes import ONE, Add, Base, D, Div, Fn, Indexed, Mul, Node, Partial, Pow, Sum, Sym, replace, walk


def hint(page: Page, number: int) -> str:
    """One sentence or two for line `number`, counted from 0; after the last line, that nothing is left to do."""
    if type(number) is not int or number < 0:
        raise GdsymTypeError(f"A hint has a number: 0 for the first line, 1 for the next; not {number!r:.40}.")
    page = told_once(page)
    if number >= len(page.steps):
        return f"Nothing is left to do: line {len(page.steps)} is the result."
    step = page.steps[number]
    part = Elision()(step.lhs)
    shown = text(part, partial=round_d(part, page))
    what = f"simplify {shown}" if step.rule.name == "simplify" else f"use {_called(step)} on {shown}"
    return f"Line {number + 1}: {what}. {_more(step)}".strip()


def _called(step: Step) -> str:
    """`the power rule`, `Kronecker's delta`, ..."""
    name = step.rule.name
    return (
        "logarithmic differentiation"
        if step.detail == "logarithmic differentiation"
        else PLAIN.get(name, f"the {name}")
    )


def _more(step: Step) -> str:
    """The law, or what to look for."""
    if any(isinstance(part, str) and "as derived above" in part for part in step.reason):
        return "This derivative came up before: use what came out there."
    if step.rule.name == "simplify":
        return _tidy(step)
    law = step.rule.law or LAWS.get(step.rule.name)
    words = WORDS.get(step.rule.name, "")
    if step.rule.name == "product rule" and isinstance(step.lhs, D) and len(step.lhs.body.children) > 2:
        words = "One factor at a time, the others stay."
    return " ".join(part for part in (_in_general(law, step), words) if part)


def _tidy(step: Step) -> str:
    if step.detail == "cancel" and any(isinstance(part, Sum) for part in walk(step.lhs)):
        return "What cancels, and what can stand in front of the sum?"
    if step.detail == "cancel" and not any(isinstance(part, str) and "cancel" in part for part in step.reason):
        return "Can it be written as one fraction?"
    return TIDY.get(step.detail, "What can be written in a shorter way?")


def _in_general(law: Law | None, step: Step) -> str:
    """The law; not where it would say what comes out, as d/dx sin x = cos x does for d/dx sin x."""
    if law is None:
        return ""
    if isinstance(law.lhs, D) and isinstance(step.lhs, D) and _applied(law.lhs, step.lhs.var) == step.lhs.body:
        return "It stands in every table of derivatives."
    left, right = law.lhs, law.rhs
    if isinstance(left, D) and isinstance(left.body, (Add, Mul, Div, Pow)) and left.var not in left.body.free:
        left, right = primed(left), primed(right)
    return f"In general, {text(left, partial=False)} = {text(right, partial=False)}."


def _applied(lhs: D, var: Node) -> Node:
    """What the law derives, with the step's variable for its own."""
    return replace(lhs.body, {lhs.var: var})


def _letter(name: str) -> Sym:
    return Sym(sympy.Symbol(name))


_x, _u, _i, _m = (_letter(name) for name in "xuim")
_g = sympy.Function("g")
_u_i: Node = Indexed(Base(sympy.IndexedBase("u")), _i)

LAWS: Mapping[str, Law] = MappingProxyType(
    {
        "chain rule": Law(D(Fn(_g, _u), _x), Mul(Partial(_g, (1,), _u), D(_u, _x))),
        "sum over an index": Law(D(Sum(_u_i, _i, ONE, _m), _x), Sum(D(_u_i, _x), _i, ONE, _m)),
    }
)
PLAIN: Mapping[str, str] = MappingProxyType(
    {
        "sum over an index": "the rule for a sum over an index",
        "product over an index": "the rule for a product over an index",
        "Kronecker delta": "Kronecker's delta",
        "absolute value": "the derivative of the absolute value",
        "sign": "the derivative of the sign",
        "maximum": "the derivative of a maximum",
        "minimum": "the derivative of a minimum",
        "piecewise": "the derivative of a case distinction",
        "undefined function": "the derivative of a function that is not defined further",
        "definition": "the definition of a named part",
        "SymPy differentiates this": "a table of derivatives",
    }
)
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "chain rule": "Which part is u, and what is the derivative of the function around it?",
        "constant multiple rule": "Which factor is held constant?",
        "constant rule": "Does it depend on the variable at all?",
        "sum rule": "Take it term by term; which terms are held constant?",
        "product rule": "Which factor is u, which is v?",
        "quotient rule": "Which part is above the bar, which below?",
        "power rule": "Which number or letter is the exponent?",
        "Kronecker delta": "Two entries of one array are the same variable only where their indices are equal.",
        "definition": "What does the name stand for?",
        "piecewise": "Each case has a derivative of its own.",
        "maximum": "Which argument is the largest, and where are two equal?",
        "minimum": "Which argument is the smallest, and where are two equal?",
        "product over an index": "One factor at a time, the others stay.",
    }
)
TIDY: Mapping[str, str] = MappingProxyType(
    {
        "arithmetic": "Multiply numbers, add up exponents, take signs to the front.",
        "drop + 0 and * 1": "What adds 0 or multiplies by 1?",
        "cancel": "What cancels?",
        "collect": "Is there a common factor, or a common denominator?",
        "quotient as a product": "Dividing is multiplying by a power of -1.",
        "logarithm of products and powers": "What is the logarithm of a product, of a quotient, of a power?",
    }
)
