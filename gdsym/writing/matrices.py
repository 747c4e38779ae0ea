r"""Matrices in LaTeX, Unicode and ASCII: `X^{\top}(Xw-y)`, `Xᵀ (X w - y)`, `X.T*(X*w - y)`.

Only the portable subset: `\top`, `\operatorname{tr}`, `\det`, `\odot`, `\mathbf{1}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from gdsym.writing.grammar import Method, loose, starts_with_minus
from gdsym.written import matrices as mat
from gdsym.written import nodes as n
from gdsym.written.matrix_algebra import is_number
from gdsym.written.wholes import Inverted, OfMatrix

SIMPLE = (mat.MatSym, mat.Ident, mat.Ones, mat.Zeros, n.Sym, n.Indexed)


def bracketed(node: n.Node, first: bool) -> bool:
    """Does a factor of a matrix product need brackets?"""
    return loose(node) or isinstance(node, (mat.Hadamard, n.Mul, n.Div)) or (not first and starts_with_minus(node))


def numbers_beside(factors: tuple[n.Node, ...]) -> frozenset[n.Node]:
    """The products that are numbers beside a matrix: `(w^T A w) w` would else be read as one product."""
    products = [f for f in factors if isinstance(f, mat.MatMul)]
    if not products or all(map(is_number, factors)):
        return frozenset()
    return frozenset(filter(is_number, products))


def _lies(node: mat.Ones) -> bool:
    """Is it a row of ones? SymPy has forgotten that it was a column transposed."""
    return n.is_num(node.children[0], 1) and not n.is_num(node.children[1], 1)


def entry_of_inverse(w: Any, node: n.Indexed) -> str:
    """`T⁻¹[i, j]`, as entries of a matrix are written in text; nothing for those of another array."""
    if not isinstance(node.base, Inverted):
        return ""
    return f"{w.write(node.base)}[{', '.join(map(w.write, node.indices))}]"


def latex_entry_of_inverse(w: Any, node: n.Indexed) -> str:
    r"""`\left(T^{-1}\right)_{ij}`; nothing for entries of another array."""
    if not isinstance(node.base, Inverted):
        return ""
    indices = list(map(w.write, node.indices))
    below = "".join(indices) if all(len(i) == 1 for i in indices) else ", ".join(indices)
    return rf"\left({w.write(node.base)}\right)_{{{below}}}"


def _row(w: Any, factors: tuple[n.Node, ...]) -> list[str]:
    return [w.group(f, bracketed(f, j == 0)) for j, f in enumerate(factors)]


def _latex_matmul(w: Any, node: mat.MatMul) -> str:
    r"""Letters side by side, `\,` between things in brackets or with scripts that would run together."""
    pieces = _row(w, node.children)
    out = pieces[0]
    for before, after, piece in zip(node.children, node.children[1:], pieces[1:], strict=False):
        thin = isinstance(after, (n.D, mat.Apply)) or isinstance(before, (n.D, mat.Differential, mat.Apply))
        dots = r"\cdot " if piece[0].isdigit() else r"\," if thin or isinstance(after, mat.Differential) else ""
        letters = out[-1].isalnum() and piece[0].isalnum()
        out += dots + (" " if (letters and not dots) or _command_runs_on(out, piece, dots) else "") + piece
    return out


def _command_runs_on(out: str, piece: str, dots: str) -> bool:
    """Would `\\top` swallow the letter that follows?"""
    tail = out.rpartition("\\")[2]
    return not dots and "\\" in out and tail.isalpha() and piece[0].isalpha()


def _latex_power(sign: str) -> Callable[[Any, Any], str]:
    def write(w: Any, node: Any) -> str:
        arg = node.children[0]
        if sign == r"\top" and isinstance(arg, mat.Inverse):
            return f"{_base(w, arg.arg)}^{{-\\top}}"
        return f"{_base(w, arg)}^{{{sign}}}"

    return write


def _base(w: Any, arg: n.Node) -> str:
    plain = isinstance(arg, SIMPLE) and "^" not in w.write(arg)
    return str(w.group(arg, not plain))


def _latex_call(head: str) -> Callable[[Any, Any], str]:
    def write(w: Any, node: Any) -> str:
        return head + _round(w.write(node.children[0]))

    return write


def _round(inner: str) -> str:
    tall = any(command in inner for command in (r"\frac", r"\sum", r"\left", r"\begin", r"\prod"))
    return rf"\left({inner}\right)" if tall else f"({inner})"


def _latex_hadamard(w: Any, node: mat.Hadamard) -> str:
    pieces = [w.group(f, loose(f) or isinstance(f, n.Mul) or starts_with_minus(f)) for f in node.children]
    return r"\odot ".join(f"{p}" if j == 0 else p for j, p in enumerate(pieces))


def _latex_differential(w: Any, node: mat.Differential) -> str:
    return f"d{w.write(node.of)}"


def _applied(node: mat.Apply) -> n.Node:
    """g(X), printed as if g took the matrix as its letter."""
    return n.replace(node.body, {node.letter: node.arg})


def _latex_apply(w: Any, node: mat.Apply) -> str:
    r"""`[e^{X}]_{\circ}`: entry by entry."""
    return rf"\left[{w.write(_applied(node))}\right]_{{\circ}}"


LATEX: Mapping[type[n.Node], Method] = MappingProxyType(
    {
        Inverted: lambda w, node: w.write(node.paper),
        OfMatrix: lambda w, node: w.write(node.paper),
        mat.MatSym: lambda w, node: w.name(node),
        mat.Entries: lambda w, node: w.name(node),
        mat.Elements: lambda w, node: w.name(node),
        mat.Ident: lambda w, node: "I",
        mat.Ones: lambda w, node: r"\mathbf{1}^{\top}" if _lies(node) else r"\mathbf{1}",
        mat.Zeros: lambda w, node: "0",
        mat.Differential: _latex_differential,
        mat.MatMul: _latex_matmul,
        mat.Transpose: _latex_power(r"\top"),
        mat.Inverse: _latex_power("-1"),
        mat.Hadamard: _latex_hadamard,
        mat.Trace: _latex_call(r"\operatorname{tr}"),
        mat.Det: _latex_call(r"\det"),
        mat.Diag: _latex_call(r"\operatorname{diag}"),
        mat.Apply: _latex_apply,
    }
)


def latex_differential(w: Any, node: n.D) -> str:
    r"""`dJ`, `d\left[Xw-y\right]`."""
    if isinstance(node.body, (n.Sym, mat.MatSym)):
        return f"d{w.write(node.body)}"
    return rf"d\left[{w.write(node.body)}\right]"


def _text_matmul(w: Any, node: mat.MatMul) -> str:
    pieces = _row(w, node.children)
    out = pieces[0]
    for piece in pieces[1:]:
        out += (" · " if piece[0].isdigit() else " ") + piece
    return out


def _text_power(sign: str) -> Callable[[Any, Any], str]:
    def write(w: Any, node: Any) -> str:
        arg = node.children[0]
        if sign == "ᵀ" and isinstance(arg, mat.Inverse):
            return str(w.group(arg.arg, not isinstance(arg.arg, SIMPLE))) + "⁻ᵀ"
        return str(w.group(arg, not isinstance(arg, SIMPLE))) + sign

    return write


def _text_call(head: str) -> Callable[[Any, Any], str]:
    return lambda w, node: f"{head}({w.write(node.children[0])})"


def _text_hadamard(w: Any, node: mat.Hadamard) -> str:
    return " ⊙ ".join(w.group(f, loose(f) or isinstance(f, n.Mul) or starts_with_minus(f)) for f in node.children)


UNICODE: Mapping[type[n.Node], Method] = MappingProxyType(
    {
        Inverted: lambda w, node: w.write(node.paper),
        OfMatrix: lambda w, node: w.write(node.paper),
        mat.MatSym: lambda w, node: w.name(node),
        mat.Entries: lambda w, node: w.name(node),
        mat.Elements: lambda w, node: w.name(node),
        mat.Ident: lambda w, node: "I",
        mat.Ones: lambda w, node: "𝟏ᵀ" if _lies(node) else "𝟏",
        mat.Zeros: lambda w, node: "0",
        mat.Differential: lambda w, node: f"d{w.write(node.of)}",
        mat.MatMul: _text_matmul,
        mat.Transpose: _text_power("ᵀ"),
        mat.Inverse: _text_power("⁻¹"),
        mat.Hadamard: _text_hadamard,
        mat.Trace: _text_call("tr"),
        mat.Det: _text_call("det"),
        mat.Diag: _text_call("diag"),
        mat.Apply: lambda w, node: f"[{w.write(_applied(node))}]∘",
    }
)


def text_differential(w: Any, node: n.D) -> str:
    """`dJ`, `d[X w - y]`."""
    body = w.write(node.body)
    return f"d{body}" if isinstance(node.body, (n.Sym, mat.MatSym)) else f"d[{body}]"


def _ascii_product(w: Any, node: n.Node) -> str:
    return "*".join(w.group(f, bracketed(f, j == 0)) for j, f in enumerate(node.children))


def _ascii_power(sign: str) -> Callable[[Any, Any], str]:
    simple = (*SIMPLE, mat.Transpose, mat.Inverse)
    return lambda w, node: str(w.group(node.children[0], not isinstance(node.children[0], simple))) + sign


def _ascii_call(head: str) -> Callable[[Any, Any], str]:
    return lambda w, node: f"{head}({w.all(node.children)})"


ASCII: Mapping[type[n.Node], Method] = MappingProxyType(
    {
        Inverted: lambda w, node: w.write(node.paper),
        OfMatrix: lambda w, node: w.write(node.paper),
        mat.MatSym: lambda w, node: w.name(node),
        mat.Entries: lambda w, node: w.name(node),
        mat.Elements: lambda w, node: w.name(node),
        mat.Ident: _ascii_call("Identity"),
        mat.Ones: _ascii_call("OneMatrix"),
        mat.Zeros: _ascii_call("ZeroMatrix"),
        mat.Differential: lambda w, node: f"d{w.write(node.of)}",
        mat.MatMul: _ascii_product,
        mat.Transpose: _ascii_power(".T"),
        mat.Inverse: _ascii_power(".I"),
        mat.Hadamard: _ascii_call("HadamardProduct"),
        mat.Trace: _ascii_call("Trace"),
        mat.Det: _ascii_call("Determinant"),
        mat.Diag: _ascii_call("DiagMatrix"),
        mat.Apply: lambda w, node: (
            f"{w.write(node.arg)}.applyfunc(Lambda({w.write(node.letter)}, {w.write(node.body)}))"
        ),
    }
)
