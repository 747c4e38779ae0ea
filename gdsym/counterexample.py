"""A point at which two formulas differ, in small numbers that a reader can put in by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sympy
from flint import fmpq

from gdsym.verify import Formulas, Point
from gdsym.verify.evidence import Unknown
from gdsym.verify.points import mixed
from gdsym.written.nodes import Base, Node, Sym

SMALL = tuple(fmpq(p, q) for p, q in ((1, 1), (2, 1), (3, 1), (1, 2), (-1, 1), (0, 1), (4, 1), (-2, 1), (5, 1), (3, 2)))
TRIALS = 200


class _Small(Point):
    """A point of small numbers, which a reader can put in by hand; sums have two terms."""

    __slots__ = ()

    def letter(self, sym: Sym, key: int) -> Any:
        value = self.drawn.get(sym)
        if value is None:
            value = self.drawn[sym] = self._small(sym, key)
        return value

    def _small(self, sym: Sym, key: int) -> Any:
        if sym in self.roles.sizes:
            return fmpq(2 if self.seed < TRIALS // 2 else 3)
        if sym in self.roles.integers:
            return fmpq(1 + mixed(key, self.seed) % 2)
        pick = SMALL[mixed(key, self.seed) % len(SMALL)]
        return abs(pick) + 1 if sym.symbol.is_positive or sym.symbol.is_integer else pick

    def entry(self, base: Base, indices: tuple[int, ...], key: int) -> Any:
        place = (base, indices)
        value = self.drawn.get(place)
        if value is None:
            value = self.drawn[place] = SMALL[mixed(key, self.seed, *indices) % len(SMALL)]
        return value


def counterexample(truth: Node, claim: Node, where: Mapping[Node, Node]) -> tuple[dict[Any, Any], Any, Any] | None:
    """A point by the caller's names, and the two values there; exact ones if there are any; None if none was found."""
    try:
        both = Formulas(truth, claim, where=where)
    except Unknown:
        return None
    fallback = None
    for point, mine, theirs in _differences(both):
        if isinstance(mine, fmpq) and isinstance(theirs, fmpq):
            return _named(point), mine, theirs
        fallback = fallback or (_named(point), mine, theirs)
    return fallback


def _differences(both: Formulas) -> Iterator[tuple[Point, Any, Any]]:
    for seed in range(TRIALS):
        point = _Small(seed=seed, roles=both.roles)
        mine, theirs = both.at(point)
        if mine is not None and theirs is not None and nonzero(mine - theirs):
            yield point, mine, theirs


def _named(point: Point) -> dict[Any, Any]:
    """The numbers of a point by the caller's symbols and entries."""
    found: dict[Any, Any] = {}
    for place, value in point.drawn.items():
        number = sympy.Rational(int(value.p), int(value.q))
        found[place.to_sympy() if isinstance(place, Node) else place[0].base[place[1]]] = number
    return dict(sorted(found.items(), key=lambda item: (isinstance(item[0], sympy.Indexed), str(item[0]))))


def listed(point: Mapping[Any, Any]) -> str:
    """`w = 1/2, x = (1, 2)`: entries of one-index arrays in one bracket."""
    rows: dict[Any, list[Any]] = {}
    said = []
    for name, value in point.items():
        if isinstance(name, sympy.Indexed) and len(name.indices) == 1:
            rows.setdefault(name.base, []).append((name.indices[0], value))
        else:
            said.append(f"{name} = {value}")
    for base, entries in rows.items():
        if [int(i) for i, _ in entries] == list(range(1, len(entries) + 1)):
            said.append(f"{base} = ({', '.join(str(v) for _, v in entries)})")
        else:
            said += [f"{base}[{i}] = {v}" for i, v in entries]
    return ", ".join(said)


def number_text(value: Any) -> str:
    return str(value) if isinstance(value, fmpq) else f"{float(value.mid()):.10g}"


def nonzero(value: Any) -> bool:
    return bool(value != 0) if isinstance(value, fmpq) else not value.contains(0)
