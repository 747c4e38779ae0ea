"""Models as plain expressions: what is predicted for one sample.

Each takes the caller's own symbols and returns SymPy; put it into a loss of `gdsym.losses`.
"""

from __future__ import annotations

from typing import Any

import sympy


def line(w: Any, b: Any, x: Any) -> Any:
    """W x + b: a straight line with slope w and intercept b.

    Example:
        >>> from sympy import IndexedBase, symbols
        >>> from gdsym import models
        >>> w, b, i = symbols("w b i")
        >>> models.line(w, b, IndexedBase("x")[i])
        b + w*x[i]
    """
    return w * x + b


def linear(w: Any, b: Any, x: Any, i: Any, features: tuple[Any, Any, Any]) -> Any:
    """sum_j w_j x_ij + b: linear in several features; `features` is the range (j, 1, n).

    Example:
        >>> from sympy import IndexedBase, symbols
        >>> from gdsym import models
        >>> b, i, j, n = symbols("b i j n")
        >>> models.linear(IndexedBase("w"), b, IndexedBase("x"), i, (j, 1, n))
        b + Sum(w[j]*x[i, j], (j, 1, n))
    """
    j = features[0]
    return sympy.Sum(w[j] * x[i, j], features) + b


def polynomial(w: Any, x: Any, degree: int) -> Any:
    """w_0 + w_1 x + ... + w_d x^d, the coefficients entries of an IndexedBase counted from 0.

    Example:
        >>> from sympy import IndexedBase, symbols
        >>> from gdsym import models
        >>> models.polynomial(IndexedBase("w"), symbols("x"), 2)
        x**2*w[2] + x*w[1] + w[0]
    """
    return sympy.Add(*(w[power] * x**power for power in range(degree + 1)))


def logistic(z: Any) -> Any:
    """1 / (1 + exp(-z)): the probability that belongs to the log-odds z (Cox 1958).

    Example:
        >>> from sympy import symbols
        >>> from gdsym import models
        >>> models.logistic(symbols("z"))
        1/(1 + exp(-z))
    """
    return 1 / (1 + sympy.exp(-z))


def one_hidden_layer(
    v: Any, c: Any, W: Any, a: Any, x: Any, i: Any, hidden: tuple[Any, Any, Any], features: tuple[Any, Any, Any]
) -> Any:
    """sum_h v_h tanh(sum_j W_hj x_ij + a_h) + c: a network with one hidden layer.

    `hidden` is the range (h, 1, H) of the hidden units, `features` the range (j, 1, n) of the inputs.

    Example:
        >>> from sympy import IndexedBase, symbols
        >>> from gdsym import models
        >>> c, i, h, H, j, n = symbols("c i h H j n")
        >>> v, W, a, x = map(IndexedBase, "vWax")
        >>> models.one_hidden_layer(v, c, W, a, x, i, (h, 1, H), (j, 1, n))
        c + Sum(tanh(a[h] + Sum(W[h, j]*x[i, j], (j, 1, n)))*v[h], (h, 1, H))
    """
    h, j = hidden[0], features[0]
    inner = sympy.Sum(W[h, j] * x[i, j], features) + a[h]
    return sympy.Sum(v[h] * sympy.tanh(inner), hidden) + c
