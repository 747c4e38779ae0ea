"""One sentence that says how the lines were checked."""

from __future__ import annotations

from collections import Counter

from gdsym.export.page import Page
from gdsym.step import Step
from gdsym.verify.evidence import ARITHMETIC


def checked(page: Page) -> str:
    """`7 lines, each checked (5 proved; laws of arithmetic; ball arithmetic, 128 bits; sums at m = 1, 2, 3, 4, 5)`; a line that was not is named."""
    total = len(_all(page))
    if not total:
        return "nothing to derive"
    failed = [i for i, step in enumerate(_all(page), 1) if not step.check]
    lines = "1 line" if total == 1 else f"{total} lines"
    if failed:
        return f"{lines}, {total - len(failed)} checked{_how(page)}; not checked: {_list(failed)}"
    return f"{lines}, {'each ' if total > 1 else ''}checked{_how(page)}"


def _proved(page: Page) -> list[str]:
    """How many lines are proved, where they hold, and not numbers that agree?"""
    checks = [step.check for step in _all(page)]
    total, proved = len(checks), sum(check.verdict == "proved" or check.kind == ARITHMETIC for check in checks)
    return [] if not proved else [f"{proved} proved"] if proved < total else ["all proved" if total > 1 else "proved"]


def _how(page: Page) -> str:
    kinds = Counter(step.check.kind for step in _all(page) if step.check)
    ways: dict[str, dict[str, None]] = {}  # where each was used: "entry by entry at 3 shapes"
    for kind, _ in kinds.most_common():
        place, comma, way = kind.rpartition(", ")
        way = "identical computation" if place and way == "identical" else way
        ways.setdefault(place + comma or kind, {})[(way if place else "") + _bits(page, kind)] = None
    parts = _proved(page) + [place + " or ".join(used) for place, used in ways.items()]
    if page.sizes:
        parts.append(f"sums at {page.sizes}")
    return f" ({'; '.join(parts)})" if parts else ""


def _bits(page: Page, kind: str) -> str:
    bits = [s.check.bits for s in _all(page) if s.check and s.check.kind == kind and s.check.bits]
    return f", {min(bits)} bits" if bits else ""


def _list(numbers: list[int]) -> str:
    return ("line " if len(numbers) == 1 else "lines ") + ", ".join(map(str, numbers))


def _all(page: Page) -> tuple[Step, ...]:
    """Every line, shown or not."""
    return page.whole or page.steps
