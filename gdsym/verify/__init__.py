"""The judge of steps: do two written formulas agree? See `judge` for the idea, `slope` for the second opinion on rules.

A written form is built into a graph (`build`), pending derivatives are worked out in it (`slope`), the graph becomes a
flat program (`program`), which runs at points (`points`, `switches`); what it finds is Evidence (`judge`). `recheck`
judges the certificate of a whole derivation.
"""

from gdsym.verify.evidence import Evidence
from gdsym.verify.formulas import Formulas, evaluate
from gdsym.verify.matrices import agree
from gdsym.verify.points import Point
from gdsym.verify.recheck import Recheck, recheck

__all__ = ["Evidence", "Formulas", "Point", "Recheck", "agree", "evaluate", "recheck"]
