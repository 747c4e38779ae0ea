"""Do the values fit the formula: every index reaches an entry, labels are whole numbers in range, signs are as declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from gdsym.arrays.program import Program
from gdsym.errors import DataError
from gdsym.written.nodes import Base, Node, Sym


def check_data(program: Program, arrays: Mapping[Node, Any], sizes: Mapping[Node, int]) -> None:
    """All that is asked of arrays."""
    check_shapes(program, arrays, sizes)
    _check_labels(program, arrays)
    _check_compared(program, arrays, sizes)


def check_signs(values: Iterable[tuple[Sym | Base, Any]]) -> None:
    """What is declared positive holds nothing negative: by what was declared SymPy made |w| a w."""
    for name, value in values:
        declared = name.base.label if isinstance(name, Base) else name.symbol
        for wanted, turned in (("nonnegative", 1), ("nonpositive", -1)):
            if getattr(declared, f"is_{wanted}", None) and type(value) in (float, np.ndarray):
                least = float(np.min(value, initial=np.inf) if turned > 0 else -np.max(value, initial=-np.inf))
                if least < 0:
                    exact = {"nonnegative": "positive", "nonpositive": "negative"}[wanted]
                    said = exact if getattr(declared, f"is_{exact}") else wanted
                    raise DataError(
                        f"{name.name} is declared {said}, but {turned * least:g} is given, and formulas were shortened by what "
                        f"is declared (sqrt(w**2) to w). Give no such value, or declare {name.name} real=True."
                    )


def check_shapes(program: Program, arrays: Mapping[Node, Any], sizes: Mapping[Node, int]) -> None:
    """Every axis has the entries that its indices reach, and no index range is negative."""
    for base, array in arrays.items():
        assert isinstance(base, Base)
        for number, axis in enumerate(program.shapes.arrays[base]):
            for need in axis.least:
                if not need.letters <= set(sizes):
                    continue
                least, found = need.at(sizes), array.shape[number]
                if found < least or (found > least and need == axis.length):
                    raise DataError(_wrong_length(base, array.shape, number, least, need == axis.length, axis.letter))
    for letter, reach in program.shapes.ranges:
        if reach.count.letters <= set(sizes) and reach.count.at(sizes) < 0:
            raise DataError(f"The range of {letter} is negative with these data: more entries are needed.")


def _check_labels(program: Program, arrays: Mapping[Node, Any]) -> None:
    """Labels used as an index are whole numbers that name an entry."""
    for labels, more, base, number in program.shapes.lookups:
        if labels in arrays and base in arrays:
            first = program.shapes.arrays[base][number].origin - more
            last = first + arrays[base].shape[number] - 1
            values = arrays[labels]
            wrong = values[(values < first) | (values > last) | (values != np.floor(values))]
            if wrong.size:
                index = f"it {'+' if more > 0 else '-'} {abs(more)}" if more else "it"
                whole = "in this range" if not more else f"from {first} to {last}"
                raise DataError(
                    f"{labels.name} holds {wrong.flat[0]:g}, but {index} is an index of {base.name}, whose entries are "
                    f"{first + more}..{last + more}. Use whole numbers {whole}."
                )


def _check_compared(program: Program, arrays: Mapping[Node, Any], sizes: Mapping[Node, int]) -> None:
    """Labels that a Kronecker delta compares with an index are whole numbers in that index's range."""
    for labels, letter, reach in program.shapes.compared:
        if labels in arrays and reach.lower.letters | reach.upper.letters <= set(sizes):
            first, last = reach.lower.at(sizes), reach.upper.at(sizes)
            values = arrays[labels]
            wrong = values[(values < first) | (values > last) | (values != np.floor(values))]
            if wrong.size:
                raise DataError(
                    f"{labels.name} holds {wrong.flat[0]:g}, but it is compared with the index {letter} = "
                    f"{first}..{last}. Use whole numbers in this range."
                )


def _wrong_length(base: Base, shape: tuple[int, ...], axis: int, need: int, exact: bool, letter: str) -> str:
    over = f" ({letter})" if letter else ""
    many = "" if exact else "at least "
    return f"{base.name} has shape {shape}, but its indices{over} need {many}{need} entries along axis {axis}."
