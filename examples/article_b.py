"""Understanding gradient descent, episode 6: every claim derived and run (`python examples/article_b.py`)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that this file also runs on its own

from examples.b_line import B1, B2, B3, B4, B9
from examples.b_steps import B5, B6, B7, B8, B10
from examples.book import Article
from examples.terminal import read_aloud

ARTICLE = Article(
    "B",
    "Understanding gradient descent",
    "Understanding Gradient Descent, Episode 6 (2023)",
    """
        This article walks down the cost of a straight line, one simultaneous step after the other, and asks what
        the learning rate and the starting point do. It leaves the derivation of the two partial derivatives to
        calculus; here they are, line by line.

        The article's text leaves its data open. We take two houses, of size 1 and 2 with prices 300 and 500, whose
        line is $y = 200 x + 100$.
    """,
    (B1, B2, B3, B4, B5, B6, B7, B8, B9, B10),
)

if __name__ == "__main__":
    raise SystemExit(read_aloud(ARTICLE))
