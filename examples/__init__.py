"""Three articles about gradient descent, worked out again: each example starts from one cost expression.

`python -m examples --out out` writes all of them (derivations, numbers, pictures, a page, a LaTeX document);
`python examples/article_b.py` prints one article in the terminal.
"""
