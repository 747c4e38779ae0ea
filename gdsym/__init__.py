"""gdsym: derivatives of costs, step by step, every step checked; the same gradient as NumPy code; the descent.

Glossary, as in the articles and in the code:

    J               cost                         theta           a parameter, any
    w, b            weight (slope), intercept    x_i, y_i        data of sample i, i = 1..m
    alpha           learning rate                k               step of a descent, from 0; general index of a vector
    nabla J         gradient, column             u, v, s         inner functions of the chain rule

What goes where: an expression becomes a written form (`written`, `reading`), rules (`rules`) turn a pending derivative
into steps (`solve`, `lines`, `derivation`), each judged by `verify`; `arrays` compiles the last line, `descent` runs it.
"""

from gdsym import losses, models
from gdsym.claims import Verdict, check
from gdsym.cost import Cost
from gdsym.derivation import Derivation, derive
from gdsym.descent import AdaGrad, Adam, Descent, GradientDescent, Momentum, Nesterov, RMSProp, UpdateRule
from gdsym.descent.saving import load
from gdsym.errors import (
    ComplexInput,
    CostError,
    DataError,
    DescentError,
    GdsymError,
    GdsymTypeError,
    ReadError,
    StepRefused,
    Unsupported,
)
from gdsym.gradient import Gradient, Hessian
from gdsym.reading import read
from gdsym.rules import RULES
from gdsym.step import Law, Move, Rule, Step
from gdsym.verify import Evidence
from gdsym.written.nodes import Node as Written

__version__ = "0.1.0"

__all__ = [
    "RULES", "AdaGrad", "Adam", "ComplexInput", "Cost", "CostError", "DataError", "Derivation", "Descent", "DescentError",
    "Evidence", "GdsymError", "GdsymTypeError", "Gradient", "GradientDescent", "Hessian", "Law", "Momentum", "Move",
    "Nesterov", "RMSProp", "ReadError", "Rule", "Step", "StepRefused", "Unsupported", "UpdateRule", "Verdict", "Written",
    "check", "derive", "load", "losses", "models", "plot", "read",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """`gd.plot` is imported when it is used: it needs matplotlib."""
    if name == "plot":
        import importlib

        return importlib.import_module("gdsym.plot")
    raise AttributeError(f"module 'gdsym' has no attribute {name!r}")
