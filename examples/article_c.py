"""The mathematics behind gradient descent: every rule and formula derived (`python examples/article_c.py`)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that this file also runs on its own

from examples.book import Article
from examples.c_error import C9, C10, C11
from examples.c_line import C1, C2, C4
from examples.c_rules import C3, C5, C6, C7, C8
from examples.terminal import read_aloud

ARTICLE = Article(
    "C",
    "The mathematics behind gradient descent",
    "Parul Pandey, Understanding the Mathematics behind Gradient Descent (2019)",
    """
        This article fits a line to heights and weights and builds what it needs for that: the power rule, the chain
        rule, partial derivatives, and from them the two update equations.

        It takes the derivative of one squared error, by name. So do we: Error stays Error until the end.
    """,
    (C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11),
)

if __name__ == "__main__":
    raise SystemExit(read_aloud(ARTICLE))
