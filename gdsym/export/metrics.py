"""Widths of Computer Modern letters and signs, cmmi10 and cmr10, in thousandths of the type size."""

from __future__ import annotations

import string

_ITALIC = (
    "529 429 433 520 466 597 513 576 345 469 552 318 878 600 485 503 482 479 469 361 572 521 743 572 "
    "526 509 750 809 786 856 796 782 786 912 518 651 921 681 1079 912 791 781 791 767 671 723 792 806 "
    "1083 907 803 754 "
)
_ROMAN = (
    "500 556 444 556 444 383 514 556 278 306 528 278 833 556 500 556 528 392 394 389 556 542 736 528 "
    "542 444 750 708 722 764 681 653 785 750 361 514 778 625 917 750 778 681 778 736 556 722 750 763 "
    "1042 750 775 611 "
)


def _table(widths: str) -> dict[str, int]:
    """Small letters, then capitals."""
    return dict(zip(string.ascii_lowercase + string.ascii_uppercase, map(int, widths.split()), strict=True))


ITALIC = _table(_ITALIC)
ROMAN = _table(_ROMAN) | {" ": 333, "-": 333, "?": 472, "=": 778, "+": 778, "(": 389, ")": 389}
SIGNS = {"(": 389, ")": 389, "[": 278, "]": 278, "|": 278, "'": 281, " ": 0}
RELATIONS = {"+": 1222, "-": 1222, "=": 1334, "<": 1334, ">": 1334, ",": 445}  # with the space around them
SPACE = 445  # of it, which is not there in small type
COMMANDS = {
    r"\,": 167, r"\ ": 333, r"\quad": 1000, r"\qquad": 2000, r"\cdot": 723, r"\leq": 1334, r"\geq": 1334, r"\neq": 1334,
    r"\infty": 1000, r"\partial": 586, r"\ast": 500, r"\delta": 482, r"\to": 1556, r"\in": 1223,
    r"\lfloor": 444, r"\rfloor": 444, r"\lceil": 444, r"\rceil": 444,
}  # fmt: skip
BIG = {r"\sum": 1445, r"\prod": 1278, r"\int": 1000}
FUNCTIONS = frozenset("sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan log exp max min".split())
