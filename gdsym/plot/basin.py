"""Basins of attraction: which minimum each start descends to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.errors import GdsymError
from gdsym.plot import paths, style
from gdsym.plot.critical import Critical, critical_near, same
from gdsym.plot.labels import math_of, number
from gdsym.plot.runs import listed
from gdsym.plot.section import Section, section
from gdsym.plot.spans import Span, given_spans, field_spans, is_lost

Array = npt.NDArray[np.float64]

SIDE = 61
SAMPLES = ((0.13, 0.22), (0.83, 0.12), (0.2, 0.86), (0.88, 0.78))  # starts of the paths that are drawn, in frame sides
NOWHERE = -1
