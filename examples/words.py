"""Prose with a little mathematics, for three media: HTML, LaTeX, terminal.

In prose, `$..$` is LaTeX mathematics, backticks enclose code, stars enclose emphasis. Everything else is plain text
and is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html import escape
from typing import Any

from gdsym.errors import GdsymError

PIECE = re.compile(r"\$([^$]+)\$|`([^`]+)`|\*([^*]+)\*")
TEX_SIGNS = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "$": r"\$", '"': "''", "–": "--", "—": "---",
    "…": r"\dots{}", "→": r"$\to$", "×": r"$\times$",
}  # fmt: skip
PLAIN_SIGNS = {
    r"\alpha": "α", r"\theta": "θ", r"\Theta": "Θ", r"\lambda": "λ", r"\delta": "δ", r"\partial": "∂", r"\nabla": "∇", r"\pi": "π",
    r"\cdot": "·", r"\times": "×", r"\leq": "≤", r"\geq": "≥", r"\neq": "≠", r"\to": "→", r"\leftarrow": "←", r"\sum": "Σ", r"\infty": "∞",
    r"\dots": "…", r"\max": "max", r"\min": "min", r"\log": "log", r"\exp": "exp", r"\left": "", r"\right": "", r"\quad": " ", r"\,": " ",
}  # fmt: skip


def to_html(prose: str) -> str:
    """Prose as HTML with MathML."""
    return _each(prose, escape, math, lambda c: f"<code>{escape(c)}</code>", lambda e: f"<em>{escape(e)}</em>")


def to_tex(prose: str) -> str:
    """Prose as LaTeX."""
    return _each(
        prose,
        tex_text,
        lambda t: f"${t}$",
        lambda c: rf"\texttt{{{tex_text(c)}}}",
        lambda e: rf"\emph{{{tex_text(e)}}}",
    )


def to_plain(prose: str) -> str:
    """Prose for a terminal."""
    return _each(prose, str, plain_math, lambda c: f"`{c}`", str)


def _each(prose: str, text: Callable[[str], str], *kinds: Callable[[str], str]) -> str:
    out, end = [], 0
    prose = " ".join(prose.split())
    for found in PIECE.finditer(prose):
        out.append(text(prose[end : found.start()]))
        out += [write(part) for write, part in zip(kinds, found.groups(), strict=True) if part is not None]
        end = found.end()
    return "".join([*out, text(prose[end:])])


def tex_text(text: str) -> str:
    """Plain text in LaTeX."""
    return "".join(TEX_SIGNS.get(c, c) for c in text)


def plain_math(tex: str) -> str:
    r"""The few LaTeX commands of our prose as Unicode: `\frac{1}{m}` is 1/m, `x_{ik}` is x_ik."""
    text = re.sub(r"\\t?frac\{([^{}]*)\}\{([^{}]*)\}", r"\1/\2", tex)
    text = re.sub(r"\\(?:mathrm|text|operatorname)\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"\\(partial|nabla|delta) ", lambda found: PLAIN_SIGNS[found.group().rstrip()], text)
    text = re.sub(r"\\[A-Za-z]+|\\,", lambda found: PLAIN_SIGNS.get(found.group(), found.group()[1:]), text)
    return text.replace("{", "").replace("}", "").replace("^2", "²").replace("^3", "³")


def math(tex: str, *, block: bool = False) -> str:
    """LaTeX as MathML Core."""
    machine, error = _machine()
    try:
        return str(machine.convert_with_local_state(tex, displaystyle=block))
    except error as wrong:
        raise GdsymError(f"MathML could not be made of {tex[:300]!r}: {str(wrong)[:120]}.") from None


@cache
def _machine() -> tuple[Any, Any]:
    try:
        from math_core import LatexError, LatexToMathML
    except ImportError:
        raise GdsymError("The page needs the package math-core: pip install 'gdsym[examples]'.") from None
    return LatexToMathML(), LatexError
