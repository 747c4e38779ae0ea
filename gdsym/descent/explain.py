"""One step with the run's numbers put into the derived formulas: what was computed, as on paper."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.descent.armijo import Armijo
from gdsym.descent.blame import value_of
from gdsym.descent.letters import THETA, G
from gdsym.descent.paper import number
from gdsym.descent.replayed import Values, rate_of, replayed
from gdsym.errors import DescentError
from gdsym.record import changed, record
from gdsym.writing.latex import latex
from gdsym.writing.text import text
from gdsym.written import from_sympy
from gdsym.written.matrices import Entries
from gdsym.written.nodes import Base, Indexed, Node, Num, Sum, Sym, add, replace, rewrite
from gdsym.written.wholes import Inverted, OfMatrix

if TYPE_CHECKING:
    from gdsym.descent.formulas import Formulas
    from gdsym.descent.result import Descent

MOST_TERMS = 4  # a sum with more is not written out
MOST_ENTRIES = 3  # of an array that are explained
MOST_DRAWN = 12  # samples of a batch that are named
LONGEST = 240  # characters of a form with its numbers


@record
class Line:
    """`new <- formula = ... = number`, one form after another."""

    new: Node
    forms: tuple[Node, ...]

    def text(self) -> str:
        return " = ".join([f"{text(self.new)} ← {text(self.forms[0])}", *map(text, self.forms[1:])])

    def latex(self) -> str:
        first = rf"{latex(self.new)} &\leftarrow {latex(self.forms[0])}"
        return " \\\\\n".join([first, *(f"&= {latex(form)}" for form in self.forms[1:])])


@record
class Explained:
    """Step `k` of a run: a line a parameter, or an equation of the rule."""

    k: int
    lines: tuple[Line, ...]
    drawn: str = ""  # which samples a mini-batch held
    left: tuple[tuple[int, Node], ...] = ()  # how many entries of which arrays have no line of their own
    armijo: Armijo | None = None  # why a line search took its rate

    @property
    def text(self) -> str:
        more = [f"{_likewise(count)}{text(array)}" for count, array in self.left]
        more += [*([self.drawn] if self.drawn else []), *([self.armijo.text()] if self.armijo else [])]
        return "\n".join([*(line.text() for line in self.lines), *more])

    @property
    def latex(self) -> str:
        more = [rf"&\text{{{_likewise(count)}}}{latex(array)}" for count, array in self.left]
        more += [rf"&\text{{{self.drawn}}}"] if self.drawn else []
        more += [self.armijo.latex()] if self.armijo else []
        rows = [*(line.latex() for line in self.lines), *more]
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def __str__(self) -> str:
        return f"step {self.k}\n{self.text}"

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/latex": f"$${self.latex}$$"}


def explain(run: Descent, k: int) -> Explained:
    """The step from row k to row k + 1; DescentError if the run does not know its formulas or has no such step."""
    if run.formulas is None or run.rule is None or run.evaluate is None:
        raise DescentError(
            "This run carries no formulas (a file with large data has none): run it again to explain steps."
        )
    if run.history.epochs and (run.redrawn is None or run.redrawn.batches.formulas is None):
        raise DescentError("A run with mini-batches that was loaded from a file cannot draw them again: run it again.")
    if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or not 0 <= k < run.nit:
        made = f"{run.nit}, numbered from 0 to {run.nit - 1}" if run.nit else "none"
        raise DescentError(f"There is no step {k!r:.20}: the run made {made}.")
    history = replayed(run, int(k))
    shown = run if run.redrawn is None else changed(run, formulas=run.redrawn.formulas(int(k)))
    lines = itertools.chain.from_iterable(_parameter(shown, j, history) for j in range(len(run.params)))
    return Explained(int(k), tuple(lines), _drawn(run, int(k)), tuple(_left(run)), _armijo(run, int(k)))


def _left(run: Descent) -> Iterator[tuple[int, Node]]:
    """Arrays with more entries than are shown."""
    assert run.formulas is not None
    for key, value in run.params.items():
        if np.size(value) > MOST_ENTRIES:
            yield np.size(value) - MOST_ENTRIES, _array(run.formulas, key)


def _likewise(count: int) -> str:
    return f"and likewise {count} more {'entry' if count == 1 else 'entries'} of "


def _armijo(run: Descent, k: int) -> Armijo | None:
    """The condition with its numbers, if a line search found the rate and both rows were kept."""
    if run.tried is None or k + 1 not in run.history.step:
        return None
    row, after = run.history.row(k), run.history.row(k + 1)
    costs, squares = run.history.columns[len(run.params)], run.history.columns[-1]
    return Armijo(run.name, float(costs[row]), float(costs[after]), rate_of(run, k, 0), float(squares[row]))


def _drawn(run: Descent, k: int) -> str:
    """Which samples the step saw."""
    if run.redrawn is None:
        return ""
    rows = [int(r) + run.first_index for r in run.redrawn.rows(k)]
    more = f", ... ({len(rows)} in all)" if len(rows) > MOST_DRAWN else ""
    return f"samples drawn: {', '.join(map(str, rows[:MOST_DRAWN]))}{more} (counted from {run.first_index})"


def _parameter(run: Descent, j: int, history: Sequence[Sequence[Values]]) -> Iterator[Line]:
    """The lines of one parameter: one a shown entry for plain descent, else one an equation."""
    assert run.formulas is not None
    now, new, thetas = history[j]
    key = list(run.params)[j]
    slope = run.formulas.gradients[j]
    for place in itertools.islice(np.ndindex(np.shape(now[THETA])), MOST_ENTRIES):
        letter, gradient = _entry(run.formulas, key, slope, place)
        numbers = _Numbers(run.formulas, thetas)
        yield from _lines(run, letter, gradient, numbers, _at(now, place), _at(new, place))


def _at(values: Values, place: tuple[int, ...]) -> Values:
    return {s: float(v[place]) if np.ndim(v) else v for s, v in values.items()}


def _entry(formulas: Formulas, key: Any, slope: Any, place: tuple[int, ...]) -> tuple[Node, Node]:
    """The written parameter (or entry of it) and the formula of its partial."""
    if not place:
        return Sym(key), slope
    letters, node = slope if isinstance(slope, tuple) else (_free_letters(formulas, slope, key), slope)
    array = _array(formulas, key)
    index = [Num(p + o) for p, o in zip(place, formulas.origin(array, len(place)), strict=True)]
    return Indexed(array, *index), replace(node, dict(zip(letters, index, strict=True)))


def _array(formulas: Formulas, key: Any) -> Base:
    """The written array of a parameter; a matrix is one by its entries."""
    matrices = (b for b in formulas.cost.free if isinstance(b, Entries) and b.matrix.matrix == key)
    return next(matrices, None) or Base(key)


def _free_letters(formulas: Formulas, slope: Node, key: Any) -> list[Node]:
    """The general indices of an entry's partial: what is neither data nor parameter."""
    known = {*formulas.data, _array(formulas, key), *formulas.cost.free}
    letters = [s for s in slope.free if isinstance(s, Sym) and s not in known]
    return [*sorted(letters, key=lambda s: s.name)]


def _lines(run: Descent, letter: Node, gradient: Node, numbers: _Numbers, now: Values, new: Values) -> Iterator[Line]:
    rule = run.rule
    assert rule is not None
    seen: dict[Node, Node] = {Sym(s): number(v) for s, v in (now | dict(rule.constants)).items()}
    put_in = numbers.put_in(gradient)
    own: dict[Node, Node] = {Sym(THETA): letter}
    if rule.state:
        yield Line(Sym(G), (gradient, *([put_in] if put_in else []), seen[Sym(G)]))
    for left, value in rule.equations:
        written = from_sympy(value, (left,))
        in_letters = replace(written, own if rule.state else own | {Sym(G): gradient})
        in_full = [replace(written, seen | {Sym(G): put_in})] if put_in and not rule.state else []
        forms = (in_letters, *in_full, replace(written, seen), number(new[left]))
        yield Line(letter if left == THETA else Sym(left), forms)
        seen[Sym(left)] = number(new[left])


@record
class _Numbers:
    """Puts numbers in place of parameters and data."""

    formulas: Formulas
    thetas: Mapping[Any, Any]

    def put_in(self, node: Node) -> Node | None:
        """`node` with its sums written out and its letters as numbers; None if that is too long."""
        try:
            numbers = rewrite(self.spread(node), self.value)
        except _TooLongError:
            return None
        return numbers if len(text(numbers)) <= LONGEST else None

    def spread(self, node: Node) -> Node:
        """Short sums term by term."""
        if isinstance(node, Sum):
            low, high = self.whole(node.lower), self.whole(node.upper)
            if high - low >= MOST_TERMS:
                raise _TooLongError
            return add(*(self.spread(replace(node.body, {node.index: Num(i)})) for i in range(low, high + 1)))
        if isinstance(node, OfMatrix) or (isinstance(node, Indexed) and isinstance(node.base, Inverted)):
            return number(value_of(node, self.formulas, self.thetas))
        if not node.children:
            return node
        return node.with_children(tuple(self.spread(c) for c in node.children))

    def whole(self, node: Node) -> int:
        value = rewrite(node, self.value).to_sympy()
        if not value.is_Integer:
            raise _TooLongError
        return int(value)

    def value(self, node: Node) -> Node:
        if isinstance(node, Sym):
            found = self.thetas.get(node.symbol, self.formulas.data.get(node))
            return node if found is None else number(found)
        if isinstance(node, Indexed):
            return self.entry(node)
        return node

    def entry(self, node: Indexed) -> Node:
        values = self.thetas.get(node.base.base, self.formulas.data.get(node.base))
        if values is None or not all(isinstance(i, Num) for i in node.indices):
            raise _TooLongError
        origin = self.formulas.origin(node.base, len(node.indices))
        place = tuple(int(i.value) - o for i, o in zip(node.indices, origin, strict=True) if isinstance(i, Num))
        if not all(0 <= at < length for at, length in zip(place, np.shape(values), strict=True)):
            raise DescentError(
                "The formulas of this run ask for entries that its data do not have: the file is damaged."
            )
        return number(np.asarray(values)[place])


class _TooLongError(Exception):
    """The numbers would not fit on a line."""
