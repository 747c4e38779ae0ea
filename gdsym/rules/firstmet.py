"""Terms of a sum that was put together, in the order in which their functions first stood: cos x - (2 x cos x - x^2 sin x) = (1 - 2 x) cos x + x^2 sin x."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from gdsym.rules.regions import rational
from gdsym.written.nodes import Add, Div, Fn, Mul, Neg, Node, Partial, Pow, kinds_of, rewrite

FUNCTIONS = kinds_of(Fn, Partial)
MOST = 40  # products of functions that are looked for
Met = frozenset[Node]  # the functions of one product


def as_met(found: Node, before: Node, stood: Collection[Node]) -> Node:
    """The formula with its new sums in that order, if every term of a sum has functions, and all met before."""
    products = list(dict.fromkeys(_products(before)))
    if len(products) > MOST:
        return found
    places = {product: at for at, product in enumerate(products)}
    terms = {term for part in stood for term in part.children}
    return rewrite(found, lambda part: part if part in stood else _sorted(part, places, terms))


def _sorted(node: Node, places: dict[Met, int], terms: set[Node]) -> Node:
    """Two terms that stood side by side as they are stay."""
    if not isinstance(node, Add) or not node.has(FUNCTIONS) or sum(t in terms for t in node.children) > 1:
        return node
    order = [_place(term, places) for term in node.children]
    ranks = [place for place in order if place is not None]
    if len(ranks) < len(order) or ranks == sorted(ranks):
        return node
    return Add(*(node.children[at] for at in sorted(range(len(ranks)), key=ranks.__getitem__)))


def _place(term: Node, places: dict[Met, int]) -> int | None:
    """Where the first product stood that had all functions of the term; nothing of a term without any."""
    own = frozenset().union(*_products(term))
    return next((at for product, at in places.items() if own <= product), None) if own else None


def _products(node: Node) -> Iterator[Met]:
    """The functions of each product that stands in the formula, brackets opened, from left to right."""
    if isinstance(node, (Add, Neg)):
        for child in node.children:
            yield from _products(child)
    elif isinstance(node, (Mul, Div)):
        found: list[Met] = [frozenset()]
        for factor in node.children:
            found = list(dict.fromkeys(one | other for one in found for other in _products(factor)))
            if len(found) > MOST:
                break
        yield from found
    elif isinstance(node, Pow) and rational(node):
        yield frozenset().union(*_products(node.base))
    else:
        yield frozenset([node]) if isinstance(node, (Fn, Partial)) else frozenset()
