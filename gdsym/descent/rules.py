"""The update rules that have names: plain descent, momentum, and the adaptive ones, with their papers' numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import sympy

from gdsym.arguments import real
from gdsym.descent.letters import ALPHA, THETA, G, K
from gdsym.descent.update import UpdateRule
from gdsym.errors import DescentError, GdsymTypeError
from gdsym.keywords import known_keywords

BETA, BETA1, BETA2, RHO, EPSILON = sympy.symbols("beta beta_1 beta_2 rho epsilon")
V, S = sympy.symbols("v s")


@known_keywords
def GradientDescent(*, simultaneous: bool = True) -> UpdateRule:
    """`theta <- theta - alpha g`: a step against the gradient (Cauchy 1847).

    Args:
        simultaneous: False is the classic mistake, for comparison: the second parameter sees the first one's new value.

    Returns:
        An `UpdateRule`, for `Cost.descend(update=...)`.

    Example:
        >>> GradientDescent().text()
        'theta[k + 1] = theta[k] - alpha*g[k]'
    """
    return UpdateRule({THETA: THETA - ALPHA * G}, name="gradient descent", simultaneous=simultaneous)


@known_keywords
def Momentum(beta: float = 0.9) -> UpdateRule:
    """`v <- beta v - alpha g, theta <- theta + v`: the heavy ball (Polyak 1964; Rumelhart et al. 1986).

    Args:
        beta: which part of the last step is kept, at least 0 and below 1 (no unit).

    Returns:
        An `UpdateRule`, for `Cost.descend(update=...)`.

    Raises:
        DescentError: if a number is out of its range.

    Example:
        >>> Momentum(0.5).text()
        'v[k + 1] = beta*v[k] - alpha*g[k]; theta[k + 1] = theta[k] + v[k + 1]'
    """
    equations = {V: BETA * V - ALPHA * G, THETA: THETA + V}
    return UpdateRule(equations, start={V: 0.0}, constants={BETA: _below_one("beta", beta)}, name="momentum")


@known_keywords
def Nesterov(beta: float = 0.9) -> UpdateRule:
    """`v <- beta v - alpha g, theta <- theta + beta v - alpha g`, with theta the look-ahead point.

    Nesterov 1983 takes the gradient at theta + beta v. Written for that point itself (Bengio et al. 2013, and most
    libraries) it needs no second gradient; both forms have the same limit.

    Args:
        beta: which part of the last step is kept, at least 0 and below 1 (no unit).

    Returns:
        An `UpdateRule`, for `Cost.descend(update=...)`.

    Raises:
        DescentError: if a number is out of its range.

    Example:
        >>> Nesterov().text().split("; ")[1]
        'theta[k + 1] = theta[k] + beta*v[k + 1] - alpha*g[k]'
    """
    equations = {V: BETA * V - ALPHA * G, THETA: THETA + BETA * V - ALPHA * G}
    return UpdateRule(equations, start={V: 0.0}, constants={BETA: _below_one("beta", beta)}, name="Nesterov momentum")


@known_keywords
def AdaGrad(epsilon: float = 1e-8) -> UpdateRule:
    """`s <- s + g^2, theta <- theta - alpha g/(sqrt(s) + epsilon)` (Duchi, Hazan, Singer 2011).

    Args:
        epsilon: added to the root, above 0, in units of g: keeps the quotient finite where the gradient is 0.

    Returns:
        An `UpdateRule`, for `Cost.descend(update=...)`.

    Raises:
        DescentError: if a number is out of its range.

    Example:
        >>> AdaGrad().text().split("; ")[0]
        's[k + 1] = s[k] + g[k]**2'
    """
    equations = {S: S + G**2, THETA: THETA - ALPHA * G / (sympy.sqrt(S) + EPSILON)}
    return UpdateRule(equations, start={S: 0.0}, constants={EPSILON: _above_zero("epsilon", epsilon)}, name="AdaGrad")


@known_keywords
def RMSProp(rho: float = 0.9, epsilon: float = 1e-8) -> UpdateRule:
    """`s <- rho s + (1 - rho) g^2, theta <- theta - alpha g/(sqrt(s) + epsilon)` (Tieleman, Hinton 2012).

    Args:
        rho: which part of the running mean of g^2 is kept, at least 0 and below 1 (no unit).
        epsilon: added to the root, above 0, in units of g: keeps the quotient finite where the gradient is 0.

    Returns:
        An `UpdateRule`, for `Cost.descend(update=...)`.

    Raises:
        DescentError: if a number is out of its range.

    Example:
        >>> RMSProp().text().split("; ")[0]
        's[k + 1] = rho*s[k] + (1 - rho)*g[k]**2'
    """
    equations = {S: RHO * S + (1 - RHO) * G**2, THETA: THETA - ALPHA * G / (sympy.sqrt(S) + EPSILON)}
    constants = {RHO: _below_one("rho", rho), EPSILON: _above_zero("epsilon", epsilon)}
    return UpdateRule(equations, start={S: 0.0}, constants=constants, name="RMSProp")


@known_keywords
def Adam(beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> UpdateRule:
    """`v, s`: running means of g and g^2, both without their bias; `theta <- theta - alpha v^/(sqrt(s^) + epsilon)`.

    Kingma, Ba 2015, algorithm 1 (there m and v are what is v and s here); k counts from 0.

    Args:
        beta1, beta2: which part of the running means of g and of g^2 is kept, at least 0 and below 1 (no unit).
        epsilon: added to the root, above 0, in units of g: keeps the quotient finite where the gradient is 0.

    Returns:
        An `UpdateRule`, for `Cost.descend(update=...)`.

    Raises:
        DescentError: if a number is out of its range.

    Example:
        >>> Adam().text().split("; ")[0]
        'v[k + 1] = beta_1*v[k] + (1 - beta_1)*g[k]'
    """
    mean, square = V / (1 - BETA1 ** (K + 1)), S / (1 - BETA2 ** (K + 1))
    equations = {
        V: BETA1 * V + (1 - BETA1) * G,
        S: BETA2 * S + (1 - BETA2) * G**2,
        THETA: THETA - ALPHA * mean / (sympy.sqrt(square) + EPSILON),
    }
    constants = {
        BETA1: _below_one("beta1", beta1),
        BETA2: _below_one("beta2", beta2),
        EPSILON: _above_zero("epsilon", epsilon),
    }
    return UpdateRule(equations, start={V: 0.0, S: 0.0}, constants=constants, name="Adam")


RULES: Mapping[str, Callable[[], UpdateRule]] = {
    "gradient descent": GradientDescent,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": AdaGrad,
    "rmsprop": RMSProp,
    "adam": Adam,
}


PLAIN = GradientDescent()


@cache
def _made(rule: Callable[[], UpdateRule]) -> UpdateRule:
    """The rule with its usual numbers, made once."""
    return rule()


def as_rule(update: Any) -> UpdateRule:
    """An UpdateRule from a rule, one of the named functions, its name, or None (gradient descent)."""
    if update is None:
        return PLAIN
    if isinstance(update, str):
        if update.lower() not in RULES:
            raise DescentError(f"Unknown update rule {update!r:.60}; known: {', '.join(RULES)}.")
        return _made(RULES[update.lower()])
    rule = _made(update) if any(update is made for made in RULES.values()) else update
    if not isinstance(rule, UpdateRule):
        raise GdsymTypeError(
            f"update is {type(update).__name__}; give an update rule such as gd.Adam() or gd.UpdateRule(...)."
        )
    return rule


def _below_one(name: str, value: float) -> float:
    number = real(value, name, "give a number from 0 to below 1, e.g. 0.9")
    if not 0 <= number < 1:
        raise DescentError(f"{name} is {value!r:.40}; it must be at least 0 and below 1.")
    return number


def _above_zero(name: str, value: float) -> float:
    number = real(value, name, "give a small positive number, e.g. 1e-8")
    if not 0 < number < float("inf"):
        raise DescentError(f"{name} is {value!r:.40}; it must be a small positive number, e.g. 1e-8.")
    return number
