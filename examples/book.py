"""What an example is: words, one cost, derivations, numbers, checks and pictures, all computed before it exists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

import gdsym as gd
from gdsym.writing import latex
from gdsym.writing.names import latex_name
from gdsym.written import from_sympy


@dataclass(frozen=True)
class Number:
    """A computed value and how it must read when rounded to as many digits as `shown` has."""

    what: str
    value: Any
    shown: str

    @property
    def reads(self) -> str:
        """The computed value, written like `shown`."""
        return rounded(self.value, self.shown)

    @property
    def ok(self) -> bool:
        return self.reads == self.shown


@dataclass(frozen=True)
class Check:
    """A claim in words, and whether it holds."""

    what: str
    ok: bool


@dataclass(frozen=True)
class Figure:
    """A picture: `draw()` returns matplotlib Axes (or a Figure); `caption` says what to see."""

    name: str
    draw: Callable[[], Any]
    caption: str


@dataclass(frozen=True)
class Formula:
    """A displayed formula, made from objects that ran; `words` stand before it."""

    words: str
    tex: str
    plain: str


@dataclass(frozen=True)
class Example:
    """One worked example of an article. In words, `$..$` is mathematics, `..` in backticks is code, *..* is emphasis."""

    id: str
    title: str
    words: Sequence[str]
    costs: Sequence[gd.Cost] = ()
    derivations: Sequence[gd.Derivation] = ()
    formulas: Sequence[Formula] = ()
    code: str = ""
    numbers: Sequence[Number] = ()
    checks: Sequence[Check] = ()
    figures: Sequence[Figure] = ()
    put_right: str = ""  # where the article says otherwise
    chosen: str = ""  # what the article leaves open and we chose
    things: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def __getitem__(self, name: str) -> Any:
        """A cost, run or other object of the example, for tests and for the curious."""
        return self.things[name]

    @property
    def steps(self) -> int:
        """How many lines its derivations have."""
        return sum(len(d.steps) for d in self.derivations)

    @property
    def unchecked(self) -> list[str]:
        """Lines of derivations without evidence: there must be none."""
        return [f"{d.wrt}: line {at}" for d in self.derivations for at, s in enumerate(d.steps, 1) if not s.check]

    @property
    def failed(self) -> list[str]:
        """What does not hold, in words."""
        wrong = [f"{n.what}: {n.reads}, not {n.shown}" for n in self.numbers if not n.ok]
        return wrong + [c.what for c in self.checks if not c.ok] + [f"not checked: {line}" for line in self.unchecked]

    @property
    def assertions(self) -> int:
        return len(self.numbers) + len(self.checks)


@dataclass(frozen=True)
class Article:
    """One article: its letter, what it is about, and its examples in order (functions that compute them)."""

    letter: str
    title: str
    source: str
    words: Sequence[str]
    rows: Sequence[Callable[[], Example]]


def rounded(value: Any, like: str) -> str:
    """`value` with as many digits as `like`: fixed (12.50), scientific (7.93e+04), or as it is (whole, exact)."""
    mantissa, e, _ = like.lower().partition("e")
    digits = len(mantissa.partition(".")[2])
    if not isinstance(value, (int, float, np.floating, np.integer)) or isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, np.integer)) and not digits and not e:
        return str(int(value))
    text = f"{float(value):.{digits}{'e' if e else 'f'}}"
    return text.lstrip("-") if float(text) == 0 else text


def tex(expr: Any) -> str:
    """A SymPy expression in LaTeX, as on paper."""
    return latex(from_sympy(expr))


def cost_tex(cost: gd.Cost) -> list[str]:
    """`J(w, b) = ...`, and a line for each named part."""
    args = ", ".join(tex(p) for p in cost.params)
    first = f"{latex_name(cost.name)}({args}) = {latex(cost.problem.expr)}"
    parts = [f"{latex(key)} = {latex(meaning)}" for key, meaning in cost.problem.where.items()]
    return [first, *parts]


def step_by_numbers(run: gd.Descent, at: int = 0) -> Formula:
    """Step `at` of a run with its numbers put in."""
    explained = run.explain(at)
    return Formula(f"Step {at} of the run, with its numbers put in:", explained.latex, explained.text)
