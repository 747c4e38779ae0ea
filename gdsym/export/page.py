"""What an exporter needs to know of a derivation."""

from __future__ import annotations

from collections.abc import Mapping

from gdsym.record import field, record
from gdsym.step import NOTHING, Reason, Step
from gdsym.written.nodes import TRUE, Node

TEXT_WIDTH = 455.0  # points: 6.3 in, A4 and letter with 1 in margins
ARTICLE = 345.0  # LaTeX's own article at 10 pt: what is pasted somewhere should fit there


@record
class Page:
    """One derivation, ready to be set in LaTeX, text, Markdown, HTML or JSON."""

    name: str | None  # "J", or None if the expression has no name
    args: tuple[Node, ...]  # what the name is a function of: (w, b) in J(w, b)
    expr: Node  # the expression that is derived
    wrt: tuple[Node, ...]  # the variables, innermost first
    partial: bool  # round d (several variables) or straight d (one)
    start: Node  # the pending derivative that the first step rewrites
    steps: tuple[Step, ...]  # the lines, in order
    notes: tuple[Reason, ...]  # kinks, conventions, conditions: one sentence each, printed under the lines
    sizes: str = ""  # what sums were checked at, e.g. "m = 1, 2, 3, 4, 5"
    where: Mapping[Node, Node] = field(default_factory=lambda: NOTHING)  # the named parts and what they stand for
    given: Node = TRUE  # what the whole was compared under
    whole: tuple[Step, ...] = ()  # all lines, if `steps` leaves some out for the eye
    inner: Mapping[Node, Node] = field(default_factory=lambda: NOTHING)  # names that only the page gives, see `nests`
