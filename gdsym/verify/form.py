"""What a formula is by the laws of arithmetic: a polynomial, and what it needs to have a value."""

from __future__ import annotations

from typing import Any, TypeAlias

from gdsym.record import record
from gdsym.verify.polynomials import Terms

Need: TypeAlias = tuple[Any, ...]
Needs: TypeAlias = frozenset[Need]

NOTHING: Needs = frozenset()


@record
class Form:
    """The polynomial of a formula, and what must have a value, or not be 0, for the formula to have one."""

    terms: Terms
    needs: Needs = NOTHING


@record
class Known:
    """Names that are whole numbers, and those that are at least 1 as well."""

    whole: frozenset[Any] = frozenset()
    sizes: frozenset[Any] = frozenset()
