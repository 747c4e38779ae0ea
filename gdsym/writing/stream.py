"""Can the terminal show mathematics in Unicode?"""

from __future__ import annotations

import sys

SAMPLE = "∂Σᵢ₌₁ᵐ·√≤"


def unicode_stream() -> bool:
    """Can standard output encode the signs that derivations use? If not, they are printed in ASCII."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        SAMPLE.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
