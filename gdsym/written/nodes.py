"""The written form: every kind of node, and what can be done with a tree, in one place to import from."""

from gdsym.written.composed import (
    Add,
    Bound,
    Cases,
    D,
    Delta,
    Div,
    Fn,
    Integral,
    Logic,
    Mul,
    Neg,
    Partial,
    Pow,
    Prod,
    Rel,
    Root,
    Sum,
)
from gdsym.written.node import MADE, Base, Condition, Const, Dec, Indexed, Node, Num, Sym, kinds_of
from gdsym.written.trees import (
    ONE,
    TRUE,
    TWO,
    ZERO,
    add,
    both,
    conjuncts,
    distinct,
    fresh,
    head_of,
    is_num,
    larger,
    mul,
    replace,
    rewrite,
    times,
    walk,
)

__all__ = ["Add", "Base", "Bound", "Cases", "Condition", "Const", "D", "Dec", "Delta", "Div", "Fn", "Indexed", "Integral", "Logic", "MADE", "Mul", "Neg", "Node", "Num", "ONE", "Partial", "Pow", "Prod", "Rel", "Root", "Sum", "Sym", "TRUE", "TWO", "ZERO", "add", "both", "conjuncts", "distinct", "fresh", "head_of", "is_num", "kinds_of", "larger", "mul", "replace", "rewrite", "times", "walk"]  # fmt: skip
