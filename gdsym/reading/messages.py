"""What is said of names and brackets that may be meant in two ways."""

from __future__ import annotations

import re

from gdsym.reading.table import GREEK

DERIVED_BY = re.compile(r"(?<![\w)\].])d ?/ ?d([A-Za-z]\w*) ?$")
INVERSE = {f: f"a{f}" for f in ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth")}


def argument_missing(function: str, behind: str) -> str:
    """A function stands without brackets; it may have been meant as a letter."""
    if function in GREEK:
        return f"A sign is missing between `{function}` and `{behind}`: the letter times {behind} is {function}*{behind}, the function {function}({behind})."
    return f"What `{function}` is taken of stands in brackets: {function}({behind})."


def letter_called(glyph: str, name: str) -> str:
    """What is to be written for a small Greek letter before a bracket, which is no function on paper."""
    return f"`{glyph}(...)` is read neither as a product nor as a call: write {name}*(...) for the letter, {name}(...) for the function."


def called_apart(shown: str, name: str) -> str:
    """A name and a bracket with a blank between them."""
    return f"`{shown}...)` is read neither as a product nor as a call: write {name}*(...), or {name}(...) without the blank."


def limits_missing(kind: str) -> str:
    """A sign for a sum, a product or an integral without what it begins and ends with."""
    if kind == "Integral":
        return "The limits are missing: write ∫₀ˣ f(t) dt, or Integral(f(t), (t, 0, x))."
    sign = "Π" if kind == "Product" else "Σ"
    return f"The limits are missing: write {sign}ᵢ₌₁ᵐ, or {kind}(body, (i, 1, m))."


def power_behind(function: str) -> str:
    """Where sin²x and sin⁻¹(x) are written so that nobody takes one for the other."""
    inverse = f"; the inverse of {function} is {INVERSE[function]}(x)" if function in INVERSE else ""
    return f"A power of `{function}` stands behind its bracket, {function}(x)**2{inverse}."


def derived_by(before: str) -> str:
    """Where d/dx stands before what is derived: d/dx alone is a quotient of two names. Nothing if it does not."""
    if not (found := DERIVED_BY.search(before)):
        return ""
    name = found.group(1)
    return f"`d/d{name}` is not read: give what is derived without it, and {name} as the variable; within a formula write Derivative(u, {name})."
