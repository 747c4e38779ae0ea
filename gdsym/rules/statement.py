"""A rule that is given by its law alone: the left side is a pattern, the right side what stands there instead.

Letters: x is the variable; c and n (c_1, n_2 ...) stand for anything that does not depend on it; u, v, s, t for any part.
A law for the plain x holds for any u in its place, by the chain rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import sympy

from gdsym.errors import GdsymError, GdsymTypeError
from gdsym.reading import read
from gdsym.rules.function import Outer, chain
from gdsym.rules.laws import U, stated
from gdsym.step import Law, Move, Rule, Scope
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import Add, D, Mul, Node, Sym, walk

Found: TypeAlias = Mapping[Node, Node]
CONSTANT, ANY = "cn", "uvst"


def law(body: Any, slope: Any) -> Law:
    """The law d/dx body = slope, as text, SymPy or written form.

    Args:
        body: what the law derives, in the letters x (the variable), c, n (constants), u, v, s, t (any part), with numbers
            behind them if more are needed: `"log(1 + exp(u))"`.
        slope: its derivative; `Derivative(u, x)` is that of u.

    Returns:
        A `Law`; `gd.Rule(name, law)` is a rule that matches it, prints it, and is judged at every use.

    Raises:
        GdsymError: a letter has no meaning in a law, or the right side has one that the left side lacks.

    Example:
        >>> import gdsym as gd
        >>> softplus = gd.Rule("softplus", gd.law("log(1 + exp(u))", "Derivative(u, x)/(1 + exp(-u))"))
        >>> gd.derive("log(1 + exp(a*t))", "t", rules=(softplus, *gd.RULES)).result
        a/(1 + exp(-a*t))
    """
    left, right = _node(body), _node(slope)
    if isinstance(left, D) and _role(left.var) == "x":
        left = left.body
    names = left.free | {Sym(sympy.Symbol("x"))}
    _refuse_odd_letters(left, right, names)
    x = next((name for name in names if _role(name) == "x" and name in left.free), Sym(sympy.Symbol("x")))
    return Law(D(left, x), right)


def _node(part: Any) -> Node:
    if isinstance(part, Node):
        return part
    return read(part) if isinstance(part, str) else from_sympy(part)


def _role(name: Node) -> str:
    """What a letter of a law stands for: x, a constant (c), any part (u), or nothing."""
    if not isinstance(name, Sym):
        return ""
    letter, rest = name.name[:1], name.name[1:].lstrip("_")
    if name.name == "x":
        return "x"
    known = "c" if letter in CONSTANT else "u" if letter in ANY else ""
    return known if not rest or rest.isdigit() else ""


def _refuse_odd_letters(left: Node, right: Node, names: frozenset[Node]) -> None:
    odd = sorted(getattr(name, "name", "?") for name in left.free | right.free if not _role(name))
    if odd:
        raise GdsymError(
            f"{odd[0]} has no meaning in a law: x is the variable, c and n are constants, u, v, s, t any parts (u_1, u_2 ... for more)."
        )
    more = sorted(getattr(name, "name", "?") for name in right.free - names)
    if more:
        raise GdsymError(f"The right side of the law has the letter {more[0]}, which the left side lacks.")
    if isinstance(left, Sym):
        raise GdsymError(f"A law for {left.name} alone says nothing: state it for a function, a product, a power ...")


def by_statement(rule: Rule, body: Node, scope: Scope) -> Move | None:
    """The move of a rule that has a law and nothing else, or None if the body is no case of it."""
    if rule.law is None or not scope.varies(body):
        return None
    if not isinstance(rule.law.lhs, D):
        raise GdsymTypeError(
            f"The law of the rule {rule.name} is not about a derivative: its left side is d/dx of something."
        )
    pattern, x = rule.law.lhs.body, rule.law.lhs.var
    for found in _fits(pattern, body, {}, scope):
        outer = x in pattern.free and not any(_role(name) == "u" for name in pattern.free)
        return _for_any_part(rule, rule.law, found, scope) if outer else _as_stated(rule, rule.law, found, scope, body)
    return None


def _for_any_part(rule: Rule, stated_law: Law, found: Found, scope: Scope) -> Move:
    """A law for the plain x, at the part that stands in its place."""
    x = stated_law.lhs.children[1]
    letters = {**found, x: U}
    whole, slope = (_put(part, letters) for part in (stated_law.lhs.children[0], stated_law.rhs))
    return chain(Outer(rule, found[x], whole, slope), scope)


def _as_stated(rule: Rule, stated_law: Law, found: Found, scope: Scope, body: Node) -> Move:
    letters = {**found, stated_law.lhs.children[1]: scope.var}
    slots = tuple(dict.fromkeys(part for part in walk(stated_law.rhs) if isinstance(part, D)))
    pending = tuple(D(_put(slot.body, letters), scope.var) for slot in slots)
    _refuse_endless(rule, body, pending)

    def make(*values: Node) -> Node:
        return _put(stated_law.rhs, {**letters, **dict(zip(slots, values, strict=True))})

    return Move(rule, pending, make, stated(stated_law, rule.name))


def _refuse_endless(rule: Rule, body: Node, pending: tuple[D, ...]) -> None:
    size = sum(1 for _ in walk(body))
    if any(sum(1 for _ in walk(part.body)) >= size for part in pending):
        raise GdsymError(
            f"The rule {rule.name} leaves a derivative that is no simpler than the one it is used on; it would never end. "
            "State a law whose right side derives smaller parts."
        )


def _put(template: Node, parts: Found) -> Node:
    """The template with its letters replaced; what is put in is not looked at again."""
    if template in parts:
        return parts[template]
    if not template.children:
        return template
    return template.with_children(tuple(_put(child, parts) for child in template.children))


def _fits(pattern: Node, node: Node, found: Found, scope: Scope) -> Iterator[Found]:
    """Every way to read the node as a case of the pattern: what its letters stand for."""
    if isinstance(pattern, Sym):
        if found.get(pattern, node) == node and (_role(pattern) != "c" or not scope.varies(node)):
            yield {**found, pattern: node}
    elif type(pattern) is type(node) and pattern._payload() == node._payload():
        if isinstance(pattern, (Add, Mul)):
            yield from _in_any_order(type(pattern), pattern.children, node.children, found, scope)
        elif len(pattern.children) == len(node.children):
            yield from _in_turn(pattern.children, node.children, found, scope)


def _in_turn(patterns: tuple[Node, ...], nodes: tuple[Node, ...], found: Found, scope: Scope) -> Iterator[Found]:
    if not patterns:
        yield found
        return
    for here in _fits(patterns[0], nodes[0], found, scope):
        yield from _in_turn(patterns[1:], nodes[1:], here, scope)


def _in_any_order(
    kind: type[Node], patterns: tuple[Node, ...], nodes: tuple[Node, ...], found: Found, scope: Scope
) -> Iterator[Found]:
    """Terms and factors in any order; a letter may stand for several of them, the last one for all that are left."""
    first = next((p for p in patterns if not isinstance(p, Sym)), None)
    if first is not None:
        rest = tuple(p for p in patterns if p is not first)
        for j, node in enumerate(nodes):
            for here in _fits(first, node, found, scope):
                yield from _in_any_order(kind, rest, (*nodes[:j], *nodes[j + 1 :]), here, scope)
        return
    letters = sorted(patterns, key=lambda p: _role(p) != "c")
    yield from _shared_out(kind, letters, nodes, found, scope)


def _shared_out(
    kind: type[Node], letters: list[Node], nodes: tuple[Node, ...], found: Found, scope: Scope
) -> Iterator[Found]:
    if not letters or len(nodes) < len(letters):
        if not letters and not nodes:
            yield found
        return
    letter, rest = letters[0], letters[1:]
    constant = tuple(node for node in nodes if not scope.varies(node))
    taken = constant if _role(letter) == "c" and rest else nodes if not rest else nodes[:1]
    if not taken:
        return
    left = tuple(node for node in nodes if not any(node is other for other in taken))
    part = taken[0] if len(taken) == 1 else kind(*taken)
    for here in _fits(letter, part, found, scope):
        yield from _shared_out(kind, rest, left, here, scope)
