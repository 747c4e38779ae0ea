"""A stand-alone verifier: everything that a certificate claims is judged afresh, whoever made it.

Nothing here knows a rule of differentiation. A derivative that stands in a formula is worked out by the judge, in its
own way; what the certificate says about earlier evidence is not looked at. A checksum tells whether any field was changed.
"""

from __future__ import annotations

from gdsym.errors import ReadError
from gdsym.record import record


@record
class Recheck:
    """What a verifier found in a certificate. Truthy if every step, every line and the whole claim are supported."""

    claim: str  # `d/dx [3 x^5] = 15 x^4`, as text
    steps: int
    failures: tuple[str, ...]  # sentences
    conditions: tuple[str, ...] = ()  # under which the claim is made

    def __bool__(self) -> bool:
        return not self.failures

    def __str__(self) -> str:
        if not self.failures:
            under = f", where {' and '.join(self.conditions)}" if self.conditions else ""
            judged = "its step" if self.steps == 1 else f"all {self.steps} steps"
            return f"{self.claim}: right{under}; {judged} and the whole were judged again."
        head = f"{self.claim}: NOT supported." if self.claim else "NOT supported."
        return "\n".join([head, *(f"  {failure}" for failure in self.failures)])


def recheck(certificate: str, *, seed: int = 1) -> Recheck:
    """Every claim of a certificate, judged again at fresh points (`seed` chooses them).

    Args:
        certificate: what `Derivation.certificate` returned.
        seed: another number means other points; 0 are those at which the derivation itself was judged.

    Returns:
        A `Recheck`: `if recheck(text): ...`; `.failures` has a sentence for everything that is not supported.

    Example:
        >>> import gdsym as gd
        >>> bool(recheck(gd.derive("3*x**5", "x").certificate))
        True
    """
    from gdsym.verify.recheck.anew import conditions, failures
    from gdsym.verify.recheck.connect import said
    from gdsym.verify.recheck.reading import read

    try:
        found = read(certificate)
        sentences = tuple(failures(found, seed))
    except ReadError as error:
        return Recheck("", 0, (str(error),))
    claim = f"{said(found.claim.pending())} = {said(found.claim.result)}"
    return Recheck(claim, len(found.steps), sentences, conditions(found))


__all__ = ["Recheck", "recheck"]
