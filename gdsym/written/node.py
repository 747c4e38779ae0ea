"""The written form: inert, ordered, immutable pieces of a formula as it stands on paper.

Nothing here evaluates. `Mul(Num(3), Mul(Num(5), x))` stays what it is until a named, checked step rewrites it.
Nodes are equal when they are written alike; hashes and free names are computed once and kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache, reduce
from itertools import count
from math import inf
from operator import or_
from typing import Any, ClassVar, TypeAlias

Condition: TypeAlias = Any  # a SymPy Boolean; SymPy is untyped
NOTHING: frozenset[Node] = frozenset()
_BITS = count()
DOUBLE = 53  # bits of a number of Python
FULL, MOST_PRINTED = 15, 17  # digits from which on a number looks rounded; those that a double may be printed with


class Node:
    """One piece of a written formula. `children` are its parts, in the order in which they stand."""

    __slots__ = ("_free", "_hash", "children", "kinds")
    kind: ClassVar[int] = 0  # a bit for each type of node
    bare: ClassVar[bool] = True  # has it children only?
    children: tuple[Node, ...]
    kinds: int  # the bits of this node and of all nodes below it
    _hash: int
    _free: frozenset[Node] | None

    def __init_subclass__(cls) -> None:
        cls.kind = 1 << next(_BITS)
        cls.bare = cls._payload is Node._payload

    def __init__(self, *children: Node) -> None:
        kinds = self.kind
        if len(children) == 2 and self.bare:  # most are
            one, other = children
            _put_kinds(self, kinds | one.kinds | other.kinds)
            _put_hash(self, hash((kinds, one._hash, other._hash)))
        else:
            made_of = [kinds] if self.bare else [kinds, self._payload()]
            for child in children:
                kinds |= child.kinds
                made_of.append(child._hash)
            _put_kinds(self, kinds)
            _put_hash(self, hash(tuple(made_of)))
        _put_children(self, children)
        _put_free(self, None)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def _payload(self) -> Any:
        """What tells this node from another of its type with the same children."""
        return None

    def __reduce__(self) -> Any:
        payload = self._payload()
        first = () if payload is None else payload if isinstance(payload, tuple) else (payload,)
        return type(self), (*first, *self.children)

    def with_children(self, children: tuple[Node, ...]) -> Node:
        """The same kind of node with other parts."""
        return self if children == () else type(self)(*children)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other) or self._hash != other._hash or self.children != other.children:
            return False
        mine, theirs = self._payload(), other._payload()
        return mine is theirs or bool(mine == theirs)

    def __hash__(self) -> int:
        return self._hash

    @property
    def free(self) -> frozenset[Node]:
        """The names (`Sym`, `Base`) that this node's value depends on."""
        found = self._free
        if found is None:
            found = self._find_free()
            _put_free(self, found)
        return found

    def _find_free(self) -> frozenset[Node]:
        found = NOTHING
        parts: list[frozenset[Node]] = []
        for child in self.children:
            free = child.free
            if free is not found and free:
                if len(free) > len(found):
                    found = free
                parts.append(free)
        return found if all(map(found.issuperset, parts)) else found.union(*parts)

    def has(self, kinds: int) -> bool:
        """Does a node of one of these types (see `kinds_of`) stand in the formula?"""
        return self.kinds & kinds != 0

    def to_sympy(self) -> Any:
        """This formula as a SymPy expression in the caller's own symbols (SymPy evaluates it)."""
        from gdsym.written.to_sympy import to_sympy

        return to_sympy(self)

    def __repr__(self) -> str:
        """As it stands on paper: `2 (x + 1)`."""
        from gdsym.writing.text import text

        return text(self, partial=len(self.free) > 1)

    def _repr_latex_(self) -> str:
        from gdsym.writing.latex import latex

        return rf"$\displaystyle {latex(self, partial=len(self.free) > 1)}$"


_SLOTS: Mapping[str, Any] = vars(Node)  # their own setters, which immutability does not reach, are the quickest
_put_children, _put_free, _put_kinds, _put_hash = (
    _SLOTS[name].__set__ for name in ("children", "_free", "kinds", "_hash")
)


def kinds_of(*types: type[Node]) -> int:
    """The types (not those derived from them) as `Node.has` asks for them."""
    return reduce(or_, (kind.kind for kind in types))


class Num(Node):
    """An exact number, e.g. `3` or `1/2`."""

    __slots__ = ("ratio", "value")
    value: Fraction
    ratio: tuple[int, int]  # numerator and denominator: compared much faster than the Fraction

    def __init__(self, value: int | Fraction) -> None:
        exact = value if type(value) is Fraction else Fraction(value)
        object.__setattr__(self, "value", exact)
        object.__setattr__(self, "ratio", exact.as_integer_ratio())
        super().__init__()

    def _payload(self) -> Any:
        return self.ratio

    def __reduce__(self) -> Any:
        return Num, (self.value,)


class Dec(Node):
    """A decimal number as the user gave it, e.g. `0.5` (a SymPy Float)."""

    __slots__ = ("value",)
    value: Any

    def __init__(self, value: Any) -> None:
        object.__setattr__(self, "value", value)
        super().__init__()

    @property
    def exact(self) -> Fraction:
        """0.1 is one tenth, as it was written, and not the nearest binary number."""
        return Fraction(str(self.value))

    @property
    def rounding(self) -> Fraction:
        """By how much it may differ from what was meant: nothing, unless it has the many digits of a rounded number.

        0.333333333333 is what it says. With 15 digits and more, as numbers are printed, it may be one off in the 15th, or in
        the last of 18 and more.
        """
        near = float(self.value) if self.value._prec == DOUBLE else 0
        typed = Decimal(repr(near) if 0 < abs(near) < inf else str(self.value))
        count = len("".join(map(str, typed.as_tuple().digits)).strip("0"))
        last = count if count > MOST_PRINTED else FULL
        return Fraction(10) ** (typed.adjusted() - last + 1) if count >= FULL else Fraction(0)

    def _payload(self) -> Any:
        return self.value


class Const(Node):
    """A mathematical constant: `pi`, `E`, infinity ... (the SymPy object)."""

    __slots__ = ("value",)
    value: Any

    def __init__(self, value: Any) -> None:
        object.__setattr__(self, "value", value)
        super().__init__()

    def _payload(self) -> Any:
        return self.value


class Sym(Node):
    """A letter: the caller's own SymPy Symbol."""

    __slots__ = ("symbol",)
    symbol: Any

    def __init__(self, symbol: Any) -> None:
        object.__setattr__(self, "symbol", symbol)
        super().__init__()

    @property
    def name(self) -> str:
        return str(self.symbol.name)

    def _payload(self) -> Any:
        return self.symbol

    def _find_free(self) -> frozenset[Node]:
        return frozenset((self,))


@lru_cache(maxsize=1 << 12)
def _first(base: Any) -> Any:
    """Of equal objects of SymPy the first that was seen: whether two IndexedBase are equal is asked at every entry of every sum."""
    return base


class Base(Node):
    """The name of an array: the caller's own SymPy IndexedBase."""

    __slots__ = ("base",)
    base: Any

    def __init__(self, base: Any) -> None:
        object.__setattr__(self, "base", _first(base))
        super().__init__()

    @property
    def name(self) -> str:
        return str(self.base.name)

    def at(self, indices: tuple[Any, ...]) -> Any:
        """The entry at these SymPy indices, as the caller writes it."""
        return self.base[indices]

    def _payload(self) -> Any:
        return self.base

    def _find_free(self) -> frozenset[Node]:
        return frozenset((self,))


class Indexed(Node):
    """An entry of an array, `x_i` or `W_jk`: children are the Base and then the indices."""

    __slots__ = ()

    @property
    def base(self) -> Base:
        base = self.children[0]
        assert isinstance(base, Base)
        return base

    @property
    def indices(self) -> tuple[Node, ...]:
        return self.children[1:]


MADE = ~kinds_of(
    Num, Dec, Const, Sym, Base, Indexed
)  # all other kinds: without one of them a node is a number, a name, an entry
