"""What an example is: words, one cost, derivations, numbers, checks and pictures, all computed before it exists."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

import gdsym as gd
from gdsym.writing.latex import latex
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
    wide: bool = False  # several panels


@dataclass(frozen=True)
class Formula:
    """A displayed formula, made from objects that ran; `words` stand before it."""

    words: str
    tex: str
    plain: str


@dataclass(frozen=True)
class Example:
    """One worked example of an article. In words, `$..$` is mathematics, backticks
    enclose code, *..* is emphasis; an empty line begins a paragraph."""

    id: str
    title: str
    words: str
    costs: Sequence[gd.Cost] = ()
    derivations: Sequence[gd.Derivation] = ()
    formulas: Sequence[Formula] = ()
    numbers: Sequence[Number] = ()
    checks: Sequence[Check] = ()
    figures: Sequence[Figure] = ()
    put_right: str = ""  # where the article says otherwise
    chosen: str = ""  # what the article leaves open and we chose
    things: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    code: str = ""  # what computed it, filled in by `work_out`

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
    words: str
    rows: Sequence[Callable[[], Example]]


def work_out(row: Callable[[], Example]) -> Example:
    """Compute an example, and keep the lines of code that did it."""
    source = inspect.getsource(row).partition("    return Example(")[0]
    body = source.partition('"""')[2].partition('"""')[2]
    code = re.sub(r"\b\w+_cost\(\)", lambda call: _returned(row.__globals__[call.group()[:-2]]), body)
    return replace(row(), code=textwrap.dedent(code).strip())


def _returned(function: Callable[[], Any]) -> str:
    """What a one-line function returns, as code."""
    return inspect.getsource(function).partition("return ")[2].strip()


def folded(code: str, width: int = 96) -> str:
    """Code with its long lines broken after a comma."""
    lines = []
    for line in code.splitlines():
        indent = len(line) - len(line.lstrip()) + 4
        while len(line) > width and (at := line.rfind(", ", indent, width)) > 0:
            lines.append(line[: at + 1])
            line = " " * indent + line[at + 2 :]
        lines.append(line)
    return "\n".join(lines)


def paragraphs(words: str) -> list[str]:
    """Paragraphs stand apart by an empty line; other line breaks mean nothing."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", words) if part.strip()]


def rounded(value: Any, like: str) -> str:
    """`value` with as many digits as `like`: fixed (12.50), scientific (7.93e+04), or as it is (whole, exact)."""
    mantissa, e, _ = like.lower().partition("e")
    places = len(mantissa.partition(".")[2])
    if not isinstance(value, (int, float, np.floating, np.integer)) or isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, np.integer)) and not places and not e:
        return str(int(value))
    text = f"{float(value):.{places}{'e' if e else 'f'}}"
    return text.lstrip("-") if float(text) == 0 else text


def digits(reads: str) -> str:
    r"""A printed number in LaTeX: 7.93e+04 is 7.93 \times 10^{4}."""
    mantissa, e, exponent = reads.partition("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if e and exponent.lstrip("+-").isdigit() else reads


def tex(expr: Any) -> str:
    """A SymPy expression in LaTeX, as on paper."""
    return latex(from_sympy(expr))


def cost_tex(cost: gd.Cost) -> list[str]:
    """`J(w, b) = ...`, and a line for each named part."""
    args = ", ".join(map(latex, cost.problem.params))
    first = f"{latex_name(cost.name)}({args}) = {latex(cost.problem.expr)}"
    parts = [f"{latex(key)} = {latex(meaning)}" for key, meaning in cost.problem.where.items()]
    return [first, *parts]


def step_by_numbers(run: gd.Descent, words: str = "The first step, with its numbers put in:") -> Formula:
    """Step 0 of a run with its numbers put in."""
    explained = run.explain(0)
    return Formula(words, explained.latex, explained.text)
