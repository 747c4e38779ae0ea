"""Names in loops and what they mean there: each is known with the number of loops, and of conditions, around it."""

from __future__ import annotations

from itertools import count

from gdsym.claim_headers import stands_free
from gdsym.claim_text import GONE, NAME, SUM_OF_A_LOOP, put_in
from gdsym.errors import ReadError
from gdsym.record import record


@record
class Loop:
    """A loop: the letter that counts its runs, from where to where, and what has changed from run to run."""

    letter: str
    lower: str
    upper: str
    changed: frozenset[str]


class Names:
    """What names mean at one place of the loops, and in which of them they were given."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names
        self._level = {name: (0, 0) for name, meaning in names.items() if meaning != GONE}
        self._loops: list[Loop] = []
        self._tests: list[str] = []
        self._count = 0
        self._rows: set[str] = set()  # names of loops that may be parts of arrays

    def _begun(self, meaning: str) -> str:
        """A name of ours, which begins with this."""
        name = next(word for at in count() if (word := f"{SUM_OF_A_LOOP}{at}") not in self._names)
        self._names[name] = meaning
        self._level[name] = len(self._loops), len(self._tests)
        return name

    def _hide(self, letter: str, header: str) -> None:
        """The letter of a loop has no other meaning in it; refused where that would change what stands under other names."""
        others = [meaning for name, meaning in self._names.items() if name != letter]
        if any(loop.letter == letter for loop in self._loops) or any(stands_free(letter, text) for text in others):
            raise ReadError(
                f"`{header[:60]}`: {letter[:30]} has a meaning already; give this loop a letter of its own."
            )
        self._names.pop(letter, None)
        self._level.pop(letter, None)

    def _forget(self, loops: int, tests: int) -> None:
        """Names that were given further inside: they hold what the last run left."""
        for name in [name for name, level in self._level.items() if level[0] > loops or level[1] > tests]:
            del self._level[name]
            self._names[name] = GONE
            self._rows.discard(name)

    def _put(self, part: str, line: str) -> str:
        """The text with the meanings of its names; refused if one of them depends on the run before."""
        for name in NAME.findall(part):
            level = self._level.get(name)
            if level is not None and any(name in loop.changed for loop in self._loops[level[0] :]):
                raise ReadError(
                    f"`{line[:60]}`: {name[:30]} changes from one run of the loop to the next; only sums are read."
                )
        return put_in(part, self._names)
