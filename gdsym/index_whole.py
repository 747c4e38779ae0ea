"""Inverses and determinants in index form: the entry of an inverse, det, and log det, which never overflows."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from gdsym.written import matrix_algebra as mat
from gdsym.written import nodes as n
from gdsym.written.wholes import Inverted, OfMatrix

if TYPE_CHECKING:
    from gdsym.index_form import Indexer

HALF = Fraction(1, 2)
Factor = tuple[n.Node, Fraction]  # a factor and its exponent


def has_wholes(node: n.Node) -> bool:
    """Does an inverse or a determinant stand in the formula?"""
    return node.has(n.kinds_of(mat.Inverse, mat.Det))


def inverse(x: Indexer, node: mat.Inverse, at: tuple[n.Node, n.Node], depth: int) -> n.Node:
    """The entry (i, j) of an inverse; that of a transpose is the entry (j, i) of the inverse."""
    if isinstance(node.arg, mat.Transpose):
        return x.entry(mat.Inverse(node.arg.arg), (at[1], at[0]), depth)
    if mat.is_number(node.arg):
        return n.Div(n.ONE, x.number(node.arg, depth))
    return n.Indexed(Inverted(node.arg, *x.parts(node.arg)), *at)


def determinant(x: Indexer, node: mat.Det, depth: int, word: str = "det") -> n.Node:
    """A number of a square matrix; that of its transpose is the same."""
    matrix = node.arg.arg if isinstance(node.arg, mat.Transpose) else node.arg
    return OfMatrix(word, matrix, *x.parts(matrix))


def logarithm(x: Indexer, node: n.Node, depth: int) -> n.Node | None:
    """log(c det A) = log c + log det A, in which no determinant is made: it may be too large or too small for a float.

    Where the sign is not that of one determinant alone, it goes with what is left: log(u sign(det A)) + log |det A|.
    """
    if not isinstance(node, n.Fn) or node.func is not sympy.log:
        return None
    factors = list(_factors(node.children[0], Fraction(1)))
    dets: dict[n.Node, Fraction] = {}  # |det A| and det A, which is that of the transpose, each with its exponent
    for factor, k in factors:
        if isinstance(_bare(factor), mat.Det):
            factor = n.rewrite(factor, _turned)
            dets[factor] = dets.get(factor, Fraction(0)) + k
    if not dets:
        return None
    others = [(f, k) for f, k in factors if not isinstance(_bare(f), mat.Det)]
    rest = [(f, k) for f, k in others if not _is_positive(f)]
    signed = [f for f, k in dets.items() if isinstance(f, mat.Det) and k.denominator == 1 and k % 2]
    alone = not rest and len(signed) == 1
    terms = [_times(k, _logged(x, f, k, alone and f in signed, depth)) for f, k in dets.items() if k]
    terms += [_times(k, _log_of_number(f)) for f, k in others if _is_positive(f)]
    left = [_power(x.number(f, depth), k) for f, k in rest]
    left += [] if alone else [determinant(x, f, depth, "sign_det") for f in signed if isinstance(f, mat.Det)]
    return n.add(*terms, *([n.Fn(sympy.log, n.times(*left))] if left else []))


def _turned(part: n.Node) -> n.Node:
    return mat.Det(part.arg.arg) if isinstance(part, mat.Det) and isinstance(part.arg, mat.Transpose) else part


def _logged(x: Indexer, factor: n.Node, power: Fraction, alone: bool, depth: int) -> n.Node:
    """A determinant below 0 is undefined where its sign alone counts, and under a root."""
    det = _bare(factor)
    assert isinstance(det, mat.Det)
    rooted = factor is det and power.denominator != 1
    return determinant(x, det, depth, "logdet" if rooted or alone else "logabsdet")


def _bare(factor: n.Node) -> n.Node:
    """The determinant in |det A|."""
    return factor.children[0] if isinstance(factor, n.Fn) and factor.func is sympy.Abs else factor


def _factors(node: n.Node, power: Fraction) -> Iterator[Factor]:
    if isinstance(node, n.Mul) and mat.is_number(node):
        for child in node.children:
            yield from _factors(child, power)
    elif isinstance(node, n.Div):
        yield from _factors(node.num, power)
        yield from _factors(node.den, -power)
    elif isinstance(node, n.Root) and n.is_num(node.degree, 2) and isinstance(node.arg, mat.Det):
        yield node.arg, power * HALF
    elif isinstance(node, n.Pow) and isinstance(node.exponent, n.Num) and isinstance(node.base, mat.Det):
        yield node.base, power * node.exponent.value
    else:
        yield node, power


def _is_positive(node: n.Node) -> bool:
    """2, pi, (2 pi)^n."""
    if isinstance(node, n.Pow):
        return _is_positive(node.base)
    if isinstance(node, n.Mul):
        return all(map(_is_positive, node.children))
    return (isinstance(node, n.Num) and node.value > 0) or (isinstance(node, n.Const) and bool(node.value.is_positive))


def _log_of_number(node: n.Node) -> n.Node:
    """log((2 pi)^n) = n log(2 pi)."""
    if isinstance(node, n.Pow):
        return n.times(node.exponent, n.Fn(sympy.log, node.base))
    return n.Fn(sympy.log, node)


def _times(factor: Fraction, node: n.Node) -> n.Node:
    if factor < 0:
        return n.Neg(_times(-factor, node))
    return node if factor == 1 else n.Mul(n.Num(factor), node)


def _power(node: n.Node, power: Fraction) -> n.Node:
    return node if power == 1 else n.Pow(node, n.Num(power))
