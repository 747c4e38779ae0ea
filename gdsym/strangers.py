"""Letters of a claim that the cost does not have, and functions that look misspelt: slips of the pen, told beside a wrong claim."""

from __future__ import annotations

from collections.abc import Iterator

from gdsym.array_claims import COUNT
from gdsym.derivation import Derivation
from gdsym.door import all_names
from gdsym.reading.table import looks_like
from gdsym.record import changed
from gdsym.verdict import Verdict
from gdsym.written.nodes import Base, Fn, Node, Sym, walk


def estranged(verdict: Verdict, claim: Node, d: Derivation) -> Verdict:
    """With the letters of the claim that the cost does not have, and functions that look misspelt: slips of the pen."""
    if verdict.ok:
        return verdict
    return changed(verdict, message="\n   ".join((verdict.message, *_strange(claim, d), *_misspelt(claim, d.node))))


def _strange(claim: Node, d: Derivation) -> Iterator[str]:
    known = {name.name for name in all_names(d.node, *d.variables, *d.where, *d.where.values())}
    letters = {name.name for name in claim.free if isinstance(name, (Sym, Base))} - known
    strange = sorted(name for name in letters if not name.startswith(COUNT))
    if strange:
        yield f"{', '.join(strange)} {'stands' if len(strange) == 1 else 'stand'} in the claim, not in the cost."


def _misspelt(*formulas: Node) -> Iterator[str]:
    named = {part.name for formula in formulas for part in walk(formula) if isinstance(part, Fn) and part.undefined}
    for name in sorted(named):
        meant = looks_like(name)
        if meant:
            yield f"{name} is taken for a function that is not defined further; did you mean {meant}?"
