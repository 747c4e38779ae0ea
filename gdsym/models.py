"""Models as plain expressions: what is predicted for one sample.

Each takes the caller's own symbols (or text) and returns SymPy; put it into a loss of `gdsym.losses`.
"""

from __future__ import annotations

from typing import Any

import sympy

from gdsym.arguments import odd as _odd
from gdsym.ingredients import array as _array
from gdsym.ingredients import index as _index
from gdsym.ingredients import span as _span
from gdsym.ingredients import term as _term

__all__ = ["line", "linear", "logistic", "one_hidden_layer", "polynomial"]

_HIGHEST = 1000  # degree of a polynomial


def __dir__() -> list[str]:
    """The models, for tab completion."""
    return __all__


def line(w: Any, b: Any, x: Any) -> Any:
    """`w x + b`: a straight line with slope w and intercept b.

    Args:
        w: the slope. b: the intercept. x: the input of one sample, e.g. x[i].

    Returns:
        A SymPy expression, for a loss of `gd.losses`.

    Example:
        >>> from sympy import IndexedBase, symbols
        >>> from gdsym import models
        >>> w, b, i = symbols("w b i")
        >>> models.line(w, b, IndexedBase("x")[i])
        b + w*x[i]
    """
    return _term(w, "w") * _term(x, "x") + _term(b, "b")


def linear(w: Any, b: Any, x: Any, i: Any, features: tuple[Any, Any, Any]) -> Any:
    """sum_j w_j x_ij + b: linear in several features.

    Args:
        w: the weights, an IndexedBase. b: the intercept (0 for none). x: the inputs, an IndexedBase with two axes.
        i: the sample index. features: the range (j, 1, n) of the features.

    Returns:
        A SymPy expression, for a loss of `gd.losses`.

    Example:
        >>> from sympy import IndexedBase, symbols
        >>> from gdsym import models
        >>> b, i, j, n = symbols("b i j n")
        >>> models.linear(IndexedBase("w"), b, IndexedBase("x"), i, (j, 1, n))
        b + Sum(w[j]*x[i, j], (j, 1, n))
    """
    over, i = _span(features, "features"), _index(i, "i")
    return sympy.Sum(_array(w, "w")[over[0]] * _array(x, "x")[i, over[0]], over) + _term(b, "b")


def polynomial(w: Any, x: Any, degree: int) -> Any:
    """w_0 + w_1 x + ... + w_d x^d, the coefficients entries of an IndexedBase counted from 0.

    Args:
        w: the coefficients, an IndexedBase. x: the input of one sample. degree: d, a whole number from 0.

    Returns:
        A SymPy expression, for a loss of `gd.losses`.

    Example:
        >>> from sympy import IndexedBase, symbols
        >>> from gdsym import models
        >>> models.polynomial(IndexedBase("w"), symbols("x"), 2)
        x**2*w[2] + x*w[1] + w[0]
    """
    if isinstance(degree, bool) or not isinstance(degree, int) or not 0 <= degree <= _HIGHEST:
        raise _odd(degree, "degree", f"give a whole number from 0 to {_HIGHEST}")
    w, x = _array(w, "w"), _term(x, "x")
    return sympy.Add(*(w[power] * x**power for power in range(degree + 1)))


def logistic(z: Any) -> Any:
    """1 / (1 + exp(-z)): the probability that belongs to the log-odds z (Cox 1958).

    Args:
        z: the log-odds, an expression.

    Returns:
        A SymPy expression between 0 and 1, e.g. for `losses.log_loss`.

    Example:
        >>> from sympy import symbols
        >>> from gdsym import models
        >>> models.logistic(symbols("z"))
        1/(1 + exp(-z))
    """
    return 1 / (1 + sympy.exp(-_term(z, "z")))


def one_hidden_layer(
    v: Any, c: Any, W: Any, a: Any, x: Any, i: Any, hidden: tuple[Any, Any, Any], features: tuple[Any, Any, Any]
) -> Any:
    """sum_h v_h tanh(sum_j W_hj x_ij + a_h) + c: a network with one hidden layer.

    Args:
        v: the weights of the output, an IndexedBase over the hidden units. c: its bias.
        W: the weights of the hidden layer, an IndexedBase W[h, j]. a: its biases, an IndexedBase over the hidden units.
        x: the inputs, an IndexedBase x[i, j]. i: the sample index.
        hidden: the range (h, 1, H) of the hidden units. features: the range (j, 1, n) of the inputs.

    Returns:
        A SymPy expression, for a loss of `gd.losses`.

    Example:
        >>> from sympy import IndexedBase, symbols
        >>> from gdsym import models
        >>> c, i, h, H, j, n = symbols("c i h H j n")
        >>> v, W, a, x = map(IndexedBase, "vWax")
        >>> models.one_hidden_layer(v, c, W, a, x, i, (h, 1, H), (j, 1, n))
        c + Sum(tanh(a[h] + Sum(W[h, j]*x[i, j], (j, 1, n)))*v[h], (h, 1, H))
    """
    units, inputs, i = _span(hidden, "hidden"), _span(features, "features"), _index(i, "i")
    h, j = units[0], inputs[0]
    inner = sympy.Sum(_array(W, "W")[h, j] * _array(x, "x")[i, j], inputs) + _array(a, "a")[h]
    return sympy.Sum(_array(v, "v")[h] * sympy.tanh(inner), units) + _term(c, "c")
