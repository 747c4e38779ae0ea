"""gdsym: derivatives of costs, step by step, every step checked; the same gradient as NumPy code; the descent.

Glossary, as in the articles and in the code:

    J               cost                         theta           a parameter, any
    w, b            weight (slope), intercept    x_i, y_i        data of sample i, i = 1..m
    alpha           learning rate                k               step of a descent, from 0; general index of a vector
    nabla J         gradient, column             u, v, s         inner functions of the chain rule

What goes where: an expression becomes a written form (`written`, `reading`), rules (`rules`) turn a pending derivative
into steps (`solve`, `lines`, `derivation`), each judged by `verify`; `arrays` compiles the last line, `descent` runs it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

# What reads and what judges: every use begins with them, a verifier too, which loads no rules.
from gdsym.reading import read as read
from gdsym.verify import Evidence as Evidence

if TYPE_CHECKING:
    from gdsym import losses as losses
    from gdsym import models as models
    from gdsym import plot as plot
    from gdsym.claims import check as check
    from gdsym.cost import Cost as Cost
    from gdsym.derivation import Derivation as Derivation
    from gdsym.derivation import derive as derive
    from gdsym.descent import (
        AdaGrad as AdaGrad,
    )
    from gdsym.descent import (
        Adam as Adam,
    )
    from gdsym.descent import (
        Descent as Descent,
    )
    from gdsym.descent import (
        GradientDescent as GradientDescent,
    )
    from gdsym.descent import (
        Momentum as Momentum,
    )
    from gdsym.descent import (
        Nesterov as Nesterov,
    )
    from gdsym.descent import (
        RMSProp as RMSProp,
    )
    from gdsym.descent import (
        UpdateRule as UpdateRule,
    )
    from gdsym.descent.saving import load as load
    from gdsym.errors import (
        ComplexInput as ComplexInput,
    )
    from gdsym.errors import (
        CostError as CostError,
    )
    from gdsym.errors import (
        DataError as DataError,
    )
    from gdsym.errors import (
        DescentError as DescentError,
    )
    from gdsym.errors import (
        GdsymError as GdsymError,
    )
    from gdsym.errors import (
        GdsymTypeError as GdsymTypeError,
    )
    from gdsym.errors import (
        ReadError as ReadError,
    )
    from gdsym.errors import (
        StepRefused as StepRefused,
    )
    from gdsym.errors import (
        Unsupported as Unsupported,
    )
    from gdsym.gradient import Gradient as Gradient
    from gdsym.gradient import Hessian as Hessian
    from gdsym.insight import Insight as Insight
    from gdsym.rules import RULES as RULES
    from gdsym.rules.statement import law as law
    from gdsym.several import Directional as Directional
    from gdsym.several import Jacobian as Jacobian
    from gdsym.several import directional as directional
    from gdsym.several import jacobian as jacobian
    from gdsym.step import Law as Law
    from gdsym.step import Move as Move
    from gdsym.step import Rule as Rule
    from gdsym.step import Step as Step
    from gdsym.verdict import Verdict as Verdict
    from gdsym.written.nodes import Node as Written

__version__ = "0.1.0"

# Each module is imported when a name of it is first used, so that `import gdsym` costs next to nothing.
PUBLIC = {
    "gdsym.claims": ("check",),
    "gdsym.cost": ("Cost",),
    "gdsym.derivation": ("Derivation", "derive"),
    "gdsym.descent": ("AdaGrad", "Adam", "Descent", "GradientDescent", "Momentum", "Nesterov", "RMSProp", "UpdateRule"),
    "gdsym.descent.saving": ("load",),
    "gdsym.errors": (
        "ComplexInput",
        "CostError",
        "DataError",
        "DescentError",
        "GdsymError",
        "GdsymTypeError",
        "ReadError",
        "StepRefused",
        "Unsupported",
    ),
    "gdsym.gradient": ("Gradient", "Hessian"),
    "gdsym.insight": ("Insight",),
    "gdsym.several": ("Directional", "Jacobian", "directional", "jacobian"),
    "gdsym.rules": ("RULES",),
    "gdsym.rules.statement": ("law",),
    "gdsym.step": ("Law", "Move", "Rule", "Step"),
    "gdsym.verdict": ("Verdict",),
}
MODULES = ("losses", "models", "plot")
HOME = {name: module for module, names in PUBLIC.items() for name in names}

__all__ = [
    "AdaGrad",
    "Adam",
    "ComplexInput",
    "Cost",
    "Directional",
    "Jacobian",
    "directional",
    "jacobian",
    "CostError",
    "DataError",
    "Derivation",
    "Descent",
    "DescentError",
    "Evidence",
    "GdsymError",
    "GdsymTypeError",
    "Gradient",
    "GradientDescent",
    "Hessian",
    "Insight",
    "Law",
    "Momentum",
    "Move",
    "Nesterov",
    "RMSProp",
    "RULES",
    "ReadError",
    "Rule",
    "Step",
    "StepRefused",
    "Unsupported",
    "UpdateRule",
    "Verdict",
    "Written",
    "check",
    "derive",
    "law",
    "load",
    "losses",
    "models",
    "plot",
    "read",
]


OF_A_COST = ("compile", "descend", "gradient", "hessian", "insight", "partial", "sample")


def __getattr__(name: str) -> Any:
    if name in MODULES:
        return import_module(f"gdsym.{name}")
    if name == "Written":
        return import_module("gdsym.written.nodes").Node
    if name not in HOME:
        meant = f"a cost has it: gd.Cost(...).{name}" if name in OF_A_COST else f"its names are {', '.join(__all__)}"
        raise AttributeError(f"module 'gdsym' has no attribute {name!r}; {meant}.")
    return getattr(import_module(HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__doc__", "__version__"])
