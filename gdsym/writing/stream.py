"""What the terminal can show: mathematics in Unicode, and how many columns."""

from __future__ import annotations

import shutil
import sys

NARROWEST = 60  # columns: below, formulas are torn
SAMPLE = "∂Σᵢ₌₁ᵐ·√≤"


def unicode_stream() -> bool:
    """Can standard output encode the signs that derivations use? If not, they are printed in ASCII."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        SAMPLE.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def terminal_columns(most: int) -> int:
    """The width of the terminal that standard output is, `most` at most; `most` if it is none."""
    tty = getattr(sys.stdout, "isatty", None)
    return (
        max(NARROWEST, min(most, shutil.get_terminal_size((most, 24)).columns)) if tty is not None and tty() else most
    )
