"""An update rule on paper: the equations that run, with their step numbers."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import sympy

from gdsym.descent.letters import THETA, G, K
from gdsym.writing.latex import latex
from gdsym.writing.text import text
from gdsym.written import from_sympy
from gdsym.written.nodes import Add, Base, Const, Dec, Indexed, Mul, Neg, Node, Num, Pow, Sym, add, replace, rewrite

if TYPE_CHECKING:
    from gdsym.descent.update import UpdateRule

STEP = Sym(K)
NEXT = add(STEP, Num(1))


def lines(
    rule: UpdateRule, parameter: Node | None = None, gradient: Node | None = None
) -> tuple[tuple[Node, Node], ...]:
    """(new value, formula) of each equation; what is renewed above an equation carries k + 1 in it."""
    letters = {THETA: parameter or Sym(THETA), **{s: Sym(s) for s in rule.state}}
    now: dict[Node, Node] = {Sym(s): _at(node, STEP) for s, node in letters.items()}
    now[Sym(G)] = gradient or _at(Sym(G), STEP)
    made = []
    for left, value in rule.equations:
        right = rewrite(replace(from_sympy(value, (left,)), now), partial(_behind, now[Sym(G)]))
        now[Sym(left)] = _at(letters[left], NEXT)
        made.append((now[Sym(left)], right))
    return tuple(made)


def _behind(gradient: Node, part: Node) -> Node:
    """(1 - beta) g, not g (1 - beta): the gradient, or its power, stands behind a bracket."""
    if not isinstance(part, Mul) or not any(isinstance(factor, Add) for factor in part.children):
        return part
    own = [f for f in part.children if f == gradient or (isinstance(f, Pow) and f.base == gradient)]
    return Mul(*(f for f in part.children if f not in own), *own)


def _at(letter: Node, step: Node) -> Node:
    """The letter with its step as an index: theta_k."""
    if isinstance(letter, Indexed):
        return Indexed(letter.base, *letter.indices, step)
    symbol = letter.symbol if isinstance(letter, Sym) else letter.base.label  # type: ignore[attr-defined]
    return Indexed(Base(sympy.IndexedBase(symbol)), step)


def rule_text(rule: UpdateRule) -> str:
    """`v[k + 1] = beta*v[k] - alpha*g[k]; theta[k + 1] = theta[k] + v[k + 1]`."""
    equations = "; ".join(f"{text(left, ascii=True)} = {text(right, ascii=True)}" for left, right in lines(rule))
    return equations if rule.simultaneous else equations + " (one parameter after the other)"


def rule_latex(rule: UpdateRule, parameter: Node | None = None, gradient: Node | None = None) -> str:
    r"""One line, or `\begin{aligned}` with a line an equation."""
    rows = [(latex(left), latex(right)) for left, right in lines(rule, parameter, gradient)]
    if len(rows) == 1:
        return " = ".join(rows[0])
    return "\\begin{aligned}\n" + " \\\\\n".join(f"{left} &= {right}" for left, right in rows) + "\n\\end{aligned}"


def number(value: Any) -> Node:
    """A number as it is written: whole numbers as such, others with six digits, a minus as a minus; infinity, NaN."""
    value = float(value)
    if value < 0:
        return Neg(number(-value))
    if not math.isfinite(value):
        return Sym(sympy.Symbol("NaN")) if math.isnan(value) else Const(sympy.oo)
    if value == int(value) and value < 1e6:
        return Num(int(value))
    return Dec(sympy.Float(float(f"{value:.6g}")))  # of a text SymPy would take all 200 digits of 2e+200
