"""Names and numbers as mathtext, built from the parts of the name: nothing of a name is copied raw."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from gdsym.writing.names import latex_name

COMMAND = re.compile(r"\\[a-z]+")  # takes the room of one letter
MOST_LETTERS = 44  # of a cost's name with its arguments


def math_of(tex: str) -> str:
    """Mathtext of a LaTeX formula."""
    return f"${tex}$"


def name_of(node: Any, indices: Sequence[int] = ()) -> str:
    """LaTeX of a parameter or of one of its entries: `w`, `w_{1}`."""
    return latex_name(node.name, [str(i) for i in indices])


def cost_name(name: str, args: Iterable[str]) -> str:
    """Mathtext `J(w, b)`; `J` alone if the names of the arguments are too long to be read beside an axis."""
    inside = r",\,".join(args)
    whole = math_of(f"{latex_name(name)}({inside})")
    return whole if letters(whole) <= MOST_LETTERS else math_of(latex_name(name))


def number(value: float, digits: int = 4) -> str:
    """Mathtext body of a number: `0.01`, `-4`, `7.93\\cdot 10^{4}`."""
    if not math.isfinite(value):
        return r"\infty" if value > 0 else r"-\infty" if value < 0 else r"\mathrm{undefined}"
    if value == 0:
        return "0"
    mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
    exponent = int(power)
    if -4 <= exponent < 5:
        return _plain(f"{value:.{max(digits - 1 - exponent, 0)}f}")
    head = _plain(mantissa)
    scale = f"10^{{{exponent}}}"
    return scale if head == "1" else f"-{scale}" if head == "-1" else rf"{head}\cdot {scale}"


def _plain(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def given(pairs: Iterable[tuple[str, float]]) -> str:
    """Mathtext `b = 100, c = 2`."""
    return math_of(r",\ ".join(f"{name} = {number(value)}" for name, value in pairs))


def words(text: object) -> str:
    """A caller's own words, shown as they are: dollar signs do not start mathematics."""
    return str(text)[:60].replace("$", r"\$")


def letters(label: str) -> int:
    """How many letters wide a label is, without the signs of mathtext that take no room on paper."""
    return sum(c not in "{}$\\" for c in COMMAND.sub("a", label))


def shortened(label: str, room: int) -> str:
    """A caller's words, cut at so many letters; formulas are left alone."""
    shown = label.replace(r"\$", "$")
    if len(shown) <= room or shown.count("$") > label.count(r"\$"):
        return label
    return words(shown[: room - 1].rstrip()) + "\N{HORIZONTAL ELLIPSIS}"
