"""The validated description of a cost: expression, parameters, named parts, samples. Bad input ends here, with a sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import sympy

from gdsym.door import all_names, as_given, parts, unshadowed, variable
from gdsym.errors import MOVED_OUT, CostError, GdsymTypeError
from gdsym.lookalikes import refuse_lookalikes
from gdsym.named import put_in, size_letters
from gdsym.record import changed, record
from gdsym.written import matrix_algebra as mat
from gdsym.written.nodes import Add, Base, Bound, Cases, Div, Fn, Indexed, Mul, Neg, Node, Num, Pow, Sum, Sym, walk
from gdsym.written.order import appearance
from gdsym.written.wholes import inside


@record
class Problem:
    """A cost that has passed the door. `expanded` is the expression with its named parts put in."""

    expr: Node
    params: tuple[Node, ...]  # Sym or Base
    where: Mapping[Node, Node]
    name: str
    expanded: Node
    asked: Node | None = None  # the expression with the letters that it came with

    @property
    def sizes(self) -> frozenset[Node]:
        """Letters that are limits of sums: read off the data."""
        return size_letters(self.expanded)

    @property
    def data(self) -> tuple[Node, ...]:
        """What else must be given: arrays and plain letters that are neither parameters nor sizes."""
        others = self.expanded.free - set(self.params) - self.sizes
        return tuple(sorted(others, key=lambda node: str(getattr(node, "name", node))))


def problem(expr: Any, params: Any, where: Mapping[Any, Any] | None, name: str) -> Problem:
    """Read, complete and check a cost."""
    if not isinstance(name, str):
        raise GdsymTypeError(f"name is {name!r:.60}; give what the cost is called in print, a text such as 'J'.")
    wanted = _wanted(params)
    guesses = [variable(p) for p in wanted or ()]
    asked = as_given(expr, guesses)
    names = all_names(asked)
    chosen = tuple(variable(p, names) for p in wanted) if wanted is not None else ()
    named = parts(where, chosen, names)
    chosen = tuple(variable(p, names.union(*(all_names(m) for m in named.values()))) for p in chosen)
    node = unshadowed(asked, avoid=all_names(*chosen, *named, *named.values()))
    expanded = put_in(node, named)
    refuse_lookalikes(
        node.free.union(expanded.free, chosen, *(k.free for k in named), *(m.free for m in named.values()))
    )
    found = chosen if wanted is not None else _found(expanded)
    called = _called(str(name), names.union(chosen, named, *(all_names(m) for m in named.values())))
    result = Problem(node, found, named, called, expanded, asked)
    _check(result)
    return result


def _called(name: str, names: Iterable[Node]) -> str:
    """What the cost is called: J, or another letter where J is one of its own; dJ/dJ would tell nothing."""
    taken = {known.name for known in names if isinstance(known, (Sym, Base))}
    if name not in taken:
        return name
    if name != "J":
        raise CostError(f"The cost is called {name}, and so is a letter in it. Give it another name, e.g. name='C'.")
    return next(
        letter for letter in ("C", "L", "E", "F", "K", "J_0", *map("J_{}".format, range(1, 100))) if letter not in taken
    )


def _wanted(params: Any) -> Sequence[Any] | None:
    if params is None:
        return None
    listed = list(params) if isinstance(params, (list, tuple)) else [params]
    if isinstance(params, (set, frozenset, dict)):
        raise GdsymTypeError(f"The parameters have an order: give a list, not a {type(params).__name__}.")
    if isinstance(params, str) and len(names := re.split(r"[,\s]+", params.strip())) > 1:
        raise GdsymTypeError(f"Several parameters are a list, {names}, not one text {params!r}.")
    if not listed:
        raise CostError(
            "The list of parameters is empty; name at least one, or leave params out to take every free symbol."
        )
    return listed


def _found(expanded: Node) -> tuple[Node, ...]:
    """Every free symbol that is no limit of a sum, in order of appearance."""
    sizes = size_letters(expanded)
    letters = tuple(s for s in appearance(expanded) if isinstance(s, Sym) and s in expanded.free and s not in sizes)
    letters = tuple(s for s in letters if s not in free_indices(expanded))
    _refuse_ambiguous(expanded, letters)
    arrays = sorted(f.name for f in expanded.free if isinstance(f, Base))
    if not letters:
        hint = f" (a vector parameter? Cost(expr, [{arrays[0]}]))" if arrays else ""
        raise CostError(
            f"No parameter was named and the cost has no free symbol that could be one{hint}. Name the parameters: Cost(expr, [w, b])."
        )
    return letters


def _refuse_ambiguous(expanded: Node, letters: Iterable[Sym]) -> None:
    """Without a list of parameters, a letter that may be one thing or another is asked about."""
    for part in walk(expanded):
        if not isinstance(part, Bound):
            continue
        for size in part.upper.free:
            if any(size in factor.free and factor != size for factor in _factors(part.body)):
                raise CostError(
                    f"{_text(size)} stands inside the sum that it limits (the slope and the count?). "
                    "Name the parameters: Cost(expr, [w, b]), and give the count another letter if both are meant."
                )
    for letter in letters:
        if letter.symbol.is_integer:
            raise CostError(
                f"{_text(letter)} is declared a whole number, which no descent can change: is it a size or a parameter? "
                "Name the parameters: Cost(expr, [w, b])."
            )


def _factors(node: Node) -> tuple[Node, ...]:
    return tuple(f for c in node.children for f in _factors(c)) if isinstance(node, (Mul, Div, Neg)) else (node,)


def free_indices(node: Node) -> frozenset[Node]:
    """Letters used as an index of an array outside any sum over them."""
    found: set[Node] = set()

    def look(part: Node, bound: frozenset[Node]) -> None:
        if isinstance(part, Bound):
            bound = bound | {part.index}
        if isinstance(part, Indexed):
            found.update(s for index in part.indices for s in index.free if s not in bound and isinstance(s, Sym))
        for child in part.children:
            look(child, bound)

    look(node, frozenset())
    return frozenset(found)


def _check(p: Problem) -> None:
    if not mat.is_number(p.expanded):
        raise CostError(f"A cost is a number, but {_text(p.expanded)[:160]} is a matrix. Take its trace, or u.T*u.")
    seen: set[Node] = set()
    for param in p.params:
        if param in seen:
            raise CostError(f"The parameter {_text(param)} is named twice. Name each once.")
        seen.add(param)
        _check_param(p, param)
    _refuse_loose_indices(p)


def _check_param(p: Problem, param: Node) -> None:
    if isinstance(param, Indexed):
        raise CostError(
            f"{_text(param)} is one entry; the parameter is the array: name {param.base.name} itself, IndexedBase('{param.base.name}')."
        )
    if not isinstance(param, (Sym, Base)):
        raise GdsymTypeError(f"A parameter is a Symbol, an IndexedBase or a MatrixSymbol, not {_text(param)}.")
    if param in p.sizes:
        raise CostError(
            f"{_text(param)} is a parameter and also the upper limit of a sum (the slope and the count?). "
            'Rename one, e.g. Symbol("N") for the count.'
        )
    if param not in p.expanded.free:
        raise CostError(_missing(p, param))


def _missing(p: Problem, param: Node) -> str:
    bound = any(isinstance(part, Bound) and part.index == param for part in walk(p.expanded))
    if bound:
        return f"{_text(param)} is the index of a sum, which is no parameter. Name the letters that the descent may change."
    known = ", ".join(sorted(_text(f) for f in p.expanded.free)) or "none"
    return f"The parameter {_text(param)} does not occur in the cost. Its free symbols are: {known}."


def _refuse_loose_indices(p: Problem) -> None:
    loose = free_indices(p.expanded) - set(p.params) - p.sizes
    if not loose:
        return
    letter = min(loose, key=_text)
    entry = next(e for e in walk(p.expanded) if isinstance(e, Indexed) and letter in e.free)
    raise CostError(
        f"{_text(entry)} uses {_text(letter)} outside any Sum; wrap it: Sum(..., ({_text(letter)}, 1, m)). "
        f"For the cost of one sample use Cost.sample.{f' {MOVED_OUT}' if any(isinstance(part, Cases) for part in walk(p.expanded)) else ''}"
    )


def _text(node: Node) -> str:
    return str(node.to_sympy())


def sample_sum(p: Problem) -> Sum:
    """The sum over samples: an outermost sum whose index stands in a data array; ambiguous -> error."""
    found = list(_outer_sums(p.expanded, frozenset(p.params)))
    sizes = {s.upper for s in found}
    if len(sizes) == 1:
        return found[0]
    if not found:
        raise CostError("The cost has no sum over data, so there are no samples to take one by one.")
    raise CostError(
        f"The cost sums over several sizes ({', '.join(sorted(_text(s) for s in sizes))}): which one counts the samples is not clear. "
        "Write one sum over the samples, with the other terms inside or without data."
    )


def _outer_sums(node: Node, params: frozenset[Node]) -> Iterable[Sum]:
    if isinstance(node, Sum):
        if _indexes_data(node, params):
            yield node
        return
    for child in node.children:
        yield from _outer_sums(child, params)


def _indexes_data(node: Sum, params: frozenset[Node]) -> bool:
    entries = [e for e in walk(node.body) if isinstance(e, Indexed) and e.base not in params]
    return any(node.index in index.free for e in entries for index in e.indices)


def replace_problem(p: Problem, change: Callable[[Node], Node]) -> Problem:
    """The same cost with its expression changed (named parts stay named)."""
    return changed(p, expr=change(p.expr), expanded=change(p.expanded), asked=None)


def degree(node: Node, heads: frozenset[Node]) -> float:
    """The degree of the formula as a polynomial in the parameters; infinite if it is none."""
    if node.free.isdisjoint(heads):
        return 0
    if isinstance(node, (Sym, Indexed)):
        return 1 if heads.isdisjoint(frozenset().union(*(i.free for i in inside(node)))) else math.inf
    parts = [degree(child, heads) for child in node.children]
    if isinstance(node, Mul):
        return sum(parts)
    if isinstance(node, (Add, Neg, Sum)):
        return max(parts)
    if isinstance(node, Div):
        return parts[0] if parts[1] == 0 else math.inf
    whole = isinstance(node, Pow) and isinstance(node.exponent, Num) and node.exponent.value.denominator == 1
    return parts[0] * int(node.exponent.value) if whole and node.exponent.value > 0 else math.inf  # type: ignore[attr-defined]


KINKED = (
    sympy.Abs,
    sympy.sign,
    sympy.Max,
    sympy.Min,
    sympy.Heaviside,
    sympy.floor,
    sympy.ceiling,
    sympy.frac,
    sympy.Mod,
)


def has_kinks(node: Node, params: Iterable[Node]) -> bool:
    """Does the formula have corners or jumps along its parameters (absolute values, maxima, case distinctions ...)?"""
    heads = frozenset(params)
    jumps = (part for part in walk(node) if isinstance(part, Fn) and part.func in KINKED)
    conditions = (condition for part in walk(node) if isinstance(part, Cases) for _, condition in part.pairs)
    return any(not part.free.isdisjoint(heads) for part in chain(jumps, conditions))
