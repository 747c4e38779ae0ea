"""What a check of a claimed derivative found."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from gdsym.export.notebook import paragraph
from gdsym.record import field, record

NO_PARTS: Mapping[Any, Any] = MappingProxyType({})


@record
class Verdict:
    """What a check found. claim = factor * derivative; `ok` only if the factor is 1.

    `factor` is None if the claim is wrong; then `counterexample` maps symbols and entries to exact numbers at which the
    two differ (30 digits of a number that is no root of a fraction). `slip` names the classic mistake that leads to exactly this claim, if one does. `kink` is a point without
    a derivative at which the claim has another value than gdsym uses there; it is right elsewhere, and `ok` if its value
    is a subgradient, or between the slopes on both sides, or the function jumps. `parts` has one verdict a parameter if
    several were claimed.

    Example:
        >>> import gdsym as gd
        >>> verdict = gd.check("sin(x**2)", "x", "cos(x**2)")
        >>> bool(verdict), verdict.slip
        (False, 'the inner derivative d/dx [x²] = 2x of the chain rule was left out (line 2)')
    """

    ok: bool
    factor: Any
    counterexample: dict[Any, Any] | None
    message: str
    slip: str | None = None
    kink: dict[Any, Any] | None = None
    parts: Mapping[Any, Verdict] = field(default_factory=lambda: NO_PARTS)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return self.message

    __repr__ = __str__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        verdicts = self.parts.values() or (self,)
        said = (paragraph(v.message, _mark(v)) for v in verdicts)
        return {"text/plain": self.message, "text/html": "".join(said)}


def _mark(verdict: Verdict) -> str:
    """Right, proportional, wrong, not decided."""
    if verdict.ok:
        return "✓"
    return "∝" if verdict.factor is not None else "?" if ": not decided." in verdict.message else "✗"
