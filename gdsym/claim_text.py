"""The text of a claim that is code: its statements, the names in them, and what they mean. Nothing of it is run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypeAlias

from gdsym.errors import ReadError
from gdsym.reading.source import LONGEST

Line: TypeAlias = tuple[int, str]  # how far it is indented, and what stands there

WORD = r"[^\W\d⁰¹²³⁴-⁹][^\W⁰¹²³⁴-⁹]*"  # t² is the square of t
NAME = re.compile(rf"(?<![\w.]){WORD}")  # no attribute, no digits of a number
QUOTED = r"\"[^\"\n]*\"|'[^'\n]*'"
NAME_OR_QUOTED = re.compile(f"{QUOTED}|{NAME.pattern}")
ASIDE = re.compile(rf"(#[^\n]*|(\"\"\"|''').*?\2)|{QUOTED}", re.DOTALL)  # a comment, or text in which none begins
ASSIGNED = re.compile(rf"({WORD})\s*(?::\s*[\w.\[\], ]+)?(\*\*|[-+*/@]|)=(?!=)\s*(\S.*)", re.DOTALL)
SHAPED = re.compile(rf"({WORD}(?:\s*,\s*{WORD})+)\s*=\s*({WORD})\.shape")
CHAINED = re.compile(rf"({WORD})\s*=(?!=)\s*(({WORD})\s*=(?!=).*)", re.DOTALL)
SEVERAL = re.compile(rf"({WORD}(?:\s*,\s*{WORD})+)\s*=(?!=)\s*(.*)", re.DOTALL)
FILLED = re.compile(rf"({WORD})\s*\[((?:[^=]|[=!<>]=)*)\]\s*([-+*/]?)=(?!=)\s*(\S.*)", re.DOTALL)
VIEWS = r"(?:T\b|(?:ravel|reshape|squeeze|transpose|view|detach|cpu|t|float|double|numpy|contiguous|swapaxes|expand_dims)\([^()]*\)|astype\([^()]*copy\s*=\s*False[^()]*\))"
SAME_MEMORY = re.compile(
    rf"(?:[\w.]*\b(?:asarray|asanyarray|ascontiguousarray|atleast_1d|atleast_2d|expand_dims|swapaxes|ravel|reshape|squeeze|transpose|flip)\(|\()*({WORD})(?:\.{VIEWS}|\[[^\]]*\]|(?:,[^()]*)?\))*"
)
PART_CHANGED = "part_changed"  # a[places] op= b as a call
LOOP_SUM, LOOP_SET = "loop_sum", "loop_set"  # what a loop adds up, and the places that it sets, as calls
LOOP_LIST, LISTED = "loop_list", "listed"  # what a loop puts one behind the other, and what is a list of Python's
ADDED_AT = "added_at"  # np.add.at(a, places, b) as a call
CHOSEN, ONE_TRUTH = "chosen_if", "one_truth"  # `a if c else b`, and a condition that is one truth value, as calls
PART_OF = "part_of"  # one entry of an array that has one for each parameter, as a call
APPENDED = re.compile(rf"({WORD})\.append\((.*)\)", re.DOTALL)
REPEATED = re.compile(rf"({WORD})\s*=\s*\[\s*(-?[\d.]+)\s*\]\s*\*\s*(\w+|len\(\w+\)|\w+\.shape\[\d\])")
AT = re.compile(rf"(?:np|numpy|jnp)\.(add|subtract)\.at\(\s*({WORD})\s*,(.*)\)", re.DOTALL)
GONE = ""  # the meaning of a name that holds what the last run of a loop left
CODE = frozenset({PART_CHANGED, LOOP_SUM, LOOP_SET, LOOP_LIST, LISTED, ADDED_AT, CHOSEN, ONE_TRUTH, PART_OF})
SUM_OF_A_LOOP, LETTER_OF_A_LOOP = "sum_of_a_loop_", "letter_of_a_loop_"  # names that no code has
AT_KEY = "_at_key_"  # a name for an entry of a dict
OF_SELF = "_of_self"  # a name for what a method leaves in self
OF_A_CALL = "_of_call"  # a name within a function, in one of its calls


def is_ours(text: str) -> bool:
    """Does a name stand there that we have put in?"""
    return any(name in text for name in (*CODE, SUM_OF_A_LOOP, LETTER_OF_A_LOOP))


@contextmanager
def shown_as(line: str) -> Iterator[None]:
    """Errors about a line in which we have put names show the line as it was written."""
    try:
        yield
    except ReadError as error:
        shown, apart, said = str(error).partition("`: ")
        if not apart or not is_ours(shown) or is_ours(line):
            raise
        raise ReadError(f"`{line[:60]}`: {said}") from None


def statements(claim: str) -> Iterator[Line]:
    """What stands on its lines, or between `;`, without comments; a line goes on within brackets."""
    text = ASIDE.sub(lambda found: "" if found[1] else found[0], claim.replace("\r\n", "\n")).replace("\\\n", " ")
    depth, begin, indent = 0, 0, 0
    for at, sign in enumerate(text + "\n"):
        depth += (sign in "([{") - (sign in ")]}")
        if sign in ";\n" and depth <= 0:
            if line := " ".join(text[begin:at].split()):
                if begin == 0 or text[begin - 1] != ";":
                    written = text[begin:at].lstrip("\n").expandtabs()
                    indent = len(written) - len(written.lstrip())
                yield from ((indent, one) for one in _one_by_one(line))
            begin = at + 1


def _one_by_one(line: str) -> Iterator[str]:
    """`a = b = u` and `a, b = u, v` as two lines, where neither needs what the other has changed."""
    if chained := CHAINED.fullmatch(line):
        yield from (inner := list(_one_by_one(chained[2])))
        number = re.fullmatch(rf"{re.escape(chained[3])}\s*=\s*(-?[\d.]+)", inner[-1])
        yield f"{chained[1]} = {number[1] if number else chained[3]}"
        return
    several = SEVERAL.fullmatch(line)
    names = re.findall(WORD, several[1]) if several else []
    parts = arguments_of(several[2]) if several else []
    if (
        names
        and len(names) == len(parts)
        and not set(names) & set(NAME.findall(re.sub(QUOTED, "", several[2] if several else "")))
    ):
        yield from (f"{name} = {part}" for name, part in zip(names, parts, strict=True))
    else:
        yield re.sub(rf"^({WORD})\s*,\s*=\s*({WORD})\.shape$", r"\1 = \2.shape[0]", line)


def arguments_of(text: str) -> list[str]:
    depth, begin, found = 0, 0, []
    for at, sign in enumerate(f"{text},"):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            found.append(text[begin:at].strip())
            begin = at + 1
    return [part for part in found if part]


def without_brackets(part: str) -> str:
    """The text outside all brackets."""
    while (shorter := re.sub(r"[(\[{][^()\[\]{}]*[)\]}]", "", part)) != part:
        part = shorter
    return part


def put_in(part: str, names: Mapping[str, str]) -> str:
    """The text with the names' meanings, but for names of functions and of arguments, as `axis` in sum(axis=0)."""

    def meaning(found: re.Match[str]) -> str:
        behind = part[found.end() : found.end() + 3].lstrip()
        argument = behind.startswith("=") and not behind.startswith("==")
        meant = found[0] if argument else names.get(found[0], found[0])
        if meant == GONE:
            raise ReadError(f"`{part[:60]}`: {found[0][:30]} holds what the last run of a loop left; that is not read.")
        return meant

    whole = NAME_OR_QUOTED.sub(meaning, part)
    if len(whole) > LONGEST:
        raise ReadError(f"With its names put in, the claim has more than {LONGEST} characters.")
    return whole


def plain(text: str) -> str:
    """`None` between brackets is a new axis, or no end of `clip`; everywhere else it is no name."""
    return re.sub(r"(?<=[\[(,: =])None(?=[\],: )])", "newaxis", text) if isinstance(text, str) else text


def is_listed(meaning: str) -> bool:
    """Is it a list of Python's?"""
    if LISTED not in meaning:
        return False
    e = ast.parse(meaning.strip(), mode="eval").body
    return isinstance(e, ast.Call) and getattr(e.func, "id", "") == LISTED


def changed_list(line: str, old: str, places: str, whole: str) -> str:
    """A list of which one entry is changed is a list; the whole of an array is no list."""
    if not is_listed(old):
        return whole
    if not places or ":" in places or "," in without_brackets(places):
        raise ReadError(
            f"`{line[:60]}`: this is a list of Python's; its entries are changed one by one, or write np.array(...) around it."
        )
    return f"({LISTED}({whole}))"
