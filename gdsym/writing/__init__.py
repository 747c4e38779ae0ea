"""The written form as LaTeX and as text, with as few parentheses as can be and never ambiguous."""

from gdsym.writing.latex import latex
from gdsym.writing.text import text

__all__ = ["latex", "text"]
