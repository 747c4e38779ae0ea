"""Stationary equations that are linear once they are multiplied by what is not 0: in a parameter, or a power, exponential or logarithm of it.

The derived slope is read as a sum of coefficients (sums over data) times functions of the parameters. These are brought to one
denominator; what is left above is A g(theta) - B, and g(theta) = B/A: the mean of a Bernoulli, Poisson, exponential or normal law, say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any, TypeAlias

import sympy

from gdsym.closing import tidy
from gdsym.linear import NotLinearError, minus, negative, product, quotient
from gdsym.parameter_terms import Terms, factors
from gdsym.record import record
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import (
    ONE,
    TRUE,
    ZERO,
    Bound,
    Div,
    Fn,
    Indexed,
    Node,
    Num,
    Pow,
    Rel,
    Root,
    Sum,
    Sym,
    both,
    is_num,
    mul,
    replace,
    walk,
)  # fmt: skip

Line: TypeAlias = "tuple[tuple[Node, Node], Node, Node]"
UNTOLD = (sympy.PolynomialError, TypeError)  # SymPy cannot tell: letters in exponents


@record
class Cleared:
    """slope times `factor` = `pivot` times `image` - `rest`, and so `param` = `value`, under `given`."""

    param: Node  # p, or an entry p[k]
    factor: Node
    image: Node  # p, p^2, exp(p), log(p)
    pivot: Node
    rest: Node
    value: Node
    given: Node
    twin: bool  # may minus the value be a solution, too?
    put: tuple[tuple[Node, Node], ...] = ()  # a parameter that its own equation gives, put into the slope before


def cleared(slope: Node, param: Node, others: Sequence[Node], nonzero: frozenset[Any]) -> Cleared:
    """The equation slope = 0 for `param`, in which none of the `others` stands; NotLinearError if it has no such form.

    `nonzero`: factors that the cost needs to be other than 0, from `denominators`.
    """
    return _Clearing((param, *others), nonzero).made(slope)


def in_order(slopes: Sequence[tuple[Node, Node]]) -> list[Cleared] | None:
    """Each parameter in those solved before it; None if one cannot be solved for. `slopes`: what is derived by, p or p[k], and the slope."""
    left, found = dict(slopes), list[Cleared]()
    while left:
        nonzero = frozenset[Any]().union(*(denominators(slope, list(left)) for slope in left.values()))
        for param, slope in left.items():
            try:
                found.append(cleared(slope, param, [p for p in left if p != param], nonzero))
            except NotLinearError:
                continue
            del left[param]
            break
        else:
            pair = _coupled(left, nonzero)
            if pair is None:
                return None
            found += pair
            for one in pair:
                del left[one.param]
    return found


def _coupled(slopes: Mapping[Node, Node], nonzero: frozenset[Any]) -> list[Cleared] | None:
    """Two parameters whose equations are linear in both, w and b of a line with unknown noise: the second put into the first."""
    for first, second in combinations(slopes, 2):
        others = [p for p in slopes if p not in (first, second)]
        clearings = [_Clearing((first, second, *others), nonzero) for _ in range(2)]
        try:
            one, other = (c.line(slopes[p]) for c, p in zip(clearings, (first, second), strict=True))
            return _eliminated((first, second), one, other, clearings[1].is_count)
        except (NotLinearError, *UNTOLD):
            continue
    return None


def _eliminated(pair: tuple[Node, Node], one: Line, other: Line, is_count: Callable[[Node], bool]) -> list[Cleared]:
    (first, second), ((a, b), c, factor), ((d, e), f, times) = pair, one, other
    if is_num(e, 0):
        raise NotLinearError
    below: Node = TRUE if is_count(e) else Rel("!=", e, ZERO)
    rest = tidy(minus(f, [product(first, d)]), ())
    value = quotient(rest, e, pair)
    pivot, right = (tidy(minus(mul(e, u), [mul(b, v)]), ()) for u, v in ((a, d), (c, f)))
    if is_num(pivot, 0):
        raise NotLinearError
    solved, given = quotient(right, pivot, pair), both(below, Rel("!=", pivot, ZERO))
    return [
        Cleared(first, mul(e, factor), first, pivot, right, solved, given, False, ((second, value),)),
        Cleared(second, times, second, e, rest, value, below, False),
    ]


def denominators(slope: Node, params: Sequence[Node]) -> frozenset[Any]:
    """What stands below the bars of a slope, factor by factor: it is 0 nowhere where the cost has a slope."""
    clearing = _Clearing(params, frozenset())
    try:
        _, below = clearing.fraction(clearing.terms(slope))
    except (NotLinearError, *UNTOLD):
        return frozenset()
    return frozenset(map(_monic, factors(below)))


class _Clearing(Terms):
    """One slope; the first of the parameters is the one that is solved for."""

    def __init__(self, params: Sequence[Node], nonzero: frozenset[Any]) -> None:
        super().__init__(params)
        self.nonzero = nonzero

    def made(self, slope: Node) -> Cleared:
        terms = self.terms(slope)
        self.counts = _counts(slope)
        try:
            above, below = self.fraction(terms)
            left, image, power, scale = self.left(above)
        except (NotLinearError, *UNTOLD):
            return self.two(self.together(terms))
        poly = sympy.Poly(left, image)
        pivot, rest = poly.coeff_monomial(image**power), -poly.coeff_monomial(1)
        return self.solved(image, sympy.Integer(power), pivot, rest, below / scale)

    def line(self, slope: Node) -> Line:
        """((A, B), C, factor): slope times the factor is A p + B q - C, for the first two parameters."""
        self.counts = _counts(slope)
        above, below = self.fraction(self.terms(slope))
        own, kept = [self.symbols[p] for p in self.params[:2]], self.may_be_0(above)
        if kept.free_symbols & {*self.symbols.values(), *self.images} - set(own):
            raise NotLinearError
        kept = -kept if _minuses(-kept) < _minuses(kept) else kept
        poly = sympy.Poly(kept, *own)
        if poly.total_degree() != 1:
            raise NotLinearError
        a, b, c = (tidy(self.written(poly.coeff_monomial(f)), ()) for f in (*own, 1))
        return (a, b), tidy(negative(c), ()), self.written(below / sympy.cancel(above / kept))

    def may_be_0(self, above: Any) -> Any:
        """The one factor of a numerator that may be 0."""
        moving = {*self.symbols.values(), *self.images}
        kept = [f for f in factors(above) if _monic(f) not in self.nonzero and not self.is_exponential(f)]
        kept = [f for f in kept if f.free_symbols & moving]
        if len(kept) != 1:
            raise NotLinearError
        return kept[0]

    def left(self, above: Any) -> tuple[Any, Any, int, Any]:
        """The factor that may be 0, A g^n - B; g, n, and what it is multiplied by."""
        own, moving = self.symbols[self.params[0]], {*self.symbols.values(), *self.images}
        kept = self.may_be_0(above)
        images = [image for image in (own, *self.images) if image in kept.free_symbols]
        mine = [image for image in images if image == own or self.images[image][0] == own]
        if len(mine) != 1 or kept.free_symbols & moving != {mine[0]}:
            raise NotLinearError
        powers = {m[0] for m in sympy.Poly(kept, mine[0]).monoms()} - {0}
        if len(powers) != 1:
            raise NotLinearError
        return kept, mine[0], powers.pop(), sympy.cancel(above / kept)

    def is_exponential(self, letter: Any) -> bool:
        """Is it exp(c p), which is 0 nowhere (log p is, at 1)?"""
        return letter in self.images and self.images[letter][1].func is sympy.exp

    def two(self, found: Mapping[Any, Any]) -> Cleared:
        """Two terms A f + B g with f/g a power of the parameter, as L^(-k - 1) and L^(-1)."""
        own, others = self.symbols[self.params[0]], {s for p, s in self.symbols.items() if p != self.params[0]}
        if len(found) != 2:
            raise NotLinearError
        (f, a), (g, b) = found.items()
        ratio = sympy.powsimp(sympy.expand_power_base(f / g, force=True), force=True)
        if ratio.func is sympy.Pow and ratio.exp.could_extract_minus_sign():
            (f, a), (g, b), ratio = (g, b), (f, a), 1 / ratio
        base, exponent = ratio.as_base_exp()
        if base != own or own in exponent.free_symbols or exponent.free_symbols & others or not self.leaves(f, g):
            raise NotLinearError
        return self.solved(own, exponent, a, -b, 1 / g)

    def leaves(self, f: Any, g: Any) -> bool:
        """Is g other than 0 wherever there is a slope? Powers of parameters are that stand below a bar, w in w^3 - c w is not."""
        below = {base for whole in (f, g) for base, power in whole.as_powers_dict().items() if power.is_negative}
        known = self.nonzero | below | set(self.coefficients.values())
        moving = set(self.symbols.values())
        return all(base in known or not base.free_symbols & moving for base in g.as_powers_dict())

    # back on paper

    def solved(self, image: Any, power: Any, pivot: Any, rest: Any, factor: Any) -> Cleared:
        if _minuses(-pivot, -rest) < _minuses(pivot, rest):
            pivot, rest, factor = -pivot, -rest, -factor
        param = self.params[0]
        a, b = (tidy(self.written(c), ()) for c in (pivot, rest))
        value = self.over(b, a)
        given: Node = TRUE if self.is_count(a) else Rel("!=", a, ZERO)
        function = self.images[image][1] if image in self.images else None
        positive = both(given, Rel(">", value, ZERO))
        twin = bool(not power.is_Integer or power % 2 == 0)
        if twin and function is not None and function.func is not sympy.exp:
            raise NotLinearError  # log p may have either sign
        if power != 1:
            value, given = _root(value, from_sympy(power)), positive
        if function is not None and function.func is sympy.exp:
            inner = Fn(sympy.log, value)
            value, given = quotient(inner, self.written(function.args[0].coeff(self.images[image][0])), ()), positive
        elif function is not None:
            value = Fn(sympy.exp, value)
        value = tidy(value, ())
        if not value.free and value.to_sympy().is_real is False:
            raise NotLinearError
        return Cleared(
            param,
            self.written(factor),
            self.written(image**power),
            a,
            b,
            value,
            given,
            twin and function is None,
        )

    def over(self, above: Node, below: Node) -> Node:
        """1/m sum x_i, as means are written; other quotients as they are."""
        if isinstance(above, Sum) and not any(isinstance(part, Sum) for part in walk(below)):
            return tidy(mul(Div(ONE, below), above), ())
        return quotient(above, below, self.params)

    def is_count(self, node: Node) -> bool:
        """Is it other than 0 whatever the data: a number, how many samples there are?"""
        sizes: dict[Node, Node] = {n: Sym(sympy.Dummy(positive=True)) for n in self.counts if isinstance(n, Sym)}
        plain = replace(node, sizes)
        return not any(isinstance(part, (Bound, Indexed)) for part in walk(plain)) and bool(plain.to_sympy().is_nonzero)

    def written(self, expression: Any) -> Node:
        """With the parameters and the sums over data."""
        plain = expression.xreplace({letter: f for letter, (_, f) in self.images.items()})
        back: dict[Node, Node] = {Sym(s): p for p, s in self.symbols.items()}
        back |= {Sym(s): node for node, s in self.coefficients.items()}
        return replace(from_sympy(plain), back)


def _counts(slope: Node) -> set[Node]:
    """How many samples there are: the upper limits of sums."""
    return {part.upper for part in walk(slope) if isinstance(part, Sum)}


def _minuses(*expressions: Any) -> int:
    return sum(t.could_extract_minus_sign() for e in expressions for t in sympy.Add.make_args(sympy.expand(e)))


def _root(value: Node, power: Node) -> Node:
    if isinstance(power, Num) and power.value.denominator == 1:
        return Root(value, power)
    return Pow(value, Div(ONE, power))


def _monic(factor: Any) -> Any:
    """The factor up to a number."""
    return factor.primitive()[1] if not factor.could_extract_minus_sign() else (-factor).primitive()[1]


__all__ = ["Cleared", "cleared", "denominators", "in_order"]
