"""Names and numbers as mathtext, built from the parts of the name: nothing of a name is copied raw."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from gdsym.writing.names import latex_name


def math_of(tex: str) -> str:
    """Mathtext of a LaTeX formula."""
    return f"${tex}$"


def name_of(node: Any, indices: Sequence[int] = ()) -> str:
    """LaTeX of a parameter or of one of its entries: `w`, `w_{1}`."""
    return latex_name(node.name, [str(i) for i in indices])


def cost_name(name: str, args: Iterable[str]) -> str:
    """Mathtext `J(w, b)`."""
    inside = r",\,".join(args)
    return math_of(f"{latex_name(name)}({inside})")


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
