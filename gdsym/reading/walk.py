"""The whitelist walk: a syntax tree becomes written nodes; whatever is not listed here is refused with its place."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import sympy

from gdsym.errors import ComplexInput, GdsymError, ReadError, Unsupported
from gdsym.reading import table
from gdsym.reading.constants import refuse_undefined
from gdsym.reading.forms import FORMS, written_out
from gdsym.reading.names import UNDEFINED, by_name
from gdsym.reading.sizes import Sizes
from gdsym.reading.source import DEEPEST, LAMBDA, Source
from gdsym.written import nodes as n

MOST_INDICES = 8
Build: TypeAlias = "Callable[[Reader, Any, int], n.Node]"


class Reader:
    """One reading: the source, the caller's own names, and what each name was used as so far."""

    def __init__(self, source: Source, own: Iterable[Any] = ()) -> None:
        self.source = source
        self.own = by_name(own)
        self.used: dict[str, str] = {}
        self.sizes = Sizes()

    def value(self, e: ast.expr, level: int = 0) -> n.Node:
        """The node of `e`, which stands `level` levels below the whole formula."""
        if level > DEEPEST:
            raise self.error(f"The formula is nested more than {DEEPEST} levels deep.", e, Unsupported)
        build = BUILD.get(type(e))
        if build is None:
            raise self.error(f"{_kind(e)} cannot be read as a number.{INSTEAD_OF.get(type(e), '')}", e)
        node = self.checked(build(self, e, level), e)
        if not node.free and not isinstance(node, (n.Num, n.Dec, n.Const, n.Bound)):
            refuse_undefined(self, node, e)
        return node

    def checked(self, node: n.Node, e: ast.AST) -> n.Node:
        """`node`, if SymPy can evaluate its numbers in no time."""
        refusal = self.sizes.refusal(node)
        if refusal:
            raise self.error(refusal, e, Unsupported)
        return node

    def values(self, parts: Iterable[ast.expr], level: int) -> tuple[n.Node, ...]:
        return tuple([self.value(p, level + 1) for p in parts])

    def name(self, e: ast.expr) -> n.Node:
        """As `value`, but the name of one of the caller's arrays may stand alone."""
        own = self.own.get(e.id) if isinstance(e, ast.Name) else None
        return n.Base(own) if isinstance(own, sympy.IndexedBase) else self.value(e)

    def error(self, message: str, e: ast.AST, kind: type[GdsymError] = ReadError) -> GdsymError:
        """An error that points at the place of `e`."""
        start = getattr(e, "col_offset", 0)
        return self.source.error(message, start, getattr(e, "end_col_offset", start + 1), kind)

    def use(self, name: str, kind: str, e: ast.AST) -> None:
        """Each name is one thing throughout: a number, an array of so many indices, or a function."""
        known = self.used.setdefault(name, kind)
        if known != kind:
            hint = f" For a product write {name}*(...)." if "a function" in (known, kind) else ""
            raise self.error(
                f"`{name}` is {known} in one place and {kind} in another; give one of them another name.{hint}", e
            )


# Leaves ---------------------------------------------------------------------------------------------------------------


def _number(r: Reader, e: ast.Constant, level: int) -> n.Node:
    typed = r.source.shown[e.col_offset : e.end_col_offset]
    if isinstance(e.value, bool) or not isinstance(e.value, (int, float)):
        raise r.error(f"`{typed[:40]}` is no number; True and False stand in conditions only.", e)
    return n.Num(e.value) if isinstance(e.value, int) else n.Dec(sympy.Float(typed))


def _name(r: Reader, e: ast.Name, level: int) -> n.Node:
    name = "lambda" if e.id == LAMBDA else e.id
    own = r.own.get(name)
    if own is None:
        _refuse_special_name(r, name, e)
    elif not isinstance(own, sympy.Symbol):
        kind = "an array: write an entry, such as {0}[i]" if isinstance(own, sympy.IndexedBase) else "no single number"
        raise r.error(f"`{name}` is {kind.format(name)}.", e)
    if own is None and name in table.CONSTANTS:
        return n.Const(table.CONSTANTS[name])
    r.use(name, "a number", e)
    return n.Sym(own or sympy.Symbol(name))


def _refuse_special_name(r: Reader, name: str, e: ast.Name) -> None:
    if name == "I":
        raise r.error(
            "`I` is complex, the imaginary unit; gdsym derives real costs. Write real and imaginary parts as two names, and a current as I_0.",
            e,
            ComplexInput,
        )
    if name == "oo":
        raise r.error(
            "Infinity `oo` may only be a limit of an Integral; a sum or a value must be finite.", e, Unsupported
        )
    if name in table.NOT_NUMBERS:
        raise r.error(f"`{name}` is no finite number.", e, Unsupported)
    if name in table.RESERVED or name in table.ELEMENTARY:
        raise r.error(f"`{name}` is a function; give it its argument: {name}(...).", e)


def _entry(r: Reader, e: ast.Subscript, level: int) -> n.Node:
    if not isinstance(e.value, ast.Name):
        hint = " Several indices are written together: x[i, j]." if isinstance(e.value, ast.Subscript) else ""
        raise r.error(f"Only a name can have an index.{hint}", e.value)
    parts = e.slice.elts if isinstance(e.slice, ast.Tuple) else [e.slice]
    if not 1 <= len(parts) <= MOST_INDICES:
        raise r.error(f"An entry has 1 to {MOST_INDICES} indices.", e)
    name = "lambda" if e.value.id == LAMBDA else e.value.id
    own = r.own.get(name, sympy.IndexedBase(name))
    if not isinstance(own, sympy.IndexedBase) or (name in table.CONSTANTS and name not in r.own):
        why = f"the constant {name}; call the array otherwise" if name in table.CONSTANTS else "a single number"
        raise r.error(f"`{name}` has no entries: it is {why}.", e)
    r.use(name, f"an array with {len(parts)} " + ("index" if len(parts) == 1 else "indices"), e)
    return n.Indexed(n.Base(own), *(_index(r, p, level) for p in parts))


def _index(r: Reader, e: ast.expr, level: int) -> n.Node:
    node = r.value(e, level + 1)
    if any(isinstance(part, (n.Dec, n.Const)) for part in n.walk(node)):
        raise r.error("An index is a whole number.", e)
    if isinstance(node, n.Neg) and isinstance(node.arg, n.Num):
        raise r.error("An index counts from 0 or 1 upwards; entries are not counted from the end.", e)
    if not node.free and r.sizes.largest(node) > 1e9:
        raise r.error("This index is larger than 1e9.", e, Unsupported)
    return node


# Signs ----------------------------------------------------------------------------------------------------------------


def _operation(r: Reader, e: ast.BinOp, level: int) -> n.Node:
    build = OPERATIONS.get(type(e.op))
    if build is None:
        raise r.error("This sign is only read in a condition, with brackets around both sides.", e)
    return build(r, e, level)


def _chain(e: ast.BinOp, signs: tuple[type[ast.operator], ...]) -> tuple[ast.expr, list[tuple[ast.operator, ast.expr]]]:
    """`a + b - c` as its first term and the signed others; what stands in brackets of its own is one term."""
    others: list[tuple[ast.operator, ast.expr]] = []
    start, left = e.col_offset, e
    while True:
        others.append((left.op, left.right))
        first = left.left
        if not (isinstance(first, ast.BinOp) and isinstance(first.op, signs) and first.col_offset == start):
            return first, others[::-1]
        left = first


def _sum(r: Reader, e: ast.BinOp, level: int) -> n.Node:
    first, others = _chain(e, (ast.Add, ast.Sub))
    terms = [r.value(first, level + 1)]
    for sign, other in others:
        term = r.value(other, level + 1)
        terms.append(n.Neg(term) if isinstance(sign, ast.Sub) else term)
    return n.Add(*terms)


def _product(r: Reader, e: ast.BinOp, level: int) -> n.Node:
    """`a*b/c*d` is (ab/c) d, and `a/b/c` is a/(bc); a minus in front belongs to the whole: `-a*b` is -(ab)."""
    first, others = _chain(e, (ast.Mult, ast.Div))
    minus = isinstance(first, ast.UnaryOp) and isinstance(first.op, ast.USub) and first.col_offset == e.col_offset
    above = [r.value(first.operand if minus and isinstance(first, ast.UnaryOp) else first, level + 1)]
    below: list[n.Node] = []
    for sign, other in others:
        factor = r.value(other, level + 1)
        if isinstance(sign, ast.Div):
            below.append(factor)
        else:
            above, below = [*_fraction(above, below), factor], []
    node = n.mul(*_fraction(above, below))
    return n.Neg(node) if minus else node


def _fraction(above: list[n.Node], below: list[n.Node]) -> list[n.Node]:
    return [n.Div(n.mul(*above), n.mul(*below))] if below else above


def _power(r: Reader, e: ast.BinOp, level: int) -> n.Node:
    base, exponent = r.value(e.left, level + 1), r.value(e.right, level + 1)
    return n.Fn(sympy.exp, exponent) if base == n.Const(sympy.E) else n.Pow(base, exponent)


def _sign(r: Reader, e: ast.UnaryOp, level: int) -> n.Node:
    if not isinstance(e.op, (ast.USub, ast.UAdd)):
        raise r.error("`not` and `~` are only read in conditions.", e)
    arg = r.value(e.operand, level + 1)
    return n.Neg(arg) if isinstance(e.op, ast.USub) else arg


# Calls ----------------------------------------------------------------------------------------------------------------


def _call(r: Reader, e: ast.Call, level: int) -> n.Node:
    if not isinstance(e.func, ast.Name):
        raise r.error("Only a name can be called; a product is written with `*`: (a + b)*(c + d).", e)
    if e.keywords or any(isinstance(a, ast.Starred) for a in e.args):
        raise r.error("Arguments are given by position.", e)
    name = "lambda" if e.func.id == LAMBDA else e.func.id
    own = r.own.get(name)
    if own is None:
        name = table.ALIASES.get(name, name)
        if name in FORMS:
            return FORMS[name](r, e, level)
        if name in table.WRITTEN:
            return written_out(r, e, level, name)
        if (order := table.polygamma_order(name)) is not None and len(e.args) == 1:
            return n.Fn(sympy.polygamma, n.Num(order), *r.values(e.args, level))
        if name in table.FUNCTIONS:
            return _known(r, e, table.FUNCTIONS[name], name, level)
        _refuse_special_call(r, e, name)
    return _undefined(r, e, own or sympy.Function(name), name, level)


def _known(r: Reader, e: ast.Call, entry: table.Entry, name: str, level: int) -> n.Node:
    if not entry.fewest <= len(e.args) <= entry.most:
        wanted = f"{entry.fewest}" if entry.fewest == entry.most else f"{entry.fewest} to {entry.most}"
        raise r.error(f"`{name}` takes {wanted} argument{'s' * (wanted != '1')}, here are {len(e.args)}.", e)
    args = r.values(e.args, level)
    if entry.func is sympy.Mod and args[1] == n.ZERO:
        raise r.error("A remainder of a division by zero is undefined.", e, Unsupported)
    return n.Fn(entry.func, *args)


def _refuse_special_call(r: Reader, e: ast.Call, name: str) -> None:
    if name in table.COMPLEX:
        raise r.error(f"`{name}` is for complex numbers; gdsym derives real costs.", e, ComplexInput)
    if name in table.INSTEAD:
        raise r.error(f"`{name}` is not in the table of functions; write it out: {table.INSTEAD[name]}.", e)
    meant = None if name in table.CONSTANTS else table.spelling_of(name)
    if meant is not None:
        raise r.error(f"`{name}` is not in the table of functions; did you mean `{meant}`?", e)
    if name in table.CONSTANTS or name in table.NOT_NUMBERS:
        constant = ", but a constant: call a function otherwise" if name in table.CONSTANTS else ""
        raise r.error(f"`{name}` is no function{constant}; a product is written with `*`.", e)


def _undefined(r: Reader, e: ast.Call, func: Any, name: str, level: int) -> n.Node:
    if not isinstance(func, UNDEFINED):
        raise r.error(f"`{name}` is no function; a product is written with `*`: {name}*(...).", e)
    if not e.args:
        raise r.error(f"`{name}()` has no argument; a plain name is written without brackets: {name}.", e)
    r.use(name, "a function", e)
    return n.Fn(func, *r.values(e.args, level))


def _kind(e: ast.expr) -> str:
    kinds = {ast.Compare: "A comparison", ast.BoolOp: "A condition", ast.Tuple: "A tuple", ast.List: "A list"}
    return kinds.get(type(e), "This")


INSTEAD_OF: dict[type[ast.expr], str] = {
    ast.List: " Give one formula at a time; the slopes of several are gd.jacobian([u, v], [x, y]).",
    ast.Tuple: " A decimal has a point: 1.5.", ast.Compare: " 1 where a > b, 0 elsewhere: Piecewise((1, a > b), (0, True)).",
}  # fmt: skip


OPERATIONS: dict[type[ast.operator], Build] = {
    ast.Add: _sum, ast.Sub: _sum, ast.Mult: _product, ast.Div: _product, ast.Pow: _power,
}  # fmt: skip
BUILD: dict[type[ast.expr], Build] = {
    ast.Constant: _number, ast.Name: _name, ast.Subscript: _entry,
    ast.BinOp: _operation, ast.UnaryOp: _sign, ast.Call: _call,
}  # fmt: skip
