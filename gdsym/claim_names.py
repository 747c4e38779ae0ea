"""Names in loops and what they mean there: each is known with the number of loops, and of conditions, around it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import count
from typing import TypeAlias

from gdsym.claim_entries import ENTRY, entries_read, is_own
from gdsym.claim_headers import stands_free
from gdsym.claim_text import CHOSEN, GONE, NAME, SUM_OF_A_LOOP, put_in
from gdsym.errors import ReadError
from gdsym.record import record


@record
class Loop:
    """A loop: the letter that counts its runs, from where to where, and what has changed from run to run."""

    letter: str
    lower: str
    upper: str
    changed: frozenset[str]
    places: Mapping[str, frozenset[int]]  # the indices that are the letter in all changes of an array


Kept: TypeAlias = tuple[
    dict[str, str], dict[str, tuple[int, int]], set[str]
]  # names, where they were given, and which are rows


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
        changed = [name for name, level in self._level.items() if self._changing(name, level)]
        text, entries = entries_read(part, changed)
        if left := [name for name in changed if name in NAME.findall(text)]:
            raise self._unread(left[0], line)
        text = put_in(text, self._names)
        if not entries:
            return text
        meant = [self._entry(name, places, line) for name, places in entries]
        return put_in(re.sub(rf"\b{ENTRY}(\d+)\b", lambda found: meant[int(found[1])], text), {})

    def _entry(self, name: str, places: str, line: str) -> str:
        """What an entry holds now that no other run of the loops changes; refused if others do."""
        for loop in self._changing(name, self._level[name]):
            if not is_own(places, loop.letter, loop.places.get(name, frozenset())):
                raise self._unread(name, line)
        return f"(({self._names[name]})[{self._put(places, line)}])"

    def _unread(self, name: str, line: str) -> ReadError:
        return ReadError(
            f"`{line[:60]}`: {name[:30]} changes from one run of the loop to the next; only sums are read."
        )

    def _changing(self, name: str, level: tuple[int, int]) -> list[Loop]:
        """The loops since the name was given whose runs change it."""
        return [loop for loop in self._loops[level[0] :] if name in loop.changed]

    def _kept(self) -> Kept:
        return dict(self._names), dict(self._level), set(self._rows)

    def _given_since(self, before: Kept) -> dict[str, str]:
        """The names that a branch has given, and their meanings; they are taken back, as if it had not."""
        names, levels, rows = before
        place = len(self._loops), len(self._tests) + 1
        given = {name: self._names[name] for name, level in self._level.items() if level == place}
        for name in given:
            del self._names[name], self._level[name]
            self._rows.discard(name)
            if name in names:
                self._names[name] = names[name]
            if name in levels:
                self._level[name] = levels[name]
            self._rows |= {name} & rows
        return given

    def _choose(self, test: str, given: Mapping[str, str], other: Mapping[str, str]) -> None:
        """Names that one branch of an `if` has given, or both: what is left of them tells the condition."""
        for name in {**given, **other}:
            before = self._names.pop(name, GONE)
            begun = self._level.pop(name, (-1, 0))[0] == len(self._loops)
            sides = [way.get(name, before if begun else GONE) for way in (given, other)]
            self._names[name] = GONE if GONE in sides else f"({CHOSEN}({test}, {sides[0]}, {sides[1]}))"
            if GONE not in sides:
                self._level[name] = len(self._loops), len(self._tests)
