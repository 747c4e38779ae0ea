"""An update rule is an equation: theta <- theta - alpha g, printed and run from one object."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

import sympy

from gdsym.arguments import mapping, members, real, truth
from gdsym.descent.emit import python
from gdsym.descent.evaluate import defined
from gdsym.descent.letters import ALPHA, LETTERS, THETA, G
from gdsym.errors import DescentError, GdsymTypeError
from gdsym.reading import read
from gdsym.reading.spelling import spelled
from gdsym.record import record

Equation = tuple[Any, Any]  # the letter that gets a new value, and that value
NO_NUMBERS: Mapping[Any, float] = MappingProxyType({})


@record(eq=False)
class UpdateRule:
    """theta_{k+1} = f(theta_k, g_k, alpha, k, state): equations in order, each sees what stands above it renewed.

    Args:
        equations: a dict or pairs `letter: new value` (or `Eq(letter, new value)`) over theta, g (gradient),
            alpha (rate), k (step, 0 first) and the letters of `start`, as SymPy or text. Each acts on every entry of every parameter.
        start: the state's letters with their numbers before step 0.
        constants: letters that stand for fixed numbers; they are printed as letters and run as numbers.
        simultaneous: False makes the classic mistake on purpose: one parameter after the other, each with a
            gradient at the values that are already new.

    Example:
        >>> UpdateRule({"v": "0.9*v + g", "theta": "theta - alpha*v"}, start={"v": 0}).text()
        'v[k + 1] = 0.9*v[k] + g[k]; theta[k + 1] = theta[k] - alpha*v[k + 1]'
    """

    equations: tuple[Equation, ...]
    start: Mapping[Any, float]
    constants: Mapping[Any, float]
    name: str
    simultaneous: bool

    def __init__(
        self,
        equations: Mapping[Any, Any] | Iterable[Any],
        start: Mapping[Any, float] = NO_NUMBERS,
        constants: Mapping[Any, float] = NO_NUMBERS,
        name: str = "update rule",
        simultaneous: bool = True,
    ) -> None:
        put = object.__setattr__
        put(self, "start", _numbers(start, "start"))
        put(self, "constants", _numbers(constants, "constants"))
        put(self, "equations", tuple(_equation(e) for e in _pairs(equations)))
        put(self, "name", str(name))
        put(self, "simultaneous", truth(simultaneous, "simultaneous"))
        _check(self)

    @property
    def state(self) -> tuple[Any, ...]:
        """The letters that the rule remembers from step to step."""
        return tuple(self.start)

    @cached_property
    def is_plain(self) -> bool:
        """Is it theta <- theta - alpha g and nothing else?"""
        return self.simultaneous and self.equations == ((THETA, THETA - ALPHA * G),)

    @cached_property
    def is_linear(self) -> bool:
        """Are all equations linear in theta, g and the state? Then a rounding error never grows faster than the run."""
        return _linear(self.equations, self.state)

    def emit(self, names: Mapping[Any, str], *, arrays: bool) -> tuple[str, ...]:
        """The equations as Python assignments; `names` gives code for theta, g, alpha, k and the state; with `arrays` for NumPy's."""
        places = [names[s] for s in self._letters]
        values = [t.format(*places) for t in self._templates[arrays]]
        if arrays:  # what depends on alpha and k alone is the same for all entries
            own = {THETA, G, *self.start}
            alone = [not value.free_symbols & own for _, value in self.equations]
            values = [f"np.full_like({names[THETA]}, {v})" if a else v for v, a in zip(values, alone, strict=True)]
        return tuple(f"{names[left]} = {v}" for (left, _), v in zip(self.equations, values, strict=True))

    @cached_property
    def step(self) -> Callable[[Mapping[Any, Any]], tuple[Any, ...]]:
        """f({letter: value}) -> the new theta and the new state, from the same text as the loop."""
        names = {s: f"v{j}" for j, s in enumerate(self._letters)}
        body = "\n    ".join(self.emit(names, arrays=True))
        results = ", ".join(names[s] for s in (THETA, *self.state))
        head = f"import math\nimport numpy as np\ndef step({', '.join(names.values())}):\n    "
        function = defined(f"{head}{body}\n    return {results},", "step")
        return lambda values: tuple(function(*(values[s] for s in self._letters)))

    @property
    def _letters(self) -> tuple[Any, ...]:
        return (*LETTERS.values(), *self.start)

    @cached_property
    def _templates(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Each equation's right side as Python, with numbered places for the letters: for floats, for arrays."""
        numbers = tuple((s, repr(v) if v >= 0 else f"({v!r})") for s, v in self.constants.items())
        return _texts(self.equations, self._letters, numbers)

    def text(self) -> str:
        """The equations in one line, with their step numbers."""
        from gdsym.descent.paper import rule_text

        return rule_text(self)

    def latex(self, parameter: Any = None, gradient: Any = None) -> str:
        r"""The equations in LaTeX (math mode).

        Args:
            parameter, gradient: what stands in for theta and g, as SymPy, text or written form; these letters if left out.

        Returns:
            A math-mode body.

        Example:
            >>> import gdsym as gd
            >>> print(gd.GradientDescent().latex("w"))
            w_{k+1} = w_{k}-\alpha g_{k}
        """
        from gdsym.descent.paper import rule_latex
        from gdsym.door import formula, variable

        stands = None if parameter is None else variable(parameter)
        return rule_latex(self, stands, None if gradient is None else formula(gradient))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/latex": f"$${self.latex()}$$"}

    def __str__(self) -> str:
        return f"{self.name}: {self.text()}"

    __repr__ = __str__


@lru_cache(maxsize=64)
def _linear(equations: tuple[Equation, ...], state: tuple[Any, ...]) -> bool:
    """Kept for rules that are made anew for each run, as are the texts."""
    letters = {THETA, G, *state}
    slopes = [value.diff(s) for _, value in equations for s in letters & value.free_symbols]
    return not any(slope.free_symbols & letters for slope in slopes)


@lru_cache(maxsize=64)
def _texts(
    equations: tuple[Equation, ...], letters: tuple[Any, ...], numbers: tuple[tuple[Any, str], ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    codes = {s: f"{{{j}}}" for j, s in enumerate(letters)} | dict(numbers)
    floats, arrays = ([python(value, codes, arrays=a) for _, value in equations] for a in (False, True))
    return tuple(floats), tuple(arrays)


def _pairs(equations: Mapping[Any, Any] | Iterable[Any]) -> Iterable[Any]:
    if isinstance(equations, Mapping):
        return equations.items()
    return members(equations, "An update rule", "give a dict {theta: theta - alpha*g} or a list of equations")


def _letter(symbol: Any) -> Any:
    if isinstance(symbol, str):
        name = spelled(symbol)
        symbol = sympy.Symbol(name) if name.isidentifier() else symbol
    if not isinstance(symbol, sympy.Symbol):
        raise GdsymTypeError(f"An update rule's letters are Symbols, found {symbol!r:.80}.")
    return LETTERS.get(symbol.name, symbol)


def _equation(pair: Any) -> Equation:
    if isinstance(pair, sympy.Eq):
        pair = pair.args
    if not isinstance(pair, (tuple, list, sympy.Tuple)) or len(pair) != 2:
        raise GdsymTypeError(
            f"An equation of an update rule is Eq(theta, ...) or a pair (theta, ...), not {pair!r:.60}."
        )
    left, right = pair
    value = sympy.Float(right) if isinstance(right, (int, float)) and not isinstance(right, bool) else right
    value = read(value).to_sympy() if isinstance(value, str) else value
    if not isinstance(value, sympy.Expr):
        raise GdsymTypeError(
            f"The equation of {left} in an update rule is {right!r:.80}; write a formula, as SymPy or text."
        )
    return _letter(left), value.xreplace({s: _letter(s) for s in value.free_symbols})


def _numbers(given: Any, name: str) -> Mapping[Any, float]:
    """{letter: its number}, read-only."""
    pairs = mapping(given, name, "give a dict {letter: number}, e.g. {v: 0}").items()
    return MappingProxyType({_letter(s): _finite(s, v) for s, v in pairs})


def _finite(symbol: Any, value: Any) -> float:
    number = real(value, f"The number for {symbol} in an update rule", "give a finite number")
    if not math.isfinite(number):
        raise DescentError(f"The number for {symbol} in an update rule is {value!r:.60}; give a finite one.")
    return number


def _check(rule: UpdateRule) -> None:
    """Every letter that is read is known, every letter that is written is theta or a state."""
    given = [*LETTERS.values(), *rule.start, *rule.constants]
    twice = sorted({str(s) for s in given if given.count(s) > 1})
    if twice:
        raise DescentError(
            f"{', '.join(twice)[:80]} in the update rule would mean two things: theta, g, alpha and k are the run's own, "
            "and a letter is a state or a constant. Take another letter in start or constants."
        )
    targets = [left for left, _ in rule.equations]
    if targets.count(THETA) != 1:
        raise DescentError("An update rule needs exactly one equation for theta, e.g. {theta: theta - alpha*g}.")
    known = set(given)
    read = set().union(*(value.free_symbols for _, value in rule.equations))
    strange = sorted((read | set(targets)) - known, key=str)
    if strange:
        raise DescentError(
            f"{', '.join(map(str, strange))[:80]} in the update rule: known are theta, g, alpha, k"
            f"{''.join(f', {s}' for s in (*rule.start, *rule.constants))}. "
            "Give a state its start={v: 0}, a constant its constants={beta: 0.9}."
        )
    fixed = [t for t in targets if t not in rule.start and t != THETA]
    if fixed or len(set(targets)) < len(targets) or set(rule.start) - set(targets):
        raise DescentError("Each state, and theta, has exactly one equation; g, alpha, k and constants have none.")
