"""Evidence for the claims of a derivation, each judged once, on the smallest part of the formula that changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache

import sympy

from gdsym.errors import StepRefused
from gdsym.step import Reason, Rule
from gdsym.verify import Evidence, agree
from gdsym.verify.changes import changes
from gdsym.verify.evidence import ARITHMETIC
from gdsym.written.nodes import TRUE, Cases, D, Fn, Indexed, Logic, Node, Rel, Sym, both, kinds_of, walk

REMEMBERED = 1 << 11  # claims, whichever derivation they are from
MOST_PARTS = 8  # places at which one step may change a formula and still be judged place by place
WHOLE = Rule("derivation")
STRENGTH = ("proved", "agreed", "holds where")
CASES, FUNCTIONS = kinds_of(Cases), kinds_of(Fn)
SWITCHES = (sympy.Max, sympy.Min, sympy.Abs, sympy.sign, sympy.Heaviside)


class Judge:
    """lhs = rhs? A claim is judged once, and a refuted one goes no further."""

    def __init__(self, where: Mapping[Node, Node], formula: Node | None = None, wrt: Sequence[Node] = ()) -> None:
        self.where, self._formula, self._wrt = where, formula, wrt
        self._known: dict[tuple[Node, Node, Node], Evidence] = {}
        self._apart = ""

    def __call__(self, rule: Rule, lhs: Node, rhs: Node, given: Node = TRUE, settled: bool = False) -> Evidence:
        evidence = self._whole(lhs, rhs, given, settled)
        if evidence.verdict == "refuted":
            from gdsym.writing.text import text

            raise StepRefused(
                f"The {rule.name} was about to write {text(lhs, ascii=True)[:120]} = {text(rhs, ascii=True)[:160]}, which is wrong: "
                f"{evidence.note[:120]}. No derivation was made. Please report this expression, unless the rule is your own."
            )
        if evidence.points or not self._nowhere:
            return evidence
        return Evidence("unknown", evidence.kind, note=self._nowhere)

    def whole(self, lhs: Node, rhs: Node, given: Node, told: Callable[[], Node]) -> tuple[Evidence, Node]:
        """The evidence and its condition, which is that of `told` as well if the claim is wrong without.

        Conventions at a kink, derived once more, are none there: (|x|^2)'' = 2 for x != 0.
        """
        supported = all(self._known.values())
        settled = supported and bool(self._known)
        try:
            evidence = self(WHOLE, lhs, rhs, given, settled)
        except StepRefused:
            narrower = both(given, told())
            if narrower == given:
                raise
            given, evidence = narrower, self(WHOLE, lhs, rhs, narrower, settled)
        if supported and not evidence:  # each line may hold for x > 0, and a sum over x begin at 0
            self._apart = f"the lines are checked one by one, not the last one against the formula: {evidence.note}"
        return evidence, given

    @property
    def doubts(self) -> tuple[Reason, ...]:
        """What was found that speaks against the formula itself, or against the whole."""
        return tuple((found,) for found in (self.__dict__.get("_nowhere") or self._diagonal or self._apart,) if found)

    @property
    def _diagonal(self) -> str:
        """Why lines are not checked in which a root is taken of 0 wherever two indices are equal."""
        if self._formula is None or all(self._known.values()):
            return ""
        from gdsym.diagonal import on_the_diagonal

        return on_the_diagonal(self._formula, self.where, self._wrt)

    @cached_property
    def _nowhere(self) -> str:
        """Has what is derived a real value at all? Two sides that are never defined are the same computation, and say nothing."""
        from gdsym.nowhere import nowhere

        return nowhere(self._formula, self.where, self._wrt) if self._formula is not None else ""

    def _whole(self, lhs: Node, rhs: Node, given: Node, settled: bool) -> Evidence:
        """Equal parts make equal wholes; only where that does not settle it are the wholes compared."""
        places = changes(lhs, rhs)
        conditions = any(isinstance(left, (Rel, Logic)) for left, _ in places)  # true or false: no numbers to compare
        if given == TRUE and not conditions and 0 < len(places) <= MOST_PARTS and places[0] != (lhs, rhs):
            found = [self._one(left, right, TRUE, settled) for left, right in places]
            if all(found):
                weakest = max(found, key=lambda e: (STRENGTH.index(e.verdict), -e.points))
                divides = (
                    weakest.verdict == "holds where" and weakest.kind == ARITHMETIC
                )  # (1/x x - log x)/x^2 does anyway
                whole = self._one(lhs, rhs, given, settled) if divides else weakest
                return whole if whole.verdict == "proved" else weakest
        return self._one(lhs, rhs, given, settled)

    def _one(self, lhs: Node, rhs: Node, given: Node, settled: bool) -> Evidence:
        claim = (lhs, rhs, given)
        if claim not in self._known:
            self._known[claim] = judged(lhs, rhs, given, tuple(self.where.items()), settled)
        return self._known[claim]


@lru_cache(maxsize=REMEMBERED)
def judged(lhs: Node, rhs: Node, given: Node, where: tuple[tuple[Node, Node], ...], settled: bool = False) -> Evidence:
    """The evidence for a claim of a derivation, which depends on nothing but the claim: a cost that is derived again is not judged again.

    With `settled` it is the claim of the whole, of which all steps are judged.

    What holds for any h holds for h = max(0, ...) that the variable is not in: such parts are first left as names, since
    every place where they turn over would be looked at in every line.
    """
    parts = dict(where)
    needed = _needed(lhs, rhs, parts) if any(map(_turns_over, parts.values())) else parts
    if len(needed) < len(parts):
        evidence = agree(lhs, rhs, given=given, where=needed, room=False, settled=settled)
        if evidence and evidence.note in ("", "" if given == TRUE else str(given.to_sympy())):
            return evidence
    return agree(lhs, rhs, given=given, where=parts, room=False, settled=settled)


def _needed(lhs: Node, rhs: Node, where: Mapping[Node, Node]) -> dict[Node, Node]:
    """The named parts in which what is derived by stands; all of them, where one is a function."""
    if not all(isinstance(key, (Sym, Indexed)) for key in where):
        return dict(where)
    moving = {name for side in (lhs, rhs) for part in walk(side) if isinstance(part, D) for name in part.var.free}
    found: dict[Node, Node] = {}
    for _ in where:
        found = {key: meaning for key, meaning in where.items() if not meaning.free.isdisjoint(moving)}
        moving |= {_name(key) for key in found}
    return found


def _turns_over(meaning: Node) -> bool:
    """Does it hold a case distinction, a maximum, an absolute value ...?"""
    if not meaning.has(FUNCTIONS):
        return meaning.has(CASES)
    return meaning.has(CASES) or any(isinstance(part, Fn) and part.func in SWITCHES for part in walk(meaning))


def _name(key: Node) -> Node:
    return key.base if isinstance(key, Indexed) else key
