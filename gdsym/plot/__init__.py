"""Figures of any cost: every function takes `ax=None`, returns the Axes, shows nothing and changes no global setting.

matplotlib is imported by the functions that draw, not by importing this package.
"""

from gdsym.plot.basin import basins
from gdsym.plot.compared import compare
from gdsym.plot.curve import cost_curve
from gdsym.plot.fitting import fit
from gdsym.plot.heights import contour
from gdsym.plot.moving import animate
from gdsym.plot.rates import learning_rates
from gdsym.plot.relief import surface
from gdsym.plot.saving import save
from gdsym.plot.slopes import tangent

__all__ = [
    "animate",
    "basins",
    "compare",
    "contour",
    "cost_curve",
    "fit",
    "learning_rates",
    "save",
    "surface",
    "tangent",
]


def __dir__() -> list[str]:
    """The figures, for tab completion."""
    return __all__
