"""Text -> written form, safely: checked characters and sizes, Python's grammar, a whitelist walk.

Nothing that stands in a text is ever run: no `eval`, no `sympify`. Order and grouping stay as typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import sympy

from gdsym.errors import LONGEST_MESSAGE, GdsymError, ReadError
from gdsym.reading.names import by_name
from gdsym.reading.spelling import SUBSCRIPTS
from gdsym.written import nodes as n

if TYPE_CHECKING:
    import ast

    from gdsym.reading.walk import Reader

__all__ = ["read", "read_by", "read_symbol"]

RAISED_E = re.compile(r"(?<!\w)e[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]")
TOO_DEEP = "The formula is nested too deeply to be read here. Name inner parts with where={u: ...}."


def read(text: str, *, params: Iterable[Any] = ()) -> n.Node:
    """The formula in `text` as it was typed: `a - b` stays a minus, `1/(2*m)*Sum(...)` keeps its fraction in front.

    Names become plain `sympy.Symbol`s, `x[i]` an entry of `IndexedBase("x")`, `f(x)` an undefined function; a name that
    one of `params` (the caller's own Symbols, IndexedBases, undefined Functions) has means that very object.
    `theta`, `\\theta` and the Greek letter are the same name; `\\hat y` is `yhat`; `lambda` is a name.

    What stands on paper is read, too, as our own text prints it: `Σᵢ₌₁ᵐ (w xᵢ + b - yᵢ)²`, `√(x + 1)`, `|x|`, `eˣ`. There a
    blank is a product, and what could be meant in two ways (`wₖ` with no k that runs, `1/2m`) is refused.

    Args:
        text: the formula, in Python's spelling, `**` for powers, or as on paper. params: objects that names in the text mean.

    Returns:
        A `Written` formula; `.to_sympy()` is what SymPy makes of it.

    Raises:
        ReadError: with the place and the right spelling. ComplexInput: for `I` and its like. Unsupported: for formulas
        that can be read but not derived.

    Example:
        >>> read("1/(2*m) * Sum((w*x[i] + b - y[i])**2, (i, 1, m))").to_sympy()
        Sum((b + w*x[i] - y[i])**2, (i, 1, m))/(2*m)
        >>> read("3*5*x**(5 - 1)")
        3 · 5 x⁵⁻¹
        >>> read("1/(2m) Σᵢ₌₁ᵐ |w xᵢ - yᵢ|").to_sympy()
        Sum(Abs(w*x[i] - y[i]), (i, 1, m))/(2*m)
    """
    own = tuple(by_name(params).values())
    try:
        return (_decided_on_paper(text, own) and _on_paper(text, own)) or _read(text, own)
    except ReadError as refused:
        said = refused
    node = _on_paper(text, own)
    if node is None:
        raise _with_suggestion(said, text, own)
    return node


def read_by(text: str, names: Iterable[n.Node]) -> n.Node:
    """The formula, in which w (x + 1) is a product and e^2 a square if w and e are `names` by which is derived.

    A name that was given as text may be an array in the formula.

    >>> read_by("w (x + 1)²", [n.Sym(sympy.Symbol("w"))]).to_sympy()
    w*(x + 1)**2
    """
    own = [name for name in names if type(name) in (n.Sym, n.Base)]
    try:
        alone = read(text)
    except ReadError:
        return read(text, params=own)
    arrays = {part.name for part in alone.free if isinstance(part, n.Base)}
    return read(text, params=[name for name in own if not (isinstance(name, n.Sym) and name.name in arrays)])


def _decided_on_paper(text: Any, own: Iterable[Any]) -> bool:
    """May x₁ be an entry of an array that is known, or e² a power of Euler's number? Otherwise both are names."""
    if not isinstance(text, str):
        return False
    arrays = any(isinstance(thing, sympy.IndexedBase) for thing in own)
    return (arrays and not SUBSCRIPTS.keys().isdisjoint(text)) or RAISED_E.search(text) is not None


def _on_paper(text: str, params: Iterable[Any]) -> n.Node | None:
    """The formula in `text` as on paper; None if it is not written so."""
    from gdsym.reading.paper import on_paper
    from gdsym.reading.source import LONGEST

    try:
        found = on_paper(text, by_name(params)) if len(text) <= LONGEST else None
    except RecursionError:
        raise ReadError(TOO_DEEP) from None
    if found is None:
        return None
    node = _read(found, params)
    bound = {part.index for part in n.walk(node) if isinstance(part, n.Bound)}
    if outside := [letter.name for letter in node.free & bound if isinstance(letter, n.Sym)]:
        raise ReadError(
            f"`{min(outside)}` stands outside its sum, which reaches to the next + or -: put brackets around what is summed."
        )
    return node


def _with_suggestion(refused: ReadError, text: str, params: Iterable[Any]) -> ReadError:
    """The error with the formula that seems to be meant, or both, where there is one that can be read."""
    from gdsym.reading.mended import mended

    meant = [formula for formula in mended(text) if _reads(formula, params)]
    message, line, place = str(refused).partition("\n")
    said = f"{message}\nPerhaps this is meant: {', or '.join(meant)}{line}{place}"
    return refused if not meant or len(said) > LONGEST_MESSAGE else ReadError(said)


def _reads(text: str, params: Iterable[Any]) -> bool:
    try:
        _read(text, params)
    except GdsymError:
        return False
    return True


def _read(text: str, params: Iterable[Any]) -> n.Node:
    try:
        reader, tree = _parsed(text, params)
        return reader.value(tree)
    except RecursionError:
        raise ReadError(TOO_DEEP) from None


def _parsed(text: str, params: Iterable[Any]) -> tuple[Reader, ast.expr]:
    """The reader and the tree, for whom there is a text: a formula that SymPy wrote needs neither."""
    from gdsym.reading.source import parse, spelled
    from gdsym.reading.walk import Reader

    source = spelled(text)
    return Reader(source, params), parse(source)


def read_symbol(text: str, *, params: Iterable[Any] = ()) -> n.Node:
    """The one name in `text`: `"w"` is a `Sym` (a `Base`, if `params` has an array w), `"w[k]"` an `Indexed`.

    >>> read_symbol("\\\\theta_0"), read_symbol("w[k]")
    (θ₀, wₖ)
    """
    reader, tree = _parsed(text, params)
    node = reader.name(tree)
    if not isinstance(node, (n.Sym, n.Base, n.Indexed)):
        what = "a formula"
        if isinstance(node, n.Const):
            what = f"the number {node.to_sympy()} (a quantity needs another name, such as {reader.source.shown}_0)"
        raise reader.error(
            f"A parameter or variable is needed, but this is {what}. Give one name, such as w, theta_0 or w[k].", tree
        )
    return node
