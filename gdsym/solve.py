"""The only recursion that differentiates: a pending derivative -> the rule that resolves it -> its parts -> its value.

Nothing is printed or checked here. Equal subproblems are solved once; values are put together by the rules
themselves, so the work is proportional to what is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import is_
from typing import Any

import sympy

from gdsym.errors import GdsymError, GdsymTypeError, Unsupported
from gdsym.memory import Memory
from gdsym.record import record
from gdsym.rules.delta import settle
from gdsym.rules.dropping import drop, left_out, unclean
from gdsym.rules.shapes import logistic_exponential
from gdsym.step import Move, Reason, Rule
from gdsym.uses import rises
from gdsym.written.from_sympy import from_sympy
from gdsym.written.match import substituted
from gdsym.written.nodes import MADE, TRUE, Base, Bound, D, Div, Fn, Indexed, Node, Num, Sym, fresh, head_of, walk
from gdsym.written.trees import renamed

LOOKED_AT = 8  # terms of a sum; more are found by the names in them
SIMPLIFY = Rule("simplify")
SYMPY = Rule("SymPy differentiates this")
INNER = Rule("definition")
Ranges = Mapping[Node, tuple[Node, Node]]  # an index, and between which it certainly runs
NO_RANGES: Ranges = {}


@record(slots=True)
class After:
    """A rewriting that follows once the parts of a move are resolved (a delta collapses, a name is put back)."""

    rule: Rule
    lhs: Node
    rhs: Node
    reason: Reason | Callable[[], Reason] | None  # words for who reads them; None: 0 and 1 are left out
    given: Node = TRUE
    detail: str = ""
    trivial: bool = False  # not worth a line of its own

    def words(self) -> Reason:
        """The reason, in words and formulas."""
        if self.reason is None:
            return (f"simplify: {left_out(unclean(self.lhs))}",)
        return self.reason() if callable(self.reason) else self.reason


@record(slots=True)
class Work:
    """One solved derivative: the move that was made, its parts (one a pending derivative), and the value."""

    lhs: D
    move: Move
    parts: tuple[Work, ...]
    after: tuple[After, ...]
    value: Node

    @property
    def raw(self) -> Node:
        """The right-hand side with the parts put in, before anything that follows."""
        return self.move.make(*(part.value for part in self.parts))

    def walk(self) -> Iterator[Work]:
        """This derivative and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()


class Solver:
    """Derivatives by one variable under fixed rules and named parts. Also the `Scope` that rules look at."""

    def __init__(
        self,
        var: Node,
        rules: Sequence[Rule],
        where: Mapping[Node, Node],
        ranges: Callable[[Node], Ranges] = lambda var: NO_RANGES,
        taken: Iterable[Node] = (),
        memory: Memory | None = None,
        fixed: frozenset[Node] = frozenset(),
        tidy: Callable[[Node], Iterable[After]] | None = None,
    ) -> None:
        self._tidy = tidy
        self._var = var
        own = tuple(walk(var)) if var.children else (var,)
        self._taken = frozenset((*own, *taken))
        self._rules = rules
        self._suited = (memory := memory or Memory()).suited(rules)
        self._where = where
        self._ranges_of, self._ranges = ranges, ranges(var)
        self._done: dict[D, Work] = {}
        self._memory, self._cleaned = memory, memory.cleaned
        self._letters = frozenset([part for part in own if isinstance(part, Sym)])
        self._fixed = fixed | self._letters
        self._dependent = _dependents(var, where)
        self._functions = frozenset([key.func for key in where if isinstance(key, Fn)])

    @property
    def var(self) -> Node:
        return self._var

    @property
    def fixed(self) -> frozenset[Node]:
        return self._fixed

    def varies(self, node: Node) -> bool:
        """Does the node depend on the variable, by itself or through a named part?"""
        if not node.free.isdisjoint(self._dependent):
            return True
        return bool(self._functions) and any(
            self.definition(part) is not None for part in walk(node) if isinstance(part, Fn)
        )

    def moving(self, node: Node) -> tuple[Node, ...]:
        """The parts of a sum that vary; in a long sum they are found by name."""
        if self._functions or len(node.children) <= LOOKED_AT:
            return tuple([term for term in node.children if self.varies(term)])
        places = self._memory.places.get(node)
        if places is None:
            places = self._memory.places[node] = {}
            for at, term in enumerate(node.children):
                for name in term.free:
                    places.setdefault(name, []).append(at)
        found = {at for name in self._dependent for at in places.get(name, ())}
        return tuple([node.children[at] for at in sorted(found)])

    def definition(self, node: Node) -> Node | None:
        if not self._where or not isinstance(node, (Sym, Indexed, Fn)):
            return None
        for key, meaning in self._where.items():
            found = substituted(key, meaning, node)
            if found is not None:
                return renamed(found, self._letters)
        return None

    def in_range(self, index: Node, lower: Node, upper: Node) -> tuple[bool, bool]:
        """Are lower <= index and index <= upper certain for every entry that the variable can be?"""
        return _in_range(index, lower, upper, self._ranges)

    def exists(self, entry: Indexed) -> bool:
        """Is there such an entry for every one that the variable can be? Its indices are letters of the variable, or run."""
        known = self._ranges_of(entry)
        return all(
            index in known and all(_in_range(index, *known[index], self._ranges))
            for index in entry.indices
            if not index.free.isdisjoint(self._letters)
        )

    def letter(self, wanted: str, node: Node) -> Sym:
        """An index letter like `wanted` that stands neither in `node` nor for a variable."""
        return fresh(wanted, (part for part in (*walk(node), *self._taken) if isinstance(part, (Sym, Base))))

    def solve(self, lhs: D) -> Work:
        """The derivative `lhs`, solved down to the leaves."""
        work = self._done.get(lhs)
        if work is None:
            work = self._done[lhs] = self._solve(lhs)
        return work

    def _solve(self, lhs: D) -> Work:
        move = self._move(lhs.body)
        parts = tuple([self.solve(pending) for pending in move.pending])
        raw = move.make(*[part.value for part in parts])
        after = self._after(move, raw)
        return Work(lhs, move, parts, after, after[-1].rhs if after else raw)

    def _move(self, body: Node) -> Move:
        for rule in self._suited[type(body)]:
            move = rule.apply(body, self) if rule.apply else self._as_stated(rule, body)
            if move is not None:
                return move if isinstance(move, Move) else _no_move(move, rule)
        return self._inner(body) if isinstance(body, D) else _by_sympy(body, self)

    def _as_stated(self, rule: Rule, body: Node) -> Move | None:
        from gdsym.rules.statement import by_statement

        return by_statement(rule, body, self)

    def _inner(self, body: D) -> Move:
        """A derivative that stands in the formula is worked out before it is derived further."""
        value = Solver(body.var, self._rules, self._where).solve(body).value
        reason: Reason = ("definition: ", body, " = ", value)
        return Move(INNER, (D(value, self._var),), lambda slope: slope, reason)

    def _after(self, move: Move, raw: Node) -> tuple[After, ...]:
        found: list[After] = []
        node = self.cleaned(raw)
        if node is not raw:
            found.append(After(SIMPLIFY, raw, node, None, detail="drop + 0 and * 1", trivial=True))
        if isinstance(self._var, Indexed):
            for settled in settle(node, self):
                found.append(After(settled.rule, node, settled.rhs, settled.reason, settled.given, settled.detail))
                node = settled.rhs
        if self._tidy and move.rule.name == INNER.name and _is_quotient(move.pending[0].body):
            found += self._tidy(node)
        return tuple(found)

    def cleaned(self, node: Node) -> Node:
        """0 and 1 left out everywhere; parts that are clean already are not looked at again."""
        if not node.kinds & MADE:
            return node
        done = self._cleaned
        known = done.get(node)
        if known is not None:
            return node if known is not node and known == node else known
        parts = tuple([c if not c.kinds & MADE or done.get(c) is c else self.cleaned(c) for c in node.children])
        known = drop(node if all(map(is_, parts, node.children)) else node.with_children(parts))
        self._cleaned[node] = known
        if known is not node and known.children:
            self._cleaned[known] = known
        return known


def _is_quotient(meaning: Node) -> bool:
    """A named quotient, a softmax say: its slope is put in order before it goes on."""
    return isinstance(meaning, Div) and logistic_exponential(meaning) is None


def pending(node: Node, variables: Iterable[Node]) -> Node:
    """The derivative of `node` by all the variables, innermost first, yet to be found."""
    for var in variables:
        node = D(node, var)
    return node


def _dependents(var: Node, where: Mapping[Node, Node]) -> frozenset[Node]:
    """The variable's own name and the names of all parts that depend on it."""
    found = {head_of(var)}
    while True:
        more = {
            head_of(key)
            for key, meaning in where.items()
            if not meaning.free.isdisjoint(found) and not isinstance(key, Fn)
        }
        if more <= found:
            return frozenset(found)
        found |= more


def _in_range(index: Node, lower: Node, upper: Node, ranges: Mapping[Node, tuple[Node, Node]]) -> tuple[bool, bool]:
    """Are lower <= index and index <= upper certain, the letters of the variable running over all its entries?"""
    letters = [letter for letter in ranges if letter in index.free]
    if len(letters) == 1 and index == letters[0] and ranges[letters[0]] == (lower, upper):
        return True, True
    at, low, high = (part.to_sympy() for part in (index, lower, upper))
    least, most = at, at
    for letter in letters:
        first, last = (limit.to_sympy() for limit in ranges[letter])
        ends = (first, last) if rises(at, letter) else (last, first)
        least, most = least.subs(letter.to_sympy(), ends[0]), most.subs(letter.to_sympy(), ends[1])
    below = (high - most).is_nonnegative or any(_below(high - at, place, ranges[place]) for place in ranges)
    return bool((least - low).is_nonnegative), bool(below)


def _below(room: Any, place: Node, limits: tuple[Node, Node]) -> bool:
    """Is there room because w_3 exists, so that the axis has at least 3 entries?"""
    return isinstance(place, Num) and bool((room - (limits[1].to_sympy() - place.to_sympy())).is_nonnegative)


def _no_move(found: Any, rule: Rule) -> Move:
    raise GdsymTypeError(
        f"apply of the rule {rule.name[:60]!r} returned {found!r:.60}; return a gd.Move, or None where it says nothing."
    )


def _by_sympy(body: Node, solver: Solver) -> Move:
    """The last resort: what SymPy's own `diff` says of a function outside the table; labelled, and checked as any step."""
    if isinstance(body, (Bound, D)) or not isinstance(solver.var, Sym):
        raise _refused(body)
    from gdsym.rules.fdiff import NOT_CLOSED

    try:
        value = body.to_sympy().diff(solver.var.symbol)
    except (ArithmeticError, AttributeError, NotImplementedError, TypeError, ValueError):  # SymPy's own gaps
        raise _refused(body) from None
    steps = value.atoms(sympy.SingularityFunction)
    if any(step.args[2].is_nonnegative is not True for step in steps):  # a Dirac delta by another name
        raise Unsupported(f"{body.to_sympy()} jumps; write the step as Heaviside(x - a, 1), or give a higher power.")
    if value.has(*NOT_CLOSED, sympy.re, sympy.im, sympy.nan, sympy.zoo):
        raise _refused(body)
    try:
        node = from_sympy(value, [solver.var])
    except GdsymError:  # parts that gdsym does not know
        raise _refused(body) from None
    return Move(SYMPY, (), lambda: node, ("SymPy differentiates this",))


def _refused(body: Node) -> Unsupported:
    from gdsym.rules.degrees import instead

    found = f"No rule derives {str(body.to_sympy())[:160]}, and SymPy has no closed form for it."
    return Unsupported(f"{found} {instead(body)}")
