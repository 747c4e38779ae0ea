"""The descent: an update equation, a learning rate and a compiled cost become one loop; its run is a value."""

from gdsym.descent.asked import Asked, Known
from gdsym.descent.batch import Batches
from gdsym.descent.formulas import Formulas
from gdsym.descent.result import Descent, started
from gdsym.descent.rules import AdaGrad, Adam, GradientDescent, Momentum, Nesterov, RMSProp
from gdsym.descent.run import descend
from gdsym.descent.settings import Settings
from gdsym.descent.update import UpdateRule

__all__ = [
    "AdaGrad", "Adam", "Asked", "Batches", "Descent", "Formulas", "GradientDescent", "Known", "Momentum", "Nesterov",
    "RMSProp", "Settings", "UpdateRule", "descend", "started",
]  # fmt: skip
