"""The door: what users hand in (SymPy, text, written forms) becomes checked nodes with the caller's own symbols."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sympy
from sympy.matrices.expressions.matexpr import MatrixElement

from gdsym.errors import CostError, GdsymTypeError, Unsupported
from gdsym.lookalikes import refuse_constants, refuse_unreadable
from gdsym.reading import read, read_by, read_symbol
from gdsym.refused import refuse_no_number
from gdsym.written.degrees import counted_roots
from gdsym.written.from_sympy import from_sympy
from gdsym.written.limits import refuse_unbounded
from gdsym.written.match import substituted
from gdsym.written.matrices import Elements, MatSym, in_matrix_form
from gdsym.written.nodes import (
    ZERO,
    Base,
    Bound,
    Fn,
    Indexed,
    Node,
    Sym,
    fresh,
    head_of,
    is_num,
    replace,
    walk,
)
from gdsym.written.put_back import put_back

LETTERS = "klpqrst"  # general index letters for an array parameter, in the order in which they are taken


def formula(expr: Any, params: Iterable[Node] = ()) -> Node:
    """A cost or part of one, as text, SymPy or written form, as a node with renamed shadowing indices."""
    return unshadowed(as_given(expr, params))


def as_given(expr: Any, params: Iterable[Node] = ()) -> Node:
    """The formula with the letters that it came with, checked."""
    params = tuple(params)
    ranked = frozenset(head_of(p) for p in params)
    ranked |= {Elements(p) for p in ranked if isinstance(p, MatSym)}
    if isinstance(expr, str):
        node = read_by(expr, ranked)
        node = replace(
            node, {mine: theirs for mine in node.free for theirs in ranked if _alike(mine, theirs) and mine != theirs}
        )
    elif isinstance(expr, Node):
        node = expr
    elif isinstance(expr, (list, tuple, dict, set)):
        raise GdsymTypeError(f"One expression is needed, not a {type(expr).__name__}; derive its entries one by one.")
    else:
        node = put_back(from_sympy(_basic(expr), ranked), frozenset().union(*(p.free for p in params)) - ranked)
    refuse_unbounded(node, lambda part: part.children)
    node = counted_roots(node)
    in_matrix_form((), node)
    refuse_no_number(node)
    refuse_unreadable(node)
    refuse_constants(node)
    return node


def _basic(expr: Any) -> Any:
    if isinstance(expr, (int, float)) and not isinstance(expr, bool):
        return sympy.Float(expr) if isinstance(expr, float) else sympy.Integer(expr)
    if isinstance(expr, sympy.Equality):
        raise GdsymTypeError(f"{str(expr)[:90]} is an equation; give the cost itself; for a curve, a - b with y(x).")
    if isinstance(expr, sympy.MatrixBase):
        raise Unsupported(
            "A Matrix of entries is not one expression: derive its entries one by one, or use MatrixSymbol."
        )
    return expr


def _alike(a: Node, b: Node) -> bool:
    """Is a, from a text, the same name as b? `A[i, j]` is an element of a matrix, if that is what b says."""
    alike = type(a) is type(b) or (type(a) is Base and isinstance(b, Elements))
    return alike and isinstance(a, (Sym, Base)) and isinstance(b, (Sym, Base)) and a.name == b.name


def variable(wrt: Any, names: Iterable[Node] = ()) -> Node:
    """A variable to derive by: Sym, Indexed entry or Base; text is looked up among `names` first."""
    node = _as_name(wrt)
    if isinstance(node, (Sym, Base, Indexed)):
        return _known(node, names)
    raise GdsymTypeError(
        f"Derivatives are taken by a symbol, an IndexedBase or an entry w[k], not by {str(wrt)[:80]!r} ({type(wrt).__name__}). "
        f"{_instead(wrt)}"
    )


def _instead(wrt: Any) -> str:
    """What is given where something else was meant."""
    if isinstance(wrt, (list, tuple, set, frozenset)):
        return "One after the other is a tuple, (x, y); a gradient is gd.Cost(..., [x, y]).gradient()."
    if isinstance(wrt, int):
        return "A second derivative is by (x, x)."
    return "Put a new symbol in its place: where={u: ...}."


def _as_name(wrt: Any) -> Node | None:
    if isinstance(wrt, Node):
        return wrt
    if isinstance(wrt, str):
        return read_symbol(wrt)
    if isinstance(wrt, sympy.IndexedBase):
        return Base(wrt)
    return (
        from_sympy(wrt) if isinstance(wrt, (sympy.Symbol, sympy.Indexed, sympy.MatrixSymbol, MatrixElement)) else None
    )


def _known(node: Node, names: Iterable[Node]) -> Node:
    """The caller's own symbol of this name, if the formula has one and the name was given as text."""
    head = head_of(node)
    assert isinstance(head, (Sym, Base))
    names = tuple(names)
    same = [own for own in names if isinstance(own, (Sym, Base)) and own.name == head.name]
    if isinstance(head, MatSym) and Elements(head) in names:
        return Elements(head)
    if not same:
        return node
    if head in same:
        return same[same.index(head)] if node is head else node
    own = same[0]
    if type(own) in (type(head), Elements) and isinstance(own, type(head)) and not _assumes(head):
        return replace(node, {head: own})
    return own if isinstance(own, Base) and isinstance(node, Sym) and not _assumes(head) else node


def _assumes(head: Node) -> bool:
    """Was the symbol declared with assumptions or a shape of its own?"""
    if isinstance(head, MatSym):
        return True
    symbol = head.symbol if isinstance(head, Sym) else head.base.label if isinstance(head, Base) else None
    return bool(symbol is not None and symbol != sympy.Symbol(symbol.name))


def parts(where: Mapping[Any, Any] | None, params: Iterable[Node], names: Iterable[Node]) -> dict[Node, Node]:
    """Named parts {e[i]: definition}; keys are symbols, entries or f(x[i]); a part may use other parts, without a circle."""
    if where is None:
        return {}
    if not isinstance(where, Mapping):
        raise GdsymTypeError(f"where must be a dict {{name: definition}}, not {type(where).__name__}.")
    params, names = tuple(params), tuple(names)
    found = {_part_name(key, names): formula(meaning, params) for key, meaning in where.items()}
    for key in found:
        if head_of(key) in {head_of(p) for p in params}:
            raise CostError(
                f"{key.to_sympy()} is a parameter and also a named part (where=...); it cannot be both. Rename one."
            )
    _refuse_circles(found)
    _refuse_odd_keys(found)
    return found


def _refuse_odd_keys(found: Mapping[Node, Node]) -> None:
    """Each part has one definition, for a general index: e[i], not e[1] or e[i + 1]."""
    heads: dict[Any, Node] = {}
    for key in found:
        if isinstance(key, Indexed) and (
            not all(isinstance(i, Sym) for i in key.indices) or len(set(key.indices)) < len(key.indices)
        ):
            raise CostError(
                f"where={{{key.to_sympy()}: ...}}: define a part for a general index, e.g. {key.base.name}[i], with letters that differ."
            )
        head = key.func if isinstance(key, Fn) else head_of(key)
        if head in heads:
            raise CostError(
                f"{key.to_sympy()} and {heads[head].to_sympy()} define the same part twice (where=...). Keep one."
            )
        heads[head] = key


def refuse_unmatched(where: Mapping[Node, Node], *formulas: Node) -> None:
    """A named function that stands with other arguments than its definition has would be held constant without a word."""
    defined = {key.func: key for key in where if isinstance(key, Fn)}
    for part in (
        part for formula in formulas for part in walk(formula) if isinstance(part, Fn) and part.func in defined
    ):
        key = defined[part.func]
        if substituted(key, where[key], part) is None:
            raise CostError(
                f"{part.to_sympy()} has no definition: where= defines {key.to_sympy()}, which it does not fit."
            )


def _part_name(key: Any, names: tuple[Node, ...]) -> Node:
    node = read(key) if isinstance(key, str) else key if isinstance(key, Node) else from_sympy(key)
    if isinstance(node, Fn) and node.undefined:
        return node
    if not isinstance(node, (Sym, Indexed, MatSym)):
        raise CostError(
            f"where={{{str(key)[:60]}: ...}}: a named part is a Symbol, an entry e[i] or a function f(x[i])."
        )
    return _known(node, names)


def _refuse_circles(found: Mapping[Node, Node]) -> None:
    heads = {head_of(key): meaning.free for key, meaning in found.items()}
    for start in heads:
        reached, todo = set(), [start]
        while todo:
            for name in heads.get(todo.pop(), frozenset()):
                if name == start:
                    raise CostError(
                        f"The named part {getattr(start, 'name', start)} is defined by itself (where=...). Break the circle."
                    )
                if name not in reached:
                    reached.add(name)
                    todo.append(name)


def unshadowed(node: Node, outer: frozenset[Node] = frozenset(), avoid: frozenset[Node] = frozenset()) -> Node:
    """Sums inside sums over the same letter get a letter of their own, none of `avoid`; nothing else changes."""
    if not any(isinstance(part, Bound) for part in walk(node)):
        return node
    if isinstance(node, Bound):
        body, index = node.body, node.index
        if index in outer:
            new = fresh(index.name, body.free | outer | node.free | avoid)
            body, index = replace(body, {index: new}), new
        inside = unshadowed(body, outer | {index}, avoid)
        return type(node)(inside, index, node.lower, node.upper)
    return node.with_children(tuple(unshadowed(child, outer, avoid) for child in node.children))


def general_entry(base: Base, rank: int, names: Iterable[Node]) -> Indexed:
    """The entry w_k of an array with the first free letters of k, l, p, q."""
    taken = {name.name for name in names if isinstance(name, (Sym, Base))}
    free = [letter for letter in [*LETTERS, *(f"k{j}" for j in range(1, 10))] if letter not in taken]
    letters: list[Node] = [Sym(sympy.Symbol(letter, integer=True)) for letter in free[:rank]]
    if isinstance(base, Elements):  # SymPy counts the elements of a matrix from 0
        lengths = (base.matrix.rows, base.matrix.cols)
        letters = [ZERO if is_num(n, 1) else letter for letter, n in zip(letters, lengths, strict=True)]
    return Indexed(base, *letters)


def entry_of(var: Node, node: Node, where: Mapping[Node, Node], earlier: Sequence[Node]) -> Node:
    """The variable, an array as its general entry w_k with a letter that nothing else uses."""
    if isinstance(var, MatSym):
        var = Elements(var)
    if isinstance(var, Indexed):
        _refuse_other_rank(var, (node, *where.values()))
    if not isinstance(var, Base):
        return var
    meanings = tuple(where.values())
    whole = next((m for m in (node, *meanings) if var in m.free), node)
    taken = all_names(node, *meanings, *where, *earlier)
    return general_entry(var, rank_of(whole, var), taken)


def _refuse_other_rank(entry: Indexed, formulas: Iterable[Node]) -> None:
    written = {rank_of(formula, entry.base) for formula in formulas if entry.base in formula.free}
    if written and written != {len(entry.indices)}:
        raise CostError(
            f"{entry.to_sympy()} has {len(entry.indices)} indices, but the formula writes {entry.base.name} with "
            f"{written.pop()}. Ask for an entry as it stands there, or for {entry.base.name} itself."
        )


def rank_of(node: Node, base: Base) -> int:
    """How many indices the formula writes at an array."""
    if isinstance(base, Elements):
        return 2
    ranks = {len(part.indices) for part in walk(node) if isinstance(part, Indexed) and part.base == base}
    if len(ranks) > 1:
        counts = " and ".join(str(r) for r in sorted(ranks))
        raise CostError(f"{base.name} is written with {counts} indices; an array has one number of axes.")
    return ranks.pop() if ranks else 1


def all_names(*formulas: Node) -> frozenset[Sym | Base]:
    """Every Sym and Base in the formulas, bound indices too."""
    return frozenset(part for top in formulas for part in walk(top) if isinstance(part, (Sym, Base)))


def refuse_odd_settings(detail: Any, known: Any) -> None:
    """Detail is a word, known a set of rule names."""
    if not isinstance(detail, str):
        raise GdsymTypeError(f"detail is {detail!r:.60}; known: 'full', 'normal', 'brief'.")
    if isinstance(known, str) or not isinstance(known, Collection) or not _all_text(known):
        raise GdsymTypeError(
            f"known is {known!r:.60}; give a set of rule names, such as {{'sum', 'constant multiple'}}."
        )


def _all_text(words: Collection[Any]) -> bool:
    try:
        return all(isinstance(word, str) for word in words)
    except TypeError:  # an array without an axis
        return False
