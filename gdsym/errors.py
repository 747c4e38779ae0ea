"""What goes wrong, in one sentence each: what was asked, what was found, how to mend it."""

from __future__ import annotations

LONGEST_MESSAGE = 600
MOVED_OUT = (
    "(SymPy moves a Piecewise out of a sum that stands in another one, and leaves the index behind: if it did so here, "
    "give the formula as text.)"
)


class GdsymError(ValueError):
    """Base of every error that gdsym raises on purpose."""

    def __init__(self, message: str) -> None:
        super().__init__(shortened(legible(message), LONGEST_MESSAGE))


class GdsymTypeError(GdsymError, TypeError):
    """An argument has the wrong type."""


class ReadError(GdsymError):
    """A text cannot be read as a formula."""


class CostError(GdsymError):
    """A cost, its parameters or its named parts do not fit together."""


class DataError(GdsymError):
    """Data are missing, have the wrong shape, or are not finite numbers."""


class DescentError(GdsymError):
    """A start, learning rate or other setting of a descent is not usable."""


class Unsupported(GdsymError):
    """The expression is outside what can be derived; the message names the part."""


class ComplexInput(Unsupported):
    """The expression is complex; gdsym works with real numbers."""


class StepRefused(GdsymError):
    """A step of a derivation was found to be wrong, so it was not made."""


def legible(text: str) -> str:
    """`text` with signs that hide or turn what stands beside them (controls, bidi marks, half characters) as U+202E."""
    return "".join(c if c.isprintable() or c == "\n" else f"U+{ord(c):04X}" for c in text)


def shortened(text: str, longest: int) -> str:
    """`text`, with its middle left out if it has more than `longest` characters."""
    if len(text) <= longest:
        return text
    head = (longest - 5) * 2 // 3
    return f"{text[:head]} ... {text[-(longest - 5 - head) :]}"
