"""A total order of the terms of a sum: by the powers of what they are made of, higher powers first, `x2` before `x10`.

So `x^2 + x y + y^2`: letters by name, then sums, powers, functions, entries of arrays, sums over an index.
The order depends on nothing but how the terms are written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

import sympy

from gdsym.written.composed import Add, Div, Fn, Mul, Neg, Pow, Root
from gdsym.written.node import Base, Dec, Indexed, Node, Num, Sym
from gdsym.written.trees import mul, walk

Name: TypeAlias = tuple[tuple[str, int], ...]
Power: TypeAlias = int | Fraction
Powers: TypeAlias = dict[Node, Power]

NUMBERED = re.compile(r"([^0-9]+|^)([0-9]{0,9})")
KINDS: dict[type[Node], int] = {Sym: 0, Add: 1, Mul: 2, Pow: 3, Root: 3, Fn: 4, Indexed: 5}
LAST = 6
FUNCTIONS = (sympy.exp, sympy.log, sympy.sin, sympy.cos, sympy.tan, sympy.cot, sympy.sinh, sympy.cosh, sympy.tanh)
PLACES: dict[Any, int] = {func: place for place, func in enumerate(FUNCTIONS)}


def in_order(terms: Sequence[Node]) -> list[Node]:
    """The terms, sorted; terms with equal powers (they differ by a constant) keep their order."""
    powers = [_powers(term) for term in terms]
    ranks = _ranks(dict.fromkeys(atom for found in powers for atom in found))
    keys = [_key(found, ranks) for found in powers]
    return [terms[j] for j in sorted(range(len(terms)), key=keys.__getitem__)]


def _key(powers: Powers, ranks: dict[Node, int]) -> list[tuple[int, Power]]:
    """Sorts as the exponents of all atoms in turn would, highest first: no atom is 0, below it are negative ones."""
    end = len(ranks)
    found = sorted((ranks[atom], -power) for atom, power in powers.items())
    return [(rank if power < 0 else 2 * end - rank, power) for rank, power in found] + [(end, 0)]


def _powers(term: Node) -> Powers:
    """The parts that are multiplied, each with its exponent; constants are left out."""
    found: Powers = {}
    todo: list[tuple[Node, Power]] = [(term, 1)]
    while todo:
        node, power = todo.pop()
        if type(node) is Sym:
            found[node] = found.get(node, 0) + power
        elif isinstance(node, (Mul, Neg)):
            todo += [(part, power) for part in node.children]
        elif isinstance(node, Div):
            todo += [(node.num, power), (node.den, -power)]
        elif node.free:
            atom, exponent = _atom(node)
            found[atom] = found.get(atom, 0) + power * exponent
    return found


def _atom(node: Node) -> tuple[Node, Power]:
    """x^3 is x, three times; e^(-2u) is e^u, -2 times."""
    if isinstance(node, Pow) and isinstance(node.exponent, Num):
        power = node.exponent.value
        whole = power.denominator == 1
        return node.base if whole else Root(node.base, Num(power.denominator)), power.numerator
    if isinstance(node, Fn) and node.func is sympy.exp:
        return _exponential(node, node.children[0])
    return node, 1


def _exponential(node: Fn, arg: Node) -> tuple[Node, Power]:
    sign, arg = (-1, arg.arg) if isinstance(arg, Neg) else (1, arg)
    if isinstance(arg, Mul) and isinstance(arg.children[0], Num):
        return Fn(node.func, mul(*arg.children[1:])), sign * arg.children[0].value
    return (Fn(node.func, arg), sign) if sign < 0 else (node, 1)


def _ranks(atoms: Collection[Node]) -> dict[Node, int]:
    """Atoms by kind and names; only where these are equal is it looked at how they are written."""
    if len(atoms) == 1:
        return dict.fromkeys(atoms, 0)
    alike: dict[Any, list[Node]] = {}
    for atom in atoms:
        alike.setdefault(_rough(atom), []).append(atom)
    groups = (alike[key] if len(alike[key]) == 1 else sorted(alike[key], key=_fine) for key in sorted(alike))
    return {atom: rank for rank, atom in enumerate(atom for group in groups for atom in group)}


def _rough(atom: Node) -> tuple[int, int, str, tuple[Name, ...]]:
    if isinstance(atom, Sym):
        return KINDS[Sym], 0, "", (counted(atom.name),)
    func = atom.name if isinstance(atom, Fn) else ""
    place = PLACES.get(atom.func, len(PLACES)) if isinstance(atom, Fn) else 0
    return KINDS.get(type(atom), LAST), place, func, by_names(atom)


def by_names(node: Node) -> tuple[Name, ...]:
    """The names in the formula, in order."""
    return tuple(sorted([counted(name.name) for name in node.free if isinstance(name, (Sym, Base))]))


@lru_cache(maxsize=4096)
def counted(name: str) -> Name:
    """`x10` as (("x", 10),): numbers in names are numbers."""
    return tuple((word, int(digits or 0)) for word, digits in NUMBERED.findall(name))


def _fine(node: Node) -> tuple[int, list[tuple[str, Name, Power | float]]]:
    """Short ones first."""
    parts = list(walk(node))
    length = sum([type(part) is not Neg for part in parts])
    return length, [(type(part).__name__, _name(part), _number(part)) for part in parts]


def _name(part: Node) -> Name:
    return () if isinstance(part, Num) else counted(str(getattr(part, "name", "")))


def _number(part: Node) -> Power | float:
    if isinstance(part, Num):  # whole ones as such: they are compared much faster
        return part.ratio[0] if part.ratio[1] == 1 else part.value
    return float(part.value) if isinstance(part, Dec) else 0
