"""What is no real number, whatever its letters are, refused at the door: comparisons, infinity, a division by zero."""

from __future__ import annotations

import sympy

from gdsym.errors import ComplexInput, GdsymTypeError, Unsupported
from gdsym.reading.constants import is_complex
from gdsym.writing.text import text
from gdsym.written.nodes import (
    Bound,
    Cases,
    Const,
    Div,
    Fn,
    Integral,
    Logic,
    Neg,
    Node,
    Pow,
    Prod,
    Rel,
    Root,
    Sum,
    is_num,
    kinds_of,
    walk,
)

SUMMED = kinds_of(Sum, Prod, Integral, Cases)


def refuse_no_number(node: Node) -> None:
    """A comparison is no cost, and infinity is no number (as the end of an integral or a sum it is a limit)."""
    if isinstance(node, (Logic, Rel)):
        raise GdsymTypeError(
            f"{str(node.to_sympy())[:120]} is a comparison, true or false; give the cost itself, an expression."
        )
    ends = {end for part in walk(node) if isinstance(part, Bound) for end in (part.lower, part.upper)}
    _refuse_no_value(node)
    for part in walk(node):
        if isinstance(part, Pow) and is_num(part.base, 0) and part.exponent.free:
            raise Unsupported(f"{text(part, ascii=True)[:80]} is 0 or undefined, and has no derivative. Leave it out.")
        if isinstance(part, Const) and not part.value.is_finite and part not in ends and Neg(part) not in ends:
            raise Unsupported(f"The expression contains {part.value}, which is no finite number. Leave that term out.")


def _refuse_no_value(node: Node) -> None:
    """Parts without letters, which SymPy's own numbers would hide: x/0, the root of degree 0, x asin(2)."""
    for part in walk(node):
        below = part.den if isinstance(part, Div) else part.degree if isinstance(part, Root) else None
        if below is not None and not below.free and below.to_sympy() == 0:
            raise Unsupported("The expression divides by zero. Leave that term out, or mend what stands below the bar.")
        if isinstance(part, Fn) and part.func is sympy.LambertW and len(part.children) == 2:
            _refuse_branch(part)
        number = isinstance(part, Fn) and not part.free and not part.has(SUMMED)
        if number and is_complex(part.to_sympy()):
            raise ComplexInput(
                f"{str(part.to_sympy())[:120]} is complex; gdsym derives real costs. Leave that term out."
            )


def _refuse_branch(node: Fn) -> None:
    """Two branches of Lambert's W have real values."""
    branch = node.children[1].to_sympy()
    if branch in (0, -1):
        return
    said = f"{text(node, ascii=True)[:80]} asks for the branch {str(branch)[:60]} of Lambert's W; real are LambertW(x) and LambertW(x, -1)."
    raise ComplexInput(said) if branch.is_number else Unsupported(f"{said} Choose one of them.")
