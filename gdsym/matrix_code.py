"""A claim about inverses and determinants in NumPy's notation, `S.T - np.linalg.inv(T).T`, as a formula in matrices. Nothing of it is run.

Sums over entries have no formula for those, so the text is read in matrix form: `@`, `.T`, numbers times matrices.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

import sympy

from gdsym.array_text import SIGNS
from gdsym.claim_text import plain
from gdsym.derivation import Derivation
from gdsym.door import all_names
from gdsym.errors import GdsymError, ReadError, Unsupported
from gdsym.index_whole import has_wholes
from gdsym.named import put_in
from gdsym.reading.source import DEEPEST, parse, spelled
from gdsym.reading.walk import Reader
from gdsym.written import matrix_algebra as mat
from gdsym.written import nodes as n
from gdsym.written.matrices_sympy import said

KNOWN = "np.linalg.inv, solve, det, slogdet(A)[1], np.trace, np.eye(n), np.outer, .T, @ and numbers"


def is_about_wholes(d: Derivation) -> bool:
    """Is it the derivative of a formula with an inverse or a determinant?"""
    return has_wholes(put_in(d.node, d.where)) or has_wholes(d.written)


def from_code(claim: str, d: Derivation) -> n.Node:
    """The formula in matrices that the text describes, with the names of the derivative."""
    names = all_names(d.node, *d.variables, *d.where, *d.where.values())
    matrices = {part for node in (d.node, *d.variables, *d.where.values()) for part in n.walk(node)}
    found = {part.name: part for part in (*names, *matrices) if isinstance(part, (n.Sym, mat.MatSym))}
    source = spelled(plain(claim), SIGNS)
    return _Reading(Reader(source), found).value(parse(source), 0)


class _Reading:
    def __init__(self, reader: Reader, names: Mapping[str, n.Node]) -> None:
        self.reader, self.names = reader, names

    def error(self, message: str, e: ast.AST, kind: type[GdsymError] = ReadError) -> GdsymError:
        return self.reader.error(message, e, kind)

    def value(self, e: ast.expr, level: int) -> n.Node:
        if level > DEEPEST:
            raise self.error(f"The formula is nested more than {DEEPEST} levels deep.", e, Unsupported)
        if isinstance(e, ast.Name) and e.id in self.names:
            return self.names[e.id]
        if isinstance(e, ast.BinOp):
            return self.binary(e, level + 1)
        if isinstance(e, ast.UnaryOp) and isinstance(e.op, (ast.USub, ast.UAdd)):
            inner = self.value(e.operand, level + 1)
            return inner if isinstance(e.op, ast.UAdd) else n.Neg(inner)
        if isinstance(e, ast.Attribute) and e.attr in ("T", "mT"):
            return mat.transposed(self.value(e.value, level + 1))
        if isinstance(e, ast.Subscript):
            return self.part(e, level + 1)
        if isinstance(e, ast.Call):
            return self.call(e, level + 1)
        return self.reader.value(e, level)

    def binary(self, e: ast.BinOp, level: int) -> n.Node:
        left, right = self.value(e.left, level), self.value(e.right, level)
        if isinstance(e.op, ast.MatMult):
            return self.product(left, right, e)
        if isinstance(e.op, (ast.Add, ast.Sub)):
            self.alike(left, right, e)
            return n.add(left, n.Neg(right) if isinstance(e.op, ast.Sub) else right)
        if isinstance(e.op, ast.Mult):
            if mat.is_number(left) or mat.is_number(right):
                return mat.scaled(left, right) if mat.is_number(left) else mat.scaled(right, left)
            self.alike(left, right, e)
            return mat.hadamard(left, right)
        if isinstance(e.op, ast.Div) and mat.is_number(right):
            return n.Div(left, right)
        if isinstance(e.op, ast.Pow) and mat.is_number(left) and mat.is_number(right):
            return n.Pow(left, right)
        raise self.error(f"This is not read among inverses and determinants; known: {KNOWN}.", e)

    def alike(self, left: n.Node, right: n.Node, e: ast.AST) -> None:
        a, b = (None if mat.is_number(node) else mat.shape(node) for node in (left, right))
        if a != b:
            raise self.error(f"{said(a)} and {said(b)} do not fit entry by entry; a matrix product is written `@`.", e)

    def product(self, left: n.Node, right: n.Node, e: ast.AST) -> n.Node:
        """A column that stands in front is a row, as an array of one axis is."""
        a, b = mat.shape(left), mat.shape(right)
        if a is None or b is None:
            raise self.error("`@` stands between matrices; a number is multiplied with `*`.", e)
        if a[1] != b[0] and n.is_num(a[1], 1) and a[0] == b[0]:
            left, a = mat.transposed(left), (a[1], a[0])
        if a[1] != b[0]:
            raise self.error(f"{said(a)} @ {said(b)}: the inner sizes differ.", e)
        return mat.matmul(left, right)

    def part(self, e: ast.Subscript, level: int) -> n.Node:
        """`np.linalg.slogdet(A)[1]`, `A.shape[0]`."""
        at, of = getattr(e.slice, "value", None), e.value
        if isinstance(of, ast.Call) and _called(of) == "slogdet" and at == 1 and len(of.args) == 1:
            return n.Fn(sympy.log, n.Fn(sympy.Abs, mat.Det(self.square(of.args[0], level))))
        if isinstance(of, ast.Attribute) and of.attr == "shape" and at in (0, 1):
            return (mat.shape(self.value(of.value, level)) or mat.SCALAR)[at]
        raise self.error(f"Entries are not read among inverses and determinants; known: {KNOWN}.", e)

    def square(self, e: ast.expr, level: int) -> n.Node:
        node = self.value(e, level)
        shape = mat.shape(node)
        if shape is None or shape[0] != shape[1]:
            raise self.error(f"This is {said(shape)}, and a square matrix is needed.", e)
        return node

    def call(self, e: ast.Call, level: int) -> n.Node:
        name, args = _called(e), list(e.args)
        if isinstance(e.func, ast.Attribute) and not _is_library(e.func.value):
            args = [e.func.value, *args]
        read = CALLS.get((name, len(args)))
        if read is not None and not e.keywords:
            return read(self, e, args, level)
        if e.keywords or any(not mat.is_number(self.value(arg, level)) for arg in args):
            raise self.error(f"`{name[:40]}` is not read among inverses and determinants; known: {KNOWN}.", e)
        if name in FUNCTIONS and len(args) == 1:
            return n.Fn(FUNCTIONS[name], self.value(args[0], level))
        return self.reader.value(e, level)


def _called(e: ast.Call) -> str:
    return e.func.attr if isinstance(e.func, ast.Attribute) else e.func.id if isinstance(e.func, ast.Name) else ""


def _is_library(e: ast.expr) -> bool:
    """`np`, `np.linalg`, `torch`, `scipy.linalg`."""
    if isinstance(e, ast.Attribute):
        return e.attr == "linalg" and _is_library(e.value)
    return isinstance(e, ast.Name) and e.id in ("np", "numpy", "jnp", "torch", "scipy", "sp", "linalg", "math")


def _identity(x: _Reading, e: ast.Call, args: list[ast.expr], level: int) -> n.Node:
    return mat.Ident(x.value(args[0], level))


def _length(x: _Reading, e: ast.Call, args: list[ast.expr], level: int) -> n.Node:
    return (mat.shape(x.value(args[0], level)) or mat.SCALAR)[0]


def _solution(x: _Reading, e: ast.Call, args: list[ast.expr], level: int) -> n.Node:
    return x.product(mat.Inverse(x.square(args[0], level)), x.value(args[1], level), e)


def _outer(x: _Reading, e: ast.Call, args: list[ast.expr], level: int) -> n.Node:
    left, right = (x.value(arg, level) for arg in args)
    if not (mat.is_column(left) and mat.is_column(right)):
        raise x.error("np.outer is read of two columns.", e)
    return mat.matmul(left, mat.transposed(right))


def _dot(x: _Reading, e: ast.Call, args: list[ast.expr], level: int) -> n.Node:
    return x.product(x.value(args[0], level), x.value(args[1], level), e)


Read = Callable[[_Reading, ast.Call, list[ast.expr], int], n.Node]
CALLS: dict[tuple[str, int], Read] = {
    ("inv", 1): lambda x, e, args, level: mat.Inverse(x.square(args[0], level)),
    ("inverse", 1): lambda x, e, args, level: mat.Inverse(x.square(args[0], level)),
    ("det", 1): lambda x, e, args, level: mat.Det(x.square(args[0], level)),
    ("logdet", 1): lambda x, e, args, level: n.Fn(sympy.log, mat.Det(x.square(args[0], level))),
    ("trace", 1): lambda x, e, args, level: mat.traced(x.square(args[0], level)),
    ("copy", 1): lambda x, e, args, level: x.value(args[0], level),
    ("transpose", 1): lambda x, e, args, level: mat.transposed(x.value(args[0], level)),
    ("solve", 2): _solution,
    ("eye", 1): _identity,
    ("identity", 1): _identity,
    ("len", 1): _length,
    ("outer", 2): _outer,
    ("dot", 2): _dot,
    ("matmul", 2): _dot,
}
FUNCTIONS = {"log": sympy.log, "exp": sympy.exp, "sqrt": sympy.sqrt, "abs": sympy.Abs}
