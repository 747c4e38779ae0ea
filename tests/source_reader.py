"""Reads the formula beside a line of generated code back, and computes it entry by entry; used by the tests of `Compiled.source`."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

TOKEN = re.compile(r"\d+(?:\.(?!\.)\d*)?(?:e[+-]?\d+)?|[A-Za-z]\w*|<=|>=|==|!=|\.\.|[-+*/^()\[\]{},;<>=]")
FUNCTIONS: dict[str, Callable[..., float]] = {
    "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "tanh": math.tanh, "cosh": math.cosh, "sinh": math.sinh, "sin": math.sin, "cos": math.cos,
    "log1p": math.log1p, "expm1": math.expm1, "abs": abs, "Abs": abs, "maximum": max, "minimum": min, "Max": max, "Min": min,
    "sign": lambda u: float((u > 0) - (u < 0)), "Heaviside": lambda u, h=0.5: h if u == 0 else float(u > 0), "delta": lambda a, b: float(a == b),
    "logcosh": lambda u: math.log(math.cosh(u)), "lgamma": math.lgamma, "loggamma": math.lgamma,
}  # fmt: skip
OVER = {"sum": math.fsum, "max": max, "prod": math.prod}
Env = dict[str, int]
Code = Callable[[Env], float]


class Unreadable(Exception):
    """This comment is not in the reader's language."""


class Reader:
    """One comment; `names` are the values of the lines and the inputs."""

    def __init__(self, text: str, names: dict[str, Any]) -> None:
        self.tokens, self.at, self.names = TOKEN.findall(text), 0, names
        if "..." in text or "".join(self.tokens) != re.sub(r"\s", "", text):
            raise Unreadable(text)
        self.bound: list[str] = []
        self.sizes: dict[str, set[int]] = {}
        self.code = self.logic()
        if self.at < len(self.tokens):
            raise Unreadable(text)

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wish: str | None = None) -> str:
        found = self.peek()
        if not found or (wish is not None and found != wish):
            raise Unreadable(f"{wish} at {self.at} of {self.tokens}")
        self.at += 1
        return found

    def logic(self) -> Code:
        if self.peek() == "not":
            self.take()
            inner = self.logic()
            return lambda env: not inner(env)
        first = self.relation()
        while self.peek() in ("and", "or"):
            word, other, before = self.take(), self.relation(), first
            first = (
                (lambda a, b: lambda env: a(env) and b(env))(before, other)
                if word == "and"
                else (lambda a, b: lambda env: a(env) or b(env))(before, other)
            )
        return first

    def relation(self) -> Code:
        first = self.sum()
        if self.peek() in ("<", ">", "<=", ">=", "==", "!="):
            word, second = self.take(), self.sum()
            test = {
                "<": np.less,
                ">": np.greater,
                "<=": np.less_equal,
                ">=": np.greater_equal,
                "==": np.equal,
                "!=": np.not_equal,
            }[word]
            return lambda env: bool(test(first(env), second(env)))
        return first

    def sum(self) -> Code:
        sign = -1 if self.peek() == "-" and self.take() else 1
        terms = [(sign, self.product())]
        while self.peek() in ("+", "-"):
            terms.append((1 if self.take() == "+" else -1, self.product()))
        return lambda env: sum(s * t(env) for s, t in terms)

    def product(self) -> Code:
        factors = [self.quotient()]
        while (
            self.peek()
            and self.peek() not in "+-),;]}<=>===!="
            and self.peek() not in ("if", "and", "or", "else", "..")
        ):
            factors.append(self.quotient())
        return lambda env: math.prod(f(env) for f in factors)

    def quotient(self) -> Code:
        first = self.power()
        while self.peek() == "/":
            self.take()
            first = (lambda a, b: lambda env: a(env) / b(env))(first, self.power())
        return first

    def power(self) -> Code:
        base = self.atom()
        if self.peek() == "^":
            self.take()
            exponent = self.atom()
            return lambda env: base(env) ** exponent(env)
        return base

    def atom(self) -> Code:
        word = self.take()
        if word[0].isdigit():
            return lambda env: float(word)
        if word == "(":
            inner = self.logic()
            self.take(")")
            return inner
        if word == "[":
            inner = self.logic()
            self.take("]")
            return lambda env: float(inner(env))
        if word == "{":
            return self.cases()
        if not word[0].isalpha():
            raise Unreadable(word)
        return self.named(word)

    def cases(self) -> Code:
        pairs: list[tuple[Code | None, Code]] = []
        while True:
            if self.peek() == "else":
                self.take()
                pairs.append((None, self.sum()))
            else:
                value = self.sum()
                self.take("if")
                pairs.append((self.logic(), value))
            if self.take() == "}":
                break
        return lambda env: next((v(env) for c, v in pairs if c is None or c(env)), math.nan)

    def named(self, word: str) -> Code:
        head, _, below = word.partition("_")
        if head in OVER and len(below) == 1:
            return self.over(head, below)
        if head in OVER and not below and self.peek() == "(":
            return self.part(head)
        if word in FUNCTIONS and self.peek() == "(":
            self.take("(")
            args = self.listed(")")
            return lambda env: FUNCTIONS[word](*(a(env) for a in args))
        if word in self.names and self.peek() != "[":
            if np.ndim(self.names[word]):
                raise Unreadable(word)
            return lambda env: float(self.names[word])
        if word in self.names:
            self.take("[")
            return self.entry(word, self.listed("]"), [None] * np.ndim(self.names[word]))
        if below and head in self.names:
            places = [self.place(c) for c in below]
            return self.entry(head, places, list(below))
        if len(word) == 1:
            return self.letter(word)
        raise Unreadable(word)

    def place(self, character: str) -> Code:
        number = int(character) if character.isdigit() else 0
        return (lambda env: float(number)) if number else self.letter(character)

    def letter(self, word: str) -> Code:
        self.sizes.setdefault(word, set())
        return lambda env: float(env[word])

    def listed(self, end: str) -> list[Code]:
        found = [self.sum()]
        while (word := self.take()) == ",":
            found.append(self.sum())
        if word != end:
            raise Unreadable(word)
        return found

    def entry(self, name: str, indices: list[Code], letters: list[str | None]) -> Code:
        array = np.asarray(self.names[name])
        if array.ndim != len(indices):
            raise Unreadable(name)
        for letter, size in zip(letters, array.shape, strict=True):
            if letter is not None and letter.isalpha():
                self.sizes[letter].add(size)

        def value(env: Env) -> float:
            places = [round(i(env)) - 1 for i in indices]
            if any(not 0 <= p < s for p, s in zip(places, array.shape, strict=True)):
                raise IndexError(name)
            return float(array[tuple(places)])

        return value

    def over(self, head: str, letter: str) -> Code:
        outer = self.sizes.pop(letter, None)
        body = self.product()
        sizes = self.sizes.pop(letter, set())
        if outer is not None:
            self.sizes[letter] = outer
        if len(sizes) != 1:
            raise Unreadable(letter)
        (size,) = sizes
        return lambda env: OVER[head](body({**env, letter: number}) for number in range(1, size + 1))

    def part(self, head: str) -> Code:
        """sum_(j=1..i) and the like."""
        self.take("(")
        letter = self.take()
        self.take("=")
        low = self.sum()
        self.take("..")
        high = self.sum()
        self.take(")")
        outer, body = self.sizes.pop(letter, None), self.product()
        self.sizes.pop(letter, None)
        if outer is not None:
            self.sizes[letter] = outer
        return lambda env: OVER[head](body({**env, letter: at}) for at in range(round(low(env)), round(high(env)) + 1))

    def agrees(self, value: Any) -> bool | None:
        """Is the value of the line what the formula says, the free letters being its axes in some order? None: cannot be told."""
        value = np.asarray(value, dtype=float)
        free = [a for a in self.sizes if a not in self.names or np.ndim(self.names[a])]
        if len(free) > value.ndim or any(len(s) > 1 for s in self.sizes.values()):
            return None
        kept = [d for d in value.shape if d != 1 or len(free) == value.ndim]
        if len(kept) != len(free):
            return None
        value = value.reshape(kept)
        verdicts = list(self._tried(free, value))
        return None if not verdicts else any(verdicts)

    def _tried(self, free: list[str], value: Any) -> Iterator[bool]:
        for order in itertools.permutations(free):
            if all(not self.sizes[a] or self.sizes[a] == {s} for a, s in zip(order, value.shape, strict=True)):
                try:
                    made = [
                        self.code({a: p + 1 for a, p in zip(order, at, strict=True)}) for at in np.ndindex(*value.shape)
                    ]
                except (IndexError, KeyError, ArithmeticError, ValueError):
                    continue
                yield bool(np.allclose(np.reshape(made, value.shape), value, rtol=1e-9, atol=1e-12))


def lines(source: str) -> Iterator[tuple[str, str]]:
    """(name, comment) of each line that has one."""
    above: list[str] = []
    for line in source[source.index('derivatives."""') :].splitlines()[1:]:
        bare = line.strip()
        if bare.startswith("# "):
            above.append(bare[2:])
            continue
        if " = " in bare:
            code, _, beside = bare.partition("  # ")
            comment = " ".join(above) or beside.strip()
            if comment:
                yield code.partition(" = ")[0], comment
        above = []


def values(source: str, params: list[Any], data: list[Any]) -> dict[str, Any]:
    """What each name of the generated function holds."""
    space: dict[str, Any] = {}
    exec(source.replace("    return J", "    return locals(), J"), space)
    found: dict[str, Any] = space["value_and_gradient"](*params, *data)[0]
    return found
