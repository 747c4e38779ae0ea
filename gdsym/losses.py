"""Losses as plain expressions: what a wrong prediction costs, averaged over the samples.

Each takes a prediction and a target of sample i and the range (i, 1, m) of the samples, as SymPy or text, and returns SymPy. Books differ
in the factor in front; each docstring says which one stands here and who uses the other.
"""

from __future__ import annotations

from typing import Any

import sympy

from gdsym.ingredients import array as _array
from gdsym.ingredients import span as _span
from gdsym.ingredients import term as _term

__all__ = ["half_mse", "hinge", "huber", "lasso", "log_loss", "mae", "mse", "ridge", "softmax_cross_entropy"]

Range = tuple[Any, Any, Any]


def __dir__() -> list[str]:
    """The losses, for tab completion."""
    return __all__


def _mean(each: Any, samples: Range) -> Any:
    letter, first, last = _span(samples, "samples")
    return sympy.Sum(each, (letter, first, last)) / (last - first + 1)


def mse(prediction: Any, target: Any, samples: Range) -> Any:
    """(1/m) sum_i (f_i - y_i)^2: mean squared error, without the 1/2 (statistics; scikit-learn).

    `half_mse` is the form with 1/(2m), whose gradient has no 2.

    Args:
        prediction: f_i, an expression in the sample index. target: y_i, an expression or a number.
        samples: the range (i, 1, m) of the samples.

    Returns:
        A SymPy expression, for `gd.Cost`.

    Example:
        >>> from sympy import IndexedBase, symbols
        >>> from gdsym import losses
        >>> i, m = symbols("i m")
        >>> losses.mse(IndexedBase("f")[i], IndexedBase("y")[i], (i, 1, m))
        Sum((f[i] - y[i])**2, (i, 1, m))/m
    """
    return _mean((_term(prediction, "prediction") - _term(target, "target")) ** 2, samples)


def half_mse(prediction: Any, target: Any, samples: Range) -> Any:
    """1/(2m) sum_i (f_i - y_i)^2: half the mean squared error, so that the gradient has no 2 (Ng's courses).

    Args:
        prediction: f_i, an expression in the sample index. target: y_i, an expression or a number.
        samples: the range (i, 1, m) of the samples.

    Returns:
        A SymPy expression, for `gd.Cost`.

    Example:
        >>> from sympy import IndexedBase, symbols
        >>> from gdsym import losses
        >>> i, m = symbols("i m")
        >>> losses.half_mse(IndexedBase("f")[i], IndexedBase("y")[i], (i, 1, m))
        Sum((f[i] - y[i])**2, (i, 1, m))/(2*m)
    """
    return mse(prediction, target, samples) / 2


def mae(prediction: Any, target: Any, samples: Range) -> Any:
    """(1/m) sum_i |f_i - y_i|: mean absolute error (Laplace's least absolute deviations); it has a kink where an error is 0.

    Args:
        prediction: f_i, an expression in the sample index. target: y_i, an expression or a number.
        samples: the range (i, 1, m) of the samples.

    Returns:
        A SymPy expression, for `gd.Cost`.

    Example:
        >>> from sympy import IndexedBase, symbols
        >>> from gdsym import losses
        >>> i, m = symbols("i m")
        >>> losses.mae(IndexedBase("f")[i], IndexedBase("y")[i], (i, 1, m))
        Sum(Abs(f[i] - y[i]), (i, 1, m))/m
    """
    return _mean(sympy.Abs(_term(prediction, "prediction") - _term(target, "target")), samples)


def huber(prediction: Any, target: Any, samples: Range, delta: Any) -> Any:
    """(1/m) sum_i of r^2/2 where |r| <= delta, else delta (|r| - delta/2), r = f_i - y_i (Huber 1964).

    Args:
        prediction: f_i, an expression in the sample index. target: y_i, an expression or a number.
        samples: the range (i, 1, m) of the samples.
        delta: where the square ends and the straight line begins, in units of y.

    Returns:
        A SymPy expression, for `gd.Cost`.

    Example:
        >>> from sympy import IndexedBase, symbols
        >>> from gdsym import losses
        >>> i, m, d = symbols("i m delta")
        >>> losses.huber(IndexedBase("f")[i], 0, (i, 1, m), d).has(d)
        True
    """
    r, delta = _term(prediction, "prediction") - _term(target, "target"), _term(delta, "delta")
    near, far = r**2 / 2, delta * (sympy.Abs(r) - delta / 2)
    return _mean(sympy.Piecewise((near, sympy.Abs(r) <= delta), (far, True)), samples)


def log_loss(probability: Any, target: Any, samples: Range) -> Any:
    """-(1/m) sum_i (y_i log p_i + (1 - y_i) log(1 - p_i)): binary cross-entropy, y_i in {0, 1} (Cox 1958; PyTorch's BCELoss).

    Args:
        probability: p_i in (0, 1), e.g. `models.logistic(...)`. target: y_i, 0 or 1 (or a share between them).
        samples: the range (i, 1, m) of the samples.

    Returns:
        A SymPy expression, for `gd.Cost`.

    Example:
        >>> from sympy import IndexedBase, symbols
        >>> from gdsym import losses
        >>> i, m = symbols("i m")
        >>> losses.log_loss(IndexedBase("p")[i], 1, (i, 1, m))
        -Sum(log(p[i]), (i, 1, m))/m
    """
    p, y = _term(probability, "probability"), _term(target, "target")
    return -_mean(y * sympy.log(p) + (1 - y) * sympy.log(1 - p), samples)


def softmax_cross_entropy(logit: Any, label: Any, samples: Range, classes: Range) -> Any:
    """(1/m) sum_i (log sum_c exp z_ic - z_i,label): multi-class cross-entropy from logits (Bridle 1990; PyTorch's CrossEntropyLoss).

    Args:
        logit: z in terms of the sample index and of the class index of `classes`.
        label: the class of sample i, compared with the class index (0..K-1 or 1..K, as `classes` counts).
        samples: the range (i, 1, m) of the samples. classes: the range (c, 1, K) or (c, 0, K - 1) of the classes.

    Returns:
        A SymPy expression, for `gd.Cost`.

    Example:
        >>> from sympy import IndexedBase, symbols
        >>> from gdsym import losses
        >>> i, m, c, K = symbols("i m c K", integer=True, positive=True)
        >>> z, t = IndexedBase("z"), IndexedBase("t")
        >>> losses.softmax_cross_entropy(z[i, c], t[i], (i, 1, m), (c, 1, K)).has(sympy.KroneckerDelta)
        True
    """
    z, over = _term(logit, "logit"), _span(classes, "classes")
    chosen = sympy.Sum(sympy.KroneckerDelta(_term(label, "label"), over[0]) * z, over)
    return _mean(sympy.log(sympy.Sum(sympy.exp(z), over)) - chosen, samples)


def hinge(score: Any, target: Any, samples: Range) -> Any:
    """(1/m) sum_i max(0, 1 - y_i f_i): hinge loss, y_i in {-1, 1} (support vector machines, Cortes and Vapnik 1995).

    Args:
        score: f_i, an expression in the sample index. target: y_i, -1 or 1.
        samples: the range (i, 1, m) of the samples.

    Returns:
        A SymPy expression, for `gd.Cost`.

    Example:
        >>> from sympy import IndexedBase, symbols
        >>> from gdsym import losses
        >>> i, m = symbols("i m")
        >>> losses.hinge(IndexedBase("f")[i], IndexedBase("y")[i], (i, 1, m))
        Sum(Max(0, -f[i]*y[i] + 1), (i, 1, m))/m
    """
    return _mean(sympy.Max(0, 1 - _term(target, "target") * _term(score, "score")), samples)


def ridge(w: Any, features: Range, strength: Any) -> Any:
    """`lambda sum_j w_j^2`: the penalty of ridge regression (Hoerl and Kennard 1970); add it to a loss.

    Many books write lambda/2 or lambda/(2m); scale `strength` accordingly.

    Args:
        w: the weights, an IndexedBase. features: the range (j, 1, n) of those that are penalised. strength: lambda.

    Returns:
        A SymPy expression; add it to a loss.

    Example:
        >>> from sympy import IndexedBase, symbols
        >>> from gdsym import losses
        >>> j, n, s = symbols("j n lambda")
        >>> losses.ridge(IndexedBase("w"), (j, 1, n), s)
        lambda*Sum(w[j]**2, (j, 1, n))
    """
    over = _span(features, "features")
    return _term(strength, "strength") * sympy.Sum(_array(w, "w")[over[0]] ** 2, over)


def lasso(w: Any, features: Range, strength: Any) -> Any:
    """`lambda sum_j |w_j|`: the penalty of the lasso (Tibshirani 1996); it has a kink where a weight is 0.

    Args:
        w: the weights, an IndexedBase. features: the range (j, 1, n) of those that are penalised. strength: lambda.

    Returns:
        A SymPy expression; add it to a loss.

    Example:
        >>> from sympy import IndexedBase, symbols
        >>> from gdsym import losses
        >>> j, n, s = symbols("j n lambda")
        >>> losses.lasso(IndexedBase("w"), (j, 1, n), s)
        lambda*Sum(Abs(w[j]), (j, 1, n))
    """
    over = _span(features, "features")
    return _term(strength, "strength") * sympy.Sum(sympy.Abs(_array(w, "w")[over[0]]), over)
