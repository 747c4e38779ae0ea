"""What the numbers of an axis have in common, a shift or a power of ten, stands in its label: the ticks stay short."""

from __future__ import annotations

import math
from typing import Any

from gdsym.plot.labels import math_of, number

LONG = 1e4  # from this ratio of size to spread on all ticks begin with the same digits
PLAIN = (-5, 6)  # powers of ten between these are written out


def take_out(axis: Any) -> None:
    """`J` with ticks 12345678.2, 12345678.4 becomes `J - 12345670` with 8.2, 8.4; 3e9 becomes 3 beside `J / 10^9`."""
    from matplotlib.ticker import ScalarFormatter

    formatter = axis.get_major_formatter()
    if not isinstance(formatter, ScalarFormatter):
        return
    formatter.set_useOffset(False)
    if any(_common(axis)):
        shorten(axis)


def shorten(axis: Any, plain: tuple[int, int] = PLAIN, digits: int = 6) -> None:
    """Ticks of so many digits, without what they have in common; powers of ten in the range `plain` stay."""
    from matplotlib.ticker import FuncFormatter

    shift, power = _common(axis, plain)
    axis.set_major_formatter(FuncFormatter(lambda v, _: math_of(number((v - shift) / 10.0**power, digits))))
    name, *held = axis.get_label_text().split(" at ")  # what is held is no part of the number
    axis.set_label_text(" at ".join([_named(name, shift, power), *held]))


def _common(axis: Any, plain: tuple[int, int] = PLAIN) -> tuple[float, int]:
    """The shift and the power of ten; 0 and 0 if the ticks are short as they are."""
    low, high = sorted(axis.get_view_interval())
    ticks = [float(t) for t in axis.get_majorticklocs() if low <= t <= high] or [low, high]
    size, spread = max(map(abs, ticks)), max(ticks) - min(ticks)
    step = 10.0 ** math.ceil(math.log10(spread)) if spread else 0.0
    shift = _shift(min(ticks), max(ticks), step) if step and size >= LONG * spread else 0.0
    rest = max(abs(t - shift) for t in ticks)
    power = math.floor(math.log10(rest)) if rest else 0
    return shift, power if not plain[0] < power < plain[1] else 0


def _shift(low: float, high: float, step: float) -> float:
    """The roundest number near the ticks; if none is near, one a little below them."""
    for coarse in (step * 10.0**k for k in range(12, 0, -1)):
        near = round(low / coarse) * coarse
        if max(abs(low - near), abs(high - near)) <= high - low:
            return near
    return math.floor(low / step) * step


def _named(name: str, shift: float, power: int) -> str:
    minus = f" {math_of('+' if shift < 0 else '-')} {math_of(shown(abs(shift)))}" if shift else ""
    over = f" / {math_of(f'10^{{{power}}}')}" if power else ""
    return f"({name}{minus}){over}" if minus and over else f"{name}{minus}{over}"


def shown(value: float) -> str:
    """All digits of a number that is taken out."""
    return f"{value:.0f}" if value == round(value) < 1e10 else number(value, 12)
