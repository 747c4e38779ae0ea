"""From a differential to the gradient: d f = tr(G^T dW) for a number f, d f = J dw for a column f.

`collected` writes every term with dW at its end: a number equals its transpose, tr(A B) = tr(B A), tr(A^T) = tr(A).
`gradient` reads G (or J) off that form. Both keep sums, signs and numbers as they stand.
"""

from __future__ import annotations

from collections.abc import Iterator

from gdsym.errors import Unsupported
from gdsym.written import matrix_algebra as mat
from gdsym.written.nodes import ONE, TRUE, ZERO, Add, Cases, Div, Mul, Neg, Node, is_num, kinds_of, mul, replace, times

DIFFERENTIALS = kinds_of(mat.Differential)
Factors = tuple[Node, ...]
Term = tuple[Node, Factors]  # a number c, and the factors of M: c tr(M dW), or c M dw


def collected(node: Node, dw: mat.Differential) -> Node:
    """The differential of a number with dW at the end of every term."""
    if mat.shape(dw) is None or dw not in node.free:
        return node
    if isinstance(node, (Add, Neg, Mul, Div)):
        return _kept(node, tuple(collected(child, dw) for child in node.children))
    if isinstance(node, Cases):
        return _by_one_factor(node, dw) or collected(_by_indicators(node), dw)
    return mat.total(mat.scaled(c, _at_the_end(m, dw)) for c, m in _pulled(_inside(node), dw, (), ()))


def _kept(node: Node, children: tuple[Node, ...]) -> Node:
    """The same sum, product or quotient of numbers, with sums inside sums in one row."""
    if isinstance(node, Add):
        return mat.total(
            part for child in children for part in (child.children if isinstance(child, Add) else (child,))
        )
    if isinstance(node, Mul):
        return times(*_numbers_first(children))
    return mat.scaled(Neg(ONE), children[0]) if isinstance(node, Neg) else node.with_children(children)


def _numbers_first(factors: Factors) -> Factors:
    """Numbers stand in front of matrices and of what holds the differential."""
    return tuple(sorted(factors, key=lambda f: not mat.is_number(f) or f.has(DIFFERENTIALS)))


def _by_one_factor(node: Cases, dw: mat.Differential) -> Node | None:
    """{a x^T dw if c; b x^T dw otherwise} = {a if c; b otherwise} x^T dw, where all values have that in common."""
    rows = [(_split_off(collected(value, dw), dw), condition) for value, condition in node.pairs]
    common = {core for (_, core), _ in rows if core is not None}
    if len(common) != 1:
        return None
    return times(Cases(*(part for (number, _), condition in rows for part in (number, condition))), common.pop())


def _split_off(value: Node, dw: mat.Differential) -> tuple[Node, Node | None]:
    """The number in front of what holds the differential, and that; (0, None) of 0."""
    if is_num(value, 0):
        return ZERO, None
    if isinstance(value, Neg):
        number, core = _split_off(value.arg, dw)
        return Neg(number), core
    if isinstance(value, Div) and dw not in value.den.free:
        number, core = _split_off(value.num, dw)
        return Div(number, value.den), core
    if isinstance(value, Add):
        terms = [_split_off(term, dw) for term in value.children]
        same = len({core for _, core in terms}) == 1
        return (Add(*(number for number, _ in terms)), terms[0][1]) if same else (ONE, value)
    moving = [f for f in value.children if dw in f.free] if isinstance(value, Mul) else []
    if len(moving) != 1:
        return ONE, value
    number, core = _split_off(moving[0], dw)
    others = [f for f in value.children if f is not moving[0]]
    return mul(*others, *([] if is_num(number, 1) else [number])), core


def _by_indicators(node: Cases) -> Node:
    """A case distinction as the sum of its values, each times 1 where it is the one that is taken, and 0 elsewhere."""
    terms: list[Node] = []
    for at, (value, condition) in enumerate(node.pairs):
        earlier = [part for _, c in node.pairs[:at] for part in (ZERO, c)]
        rest = [] if condition == TRUE else [ZERO, TRUE]
        if not is_num(value, 0):
            terms.append(times(Cases(*earlier, ONE, condition, *rest), value))
    return mat.total(terms)


def _inside(node: Node) -> Node:
    return node.arg if isinstance(node, mat.Trace) else node


def _at_the_end(factors: Factors, dw: mat.Differential) -> Node:
    """tr(M dW), or M dw without a trace where that is a number."""
    if mat.is_column(dw):
        return mat.matmul(*factors, dw)
    if mat.is_row(dw):
        return mat.matmul(dw, *factors)
    return mat.traced(mat.matmul(*factors, dw) if factors else dw)


def _pulled(node: Node, dw: Node, left: Factors, right: Factors) -> Iterator[Term]:
    """tr(left node right) as terms c tr(M dW), M = right left where node is dW itself."""
    if node == dw:
        yield _tidy((*right, *left))
    elif isinstance(node, mat.Transpose):
        yield from _pulled(node.arg, dw, _turned(right), _turned(left))
    elif isinstance(node, mat.MatMul):
        j = next(k for k, factor in enumerate(node.children) if dw in factor.free)
        yield from _pulled(node.children[j], dw, (*left, *node.children[:j]), (*node.children[j + 1 :], *right))
    elif isinstance(node, Add):
        for child in node.children:
            yield from _pulled(child, dw, left, right)
    elif isinstance(node, Neg):
        yield from _times(Neg(ONE), _pulled(node.arg, dw, left, right))
    elif isinstance(node, Div):
        yield from _times(Div(ONE, node.den), _pulled(node.num, dw, left, right))
    elif isinstance(node, Mul):
        yield from _pulled_product(node, dw, left, right)
    elif isinstance(node, mat.Hadamard):
        yield from _pulled_hadamard(node, dw, left, right)
    elif isinstance(node, mat.Diag):
        yield from _pulled(node.arg, dw, (mat.transposed(_diagonal(mat.matmul(*right, *left), node)),), ())
    elif isinstance(node, mat.Trace):  # a number in a place of its own
        yield from _times(_closed(left, right), _pulled(node.arg, dw, (), ()))
    else:
        raise Unsupported(f"The gradient cannot be read off {str(node.to_sympy())[:160]} ({type(node).__name__}).")


def _tidy(factors: Factors) -> Term:
    """Signs and numbers of the factors in front."""
    whole = mat.matmul(*factors) if factors else ONE
    negative, whole = (True, whole.arg) if isinstance(whole, Neg) else (False, whole)
    numbers: tuple[Node, ...] = ()
    if isinstance(whole, Mul):
        *numbers, whole = whole.children  # type: ignore[assignment]
    row = whole.children if isinstance(whole, mat.MatMul) else () if whole == ONE else (whole,)
    return mat.scaled(Neg(ONE), mul(*numbers)) if negative else mul(*numbers), row


def _turned(factors: Factors) -> Factors:
    return tuple(mat.transposed(f) for f in reversed(factors))


def _times(number: Node, terms: Iterator[Term]) -> Iterator[Term]:
    for c, m in terms:
        yield mat.scaled(number, c) if c != ONE else number, m


def _pulled_product(node: Mul, dw: Node, left: Factors, right: Factors) -> Iterator[Term]:
    """C U: the numbers in front, unless one of them holds dW; then U is part of its factor."""
    (moving,) = (f for f in node.children if dw in f.free)
    others = [f for f in node.children if f is not moving]
    if not mat.is_number(moving) or mat.is_number(node):
        large = [f for f in others if not mat.is_number(f)]
        assert not large
        yield from _times(mul(*others), _pulled(_inside(moving), dw, left, right))
        return
    numbers = [f for f in others if mat.is_number(f)]
    large = [f for f in others if not mat.is_number(f)]
    yield from _times(mul(*numbers, _closed((*left, *large), right)), _pulled(_inside(moving), dw, (), ()))


def _closed(left: Factors, right: Factors) -> Node:
    """tr(left right) as a number."""
    if not (*left, *right):
        return ONE
    for factors in ((*left, *right), (*right, *left)):
        whole = mat.matmul(*factors)
        if mat.is_number(whole):
            return whole
    return mat.traced(mat.matmul(*left, *right))


def _pulled_hadamard(node: mat.Hadamard, dw: Node, left: Factors, right: Factors) -> Iterator[Term]:
    """tr(C (A o U)) = tr((C^T o A)^T U), C = right left."""
    (moving,) = (f for f in node.children if dw in f.free)
    others = [f for f in node.children if f is not moving]
    around = mat.matmul(*right, *left) if (*right, *left) else mat.Ident((mat.shape(node) or (ONE, ONE))[0])
    weight = mat.hadamard(mat.transposed(around), *others)
    yield from _pulled(moving, dw, (mat.transposed(weight),), ())


def _diagonal(around: Node, node: mat.Diag) -> Node:
    """The diagonal of a square matrix as a column: (I o C) 1."""
    size = (mat.shape(node) or (ONE, ONE))[0]
    return mat.matmul(mat.Hadamard(mat.Ident(size), around), mat.Ones(size, ONE))


def gradient(node: Node, dw: mat.Differential) -> Node:
    """G from d f = tr(G^T dW); the coefficient of dw where that is a number; J from d f = J dw for a column f."""
    if mat.shape(dw) is None:
        return replace(node, {dw: ONE})
    if not mat.is_number(node):
        return _jacobian(node, dw)
    if dw not in node.free:
        return _zero(dw)
    if isinstance(node, Add):
        return mat.total(gradient(child, dw) for child in node.children)
    if isinstance(node, (Neg, Div)):
        return node.with_children((gradient(node.children[0], dw), *node.children[1:]))
    if isinstance(node, Mul):
        return times(*_numbers_first(tuple(gradient(f, dw) if dw in f.free else f for f in node.children)))
    terms = [mat.scaled(c, mat.transposed(_whole(m, dw))) for c, m in _pulled(_inside(node), dw, (), ())]
    return mat.total(terms)


def _whole(factors: Factors, dw: mat.Differential) -> Node:
    if factors:
        return mat.matmul(*factors)
    return ONE if mat.is_number(dw) else mat.Ident((mat.shape(dw) or (ONE, ONE))[0])


def _zero(dw: mat.Differential) -> Node:
    rows, cols = mat.shape(dw) or (ONE, ONE)
    return mat.Zeros(rows, cols)


def _jacobian(node: Node, dw: mat.Differential) -> Node:
    """J from d f = J dw for columns f and w."""
    if not (mat.is_column(dw) and mat.is_column(node)):
        raise Unsupported(
            "The derivative of a matrix by a matrix has four indices and no matrix form. Derive one entry or a number made "
            "of it, or write the cost in index form with IndexedBase."
        )
    if dw not in node.free:
        return ZERO
    if node == dw:
        return mat.Ident((mat.shape(dw) or (ONE, ONE))[0])
    if isinstance(node, Add):
        return mat.total(_jacobian(child, dw) for child in node.children)
    if isinstance(node, (Neg, Div)):
        return node.with_children((_jacobian(node.children[0], dw), *node.children[1:]))
    if isinstance(node, Mul):
        return _jacobian_of_multiple(node, dw)
    if isinstance(node, mat.MatMul):
        return _jacobian_of_product(node, dw)
    if isinstance(node, mat.Hadamard):  # a o (J dw) = diag(a) J dw
        (moving,) = (f for f in node.children if dw in f.free)
        weight = mat.hadamard(*(f for f in node.children if f is not moving))
        return mat.matmul(mat.Diag(weight), _jacobian(moving, dw))
    raise Unsupported(f"The derivative cannot be read off {str(node.to_sympy())[:160]} ({type(node).__name__}).")


def _jacobian_of_multiple(node: Mul, dw: mat.Differential) -> Node:
    """C (J dw), or (g^T dw) a = a g^T dw."""
    (moving,) = (f for f in node.children if dw in f.free)
    others = [f for f in node.children if f is not moving]
    if not mat.is_number(moving):
        return times(*others, _jacobian(moving, dw))
    (column,) = (f for f in others if not mat.is_number(f))
    numbers = [f for f in others if mat.is_number(f)]
    turned = mat.transposed(gradient(moving, dw))
    return mat.scaled(mul(*numbers), mat.matmul(column, turned)) if numbers else mat.matmul(column, turned)


def _jacobian_of_product(node: mat.MatMul, dw: mat.Differential) -> Node:
    """A (J dw); or A (...dw...) b, where the part behind A up to b is a number or a column of terms."""
    j = next(k for k, factor in enumerate(node.children) if dw in factor.free)
    before, inner, after = node.children[:j], node.children[j], node.children[j + 1 :]
    if isinstance(inner, (Add, Neg, Mul, Div)) or (isinstance(inner, mat.Transpose) and inner.arg != dw):
        return mat.total(_jacobian(part, dw) for part in _spread(before, inner, after))
    if not after:
        return mat.matmul(*before, _jacobian(inner, dw))
    if mat.is_row(inner):  # dw^T b is the number b^T dw; what follows is a number, too
        behind = mat.matmul(*after)
        return mat.matmul(*before, mat.transposed(behind)) if mat.is_column(behind) else _refused(node)
    behind = mat.matmul(*after)  # dw b with a number b
    return times(behind, mat.matmul(*before, _jacobian(inner, dw))) if before else times(behind, _jacobian(inner, dw))


def _spread(before: Factors, inner: Node, after: Factors) -> Iterator[Node]:
    """A (U + V) B = A U B + A V B; transposes are pushed inwards."""
    if isinstance(inner, mat.Transpose):
        turned = mat.transposed_inside(inner.arg)
        yield mat.matmul(*before, turned, *after)
        return
    for term in inner.children if isinstance(inner, Add) else (inner,):
        yield mat.matmul(*before, term, *after)


def _refused(node: Node) -> Node:
    raise Unsupported(f"The derivative cannot be read off {str(node.to_sympy())[:160]}.")
