"""A starter's guide to gradient descent: its parts, each derived and run (`python examples/article_a.py`)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that this file also runs on its own

from examples.a_costs import A2, A5
from examples.a_parts import A1, A3, A4, A6
from examples.book import Article
from examples.terminal import read_aloud

ARTICLE = Article(
    "A",
    "A starter's guide",
    "Training Neural Networks: A Starter's Guide to Gradient Descent (2023)",
    """
        This article takes gradient descent apart: a parameter, a cost, a direction, a step length. Here every part
        is an object that can be printed and run, so nothing has to be taken on trust.
    """,
    (A1, A2, A3, A4, A5, A6),
)

if __name__ == "__main__":
    raise SystemExit(read_aloud(ARTICLE))
