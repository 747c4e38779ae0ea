"""Names that print alike are refused at the door: SymPy would hold one constant while it derives by the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import sympy

from gdsym.errors import CostError, shortened
from gdsym.reading.table import COMMON
from gdsym.step import Reason
from gdsym.writing.letters import LOOKS
from gdsym.writing.names import latex_name, text_name
from gdsym.writing.text import text
from gdsym.written.matrices import Elements, MatSym
from gdsym.written.nodes import Base, Const, Fn, Node, Pow, Sym, head_of, walk

CONSTANTS = {"\u03c0", "\u03b3", "e"}  # pi, EulerGamma, E
NUMBER = re.compile(r"\d+(\.\d+)?(e\d+)?", re.IGNORECASE)
EULER, ENERGY = Const(sympy.E), Sym(sympy.Symbol("E_0"))
MOST_LISTED = 8  # letters of a formula
KINDS = {Sym: "a Symbol", Base: "an IndexedBase", MatSym: "a MatrixSymbol", Elements: "a MatrixSymbol"}


def refuse_lookalikes(names: Iterable[Node]) -> None:
    """Two symbols that print alike are two things to SymPy: a derivative by one holds the other constant."""
    seen: dict[str, Node] = {}
    for name in sorted((s for s in names if isinstance(s, (Sym, Base))), key=lambda s: (s.name, type(s).__name__)):
        for printed in (latex_name(name.name), text_name(name.name).translate(LOOKS)):
            other = seen.setdefault(printed, name)
            if other != name:
                raise CostError(_lookalike(name, other))


def refuse_unreadable(node: Node) -> None:
    """A name that is blank, holds half a character or prints like a number cannot be told on paper."""
    for part in walk(node):
        if isinstance(part, (Sym, Base, MatSym)) or (isinstance(part, Fn) and part.undefined):
            name = str(part.name)
            if not name.strip() or any(0xD800 <= ord(c) < 0xE000 for c in name) or NUMBER.fullmatch(text_name(name)):
                kind = KINDS.get(type(part), "a Function")
                raise CostError(f"The name {shortened(name, 60)!r} of {kind} cannot be read; give it a letter.")


def missed(formula: Node, variables: Iterable[Node]) -> Iterator[Reason]:
    """A variable that does not stand in the formula, names such as `sinx`, e in an exponent: true, and seldom meant."""
    letters = {str(name.name): name for name in formula.free if isinstance(name, (Sym, Base))}
    for var in dict.fromkeys(map(head_of, variables)):
        glued = {f"{function}{getattr(var, 'name', '')}": function for function in (*COMMON, "ln")}
        found = sorted(name for name in letters if name in glued)
        for name in found:
            yield (
                letters[name],
                " is one name here; if a function is meant, write ",
                f"{glued[name]}({name.removeprefix(glued[name])})",
            )
        if var not in formula.free and letters and not found:
            listed = sorted(letters.values(), key=lambda name: name.name)[:MOST_LISTED]
            yield (var, " does not stand in the formula; its letters are ", *_commas(listed))
    yield from _euler_in_exponents(formula)


def _euler_in_exponents(formula: Node) -> Iterator[Reason]:
    """exp(-E/(R T)): where Euler's number stands in an exponent, an energy was meant."""
    exponents = (part.children[0] for part in walk(formula) if isinstance(part, Fn) and part.func is sympy.exp)
    if any(part == EULER for exponent in exponents for part in walk(exponent)):
        yield (EULER, " in an exponent is Euler's number here; a quantity E needs another name, such as ", ENERGY)


def _commas(names: Iterable[Node]) -> Iterator[str | Node]:
    for at, name in enumerate(names):
        yield from (", ", name) if at else (name,)


def refuse_constants(node: Node) -> None:
    """A letter beside the constant that prints like it: pi beside the number pi, e in e^x or beside exp."""
    letters = {text_name(name.name): name for name in node.free if isinstance(name, Sym)}
    if letters.keys() & CONSTANTS:
        for part in walk(node):
            name = letters.get(text(part)) if isinstance(part, Const) else None
            if name is not None and name.name != "e":
                raise CostError(
                    f"The letter {name.name} and the constant {part.to_sympy()} stand in one formula and print alike ({text(part)}). Rename the letter."
                )
        _refuse_euler(node)


def _refuse_euler(node: Node) -> None:
    letter = next((name for name in node.free if isinstance(name, Sym) and name.name == "e"), None)
    if letter is None:
        return
    for part in walk(node):
        if isinstance(part, Pow) and part.base == letter and part.exponent.free:
            raise CostError(
                f"{str(part.to_sympy())[:80]}: e is a letter here, and prints like Euler's number. "
                "Write exp(x) (or E**x) for the exponential function, or rename the letter."
            )
        if (isinstance(part, Fn) and part.func is sympy.exp) or (isinstance(part, Const) and part.value is sympy.E):
            raise CostError(
                f"The letter e and {str(part.to_sympy())[:80]} stand in one formula; on paper both are e. Rename the letter."
            )


def _lookalike(name: Sym | Base, other: Node) -> str:
    if type(name) is not type(other):
        kinds = sorted(KINDS.get(type(thing), "name") for thing in (name, other))
        return f"{name.name} is both {kinds[0]} and {kinds[1]}; they print alike. Rename one."
    if isinstance(other, (Sym, Base)) and other.name != name.name:
        return f"The names {other.name} and {name.name} print alike ({text_name(name.name)}). Rename one."
    return (
        f"Two different symbols are called {name.name}: they print alike but have different assumptions "
        f"({_assumptions(name)} / {_assumptions(other)}). Create the symbol once and use it everywhere."
    )


def _assumptions(name: Node) -> str:
    if isinstance(name, MatSym):
        return f"{name.rows.to_sympy()} x {name.cols.to_sympy()}"
    symbol = name.symbol if isinstance(name, Sym) else name.base.label if isinstance(name, Base) else None
    said = getattr(symbol, "_assumptions_orig", None) or getattr(symbol, "assumptions0", {})
    return ", ".join(f"{key}={value}" for key, value in sorted(said.items()) if key != "commutative") or "none"
