r"""Reads printed LaTeX of matrices into numbers: `X^{\top}(X w-y)` is a NumPy array, `d\left[X w\right]` a difference.

No library does this: SymPy's parse_latex and latex2sympy2 know no transposes of names, traces, differentials or all of
them together, and would sort products. The tokens, signs and fractions are those of `latex_reader`.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np
from latex_reader import Reader

STEP = 1e-5
FUNCTIONS = {r"\log": np.log, r"\exp": np.exp, r"\sin": np.sin, r"\tanh": np.tanh}


class MatrixReader(Reader):
    """`numbers`: LaTeX of a name -> its array with two axes, or its number; `wrt` is the name of the variable."""

    def __init__(self, tex: str, numbers: Mapping[str, Any], wrt: str, direction: Any) -> None:
        super().__init__(tex, numbers)
        self.wrt, self.direction = wrt, direction
        self.entrywise = False

    def ends(self) -> bool:
        return self.peek() == r"\odot" or super().ends()

    def product(self) -> Any:
        parts = [self.chain()]
        while self.peek() == r"\odot":
            self.take()
            parts.append(self.chain())
        return functools.reduce(np.multiply, parts)

    def chain(self) -> Any:
        """Side by side: a product of matrices, or with a number."""
        value = self.factor()
        while self.peek() and not self.ends():
            if self.peek() in (r"\cdot", r"\,"):
                self.take()
            elif self.peek()[0].isdigit():
                raise self.unreadable("a number follows without a dot")
            value = times(value, self.factor())
        return value

    def factor(self) -> Any:
        base = self.primary()
        while self.peek() == "^":
            self.take()
            base = self.raised(base)
        return base

    def raised(self, base: Any) -> Any:
        start, sign = self.at, self.raw_group()
        if sign in (r"\top", r"-\top"):
            turned = np.transpose(base)
            return turned if sign == r"\top" else np.linalg.inv(turned)
        if np.ndim(base) and sign.lstrip("-").isdigit() and not self.entrywise:
            return np.linalg.matrix_power(base, int(sign))
        self.at = start
        return base ** float(self.exponent())

    def primary(self) -> Any:
        token = self.peek()
        if token == "d":
            return self.differential()
        if token == r"\left[":
            return self.entries()
        if token == r"\mathbf":
            self.take()
            return self.names[rf"\mathbf{{{self.raw_group()}}}"]
        if token == r"\det":
            self.take()
            return np.linalg.det(self.arguments()[0])
        if token in FUNCTIONS:
            return FUNCTIONS[self.take()](plain(self.arguments()[0]))
        if token == "e" and self.peek(1) == "^":
            del self.tokens[self.at : self.at + 2]
            return np.exp(plain(self.group()))
        return plain(super().primary())

    def entries(self) -> Any:
        r"""`\left[W^{2}\right]_{\circ}`: a function of every entry."""
        self.take()
        self.entrywise = True
        value = self.sum()
        self.entrywise = False
        self.take(r"\right]")
        self.take("_")
        if self.raw_group() != r"\circ":
            raise self.unreadable("square brackets")
        return value

    def operator(self) -> Any:
        self.take()
        word = self.raw_group()
        (value,) = self.arguments()
        return {"tr": lambda v: float(np.trace(np.atleast_2d(v))), "diag": lambda v: np.diag(v[:, 0])}[word](value)

    def root(self) -> Any:
        self.take()
        return float(np.sqrt(plain(self.group())))

    def exponent(self) -> Any:
        return plain(self.group())

    def differential(self) -> Any:
        r"""`dw`, or `d\left[..\right]`: what the bracket changes by along the direction."""
        self.take("d")
        if self.peek() != r"\left[":
            name = self.take()
            if self.peek() == "_":
                self.take()
                name = f"{name}_{{{self.raw_group()}}}"
            if name not in self.names:
                raise self.unreadable(f"d{name}, which is no name")
            return self.direction if name == self.wrt else 0 * self.names[name]  # data do not change
        return self.change(self.direction)

    def change(self, along: Any) -> Any:
        start, here = self.at, self.names[self.wrt]
        values = []
        for sign in (1, -1):
            self.at, self.names[self.wrt] = start, here + sign * STEP * along
            self.take(r"\left[")
            values.append(self.sum())
            self.take(r"\right]")
        self.names[self.wrt] = here
        return plain((values[0] - values[1]) / (2 * STEP))

    def fraction(self) -> Any:
        r"""A fraction, or `\frac{\partial}{\partial w}\left[..\right]`, the matrix of the slopes by all entries."""
        self.take()
        if self.peek(1) not in ("d", r"\partial") or self.peek(2) != "}":
            above = self.group()
            return above / plain(self.group())
        self.raw_group()
        below = self.raw_group()
        if below.removeprefix(r"\partial").removeprefix("d") != self.wrt:
            raise self.unreadable(f"a derivative by {below}")
        start, here = self.at, np.asarray(self.names[self.wrt], dtype=float)
        slopes = np.zeros_like(here)
        for place in np.ndindex(here.shape):
            unit = np.zeros_like(here)
            unit[place] = 1.0
            self.at = start
            slopes[place] = self.change(unit)
        return slopes


def times(a: Any, b: Any) -> Any:
    """The product; 1 x 1 is a number."""
    a, b = plain(a), plain(b)
    return plain(a @ b) if np.ndim(a) and np.ndim(b) else a * b


def plain(v: Any) -> Any:
    return float(np.reshape(v, ())) if np.size(v) == 1 else v


def read_numbers(tex: str, numbers: Mapping[str, Any], wrt: str, direction: Any) -> Any:
    """The value of a printed line; nothing may be left over."""
    return MatrixReader(tex, numbers, wrt, direction).whole()
