"""Dicts and tuples in a claim, `grads["w"] = dw`, `cache = (Z, A)`: each entry is a name of its own."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from gdsym.claim_text import AT_KEY, SEVERAL, WORD, Line, arguments_of
from gdsym.errors import ReadError

EMPTY = re.compile(rf"({WORD})\s*(?::[^=]*)?=\s*(?:\{{\s*\}}|dict\(\s*\))")
MADE = re.compile(rf"({WORD})\s*(?::[^=]*)?=\s*(\{{.*\}}|dict\(.+\))", re.DOTALL)
PAIRED = re.compile(rf"({WORD})\s*=\s*\((.*)\)", re.DOTALL)
ENTRY = rf"(?<![\w.])({WORD})\s*\[\s*(['\"])(\w+)\2\s*\]"
RETURNED = re.compile(rf"(?:return\s+)?\(?({WORD})\)?")


def without_records(lines: Sequence[Line]) -> list[Line]:
    """The lines with a name for each entry of a dict that is made in them, and of a tuple that is only taken apart."""
    texts = [line for _, line in lines]
    dicts = {found[1] for line in texts if (found := EMPTY.fullmatch(line) or MADE.fullmatch(line)) is not None}
    rows = {found[1] for line in texts if (found := PAIRED.fullmatch(line)) and _is_row(found[1], found[2], texts)}
    if not dicts and not rows and not any(re.search(ENTRY, line) for line in texts):
        return list(lines)
    given = Counter(name for line in texts for name in _given(line))
    _refuse_two(texts, given)
    known: dict[str, list[str]] = {name: [] for name in dicts}
    written: list[Line] = []
    for indent, line in lines:
        written += [(indent, one) for one in _written(line, known, rows, given)]
    return written


def _refuse_two(texts: Sequence[str], given: Counter[str]) -> None:
    """Entries of one name in two dicts that come from elsewhere are two arrays."""
    owners: dict[str, str] = {}
    for line in texts:
        for name, _, key in re.findall(ENTRY, line):
            if name not in given and owners.setdefault(key, name) != name:
                raise ReadError(
                    f"`{line[:60]}`: {owners[key][:30]}[{key[:30]!r}] and {name[:30]}[{key[:30]!r}] may be two arrays."
                )


def entries_of(value: str) -> tuple[list[str], list[ast.expr]]:
    """The keys (none, but of a dict) and the values of `{"w": dw}`, `dw, db`, `[dw, db]`; no values if it is one."""
    try:
        e = ast.parse(value.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [], []
    if isinstance(e, ast.Call) and isinstance(e.func, ast.Name) and e.func.id == "dict" and not e.args:
        return [str(k.arg) for k in e.keywords], [k.value for k in e.keywords]
    if isinstance(e, ast.Dict):
        keys = [key.value if isinstance(key, ast.Constant) else None for key in e.keys]
        if all(isinstance(key, str) for key in keys):
            return [str(key) for key in keys], e.values
        raise ReadError(f"`{value[:60]}`: the keys of a dict are names in quotes, as in {{'w': dw}}.")
    return [], list(e.elts) if isinstance(e, (ast.Tuple, ast.List)) else []


def _written(line: str, known: dict[str, list[str]], rows: set[str], given: Counter[str]) -> Iterator[str]:
    if EMPTY.fullmatch(line):
        known[re.findall(WORD, line)[0]] = []
        return
    text = re.sub(ENTRY, lambda found: _entry(found, line, known, given), line)
    made, pair, several = MADE.fullmatch(text), PAIRED.fullmatch(text), SEVERAL.fullmatch(text)
    if made and made[1] in known:
        keys, values = entries_of(made[2])
        known[made[1]] = keys
        yield from _at_once([f"{made[1]}{AT_KEY}{key}" for key in keys], [ast.unparse(value) for value in values])
    elif pair and pair[1] in rows:
        parts = arguments_of(pair[2])
        yield from _at_once([f"{pair[1]}{AT_KEY}{at}" for at in range(len(parts))], parts)
    elif several and several[2].strip() in rows:
        names = re.findall(WORD, several[1])
        yield from _at_once(names, [f"{several[2].strip()}{AT_KEY}{at}" for at in range(len(names))])
    elif (value := RETURNED.fullmatch(text)) and value[1] in known:
        keys = known[value[1]]
        yield f"return {{{', '.join(f'{key!r}: {value[1]}{AT_KEY}{key}' for key in keys)}}}"
    elif used := next((name for name in known if re.search(rf"(?<![\w.]){re.escape(name)}\b", text)), None):
        raise ReadError(
            f"`{line[:60]}`: of a dict, entries are read by their names, {used[:30]}['w'], and the whole as the value."
        )
    else:
        yield text


def _entry(found: re.Match[str], line: str, known: dict[str, list[str]], given: Counter[str]) -> str:
    """The name for an entry; of a dict that the code does not make, the name that is its key."""
    name, key = found[1], found[3]
    if name in known:
        if (
            re.match(r"\s*(?::[^=]*)?=(?!=)", line[found.end() :])
            and not line[: found.start()].strip()
            and key not in known[name]
        ):
            known[name].append(key)
        elif key not in known[name]:
            raise ReadError(f"`{line[:60]}`: {name[:30]} has no entry {key[:30]!r} here.")
        return f"{name}{AT_KEY}{key}"
    own = re.match(rf"{re.escape(key)}\s*=(?!=)", line) is not None
    if name in given or given[key] > own:
        raise ReadError(f"`{line[:60]}`: what {name[:30]}[{key[:30]!r}] is, is not told.")
    return key


def _at_once(names: Sequence[str], values: Sequence[str]) -> Iterator[str]:
    """`a, b = u, v`: all values are there before the first name is given."""
    if len(names) != len(values):
        raise ReadError(f"`{', '.join(names)[:60]}`: there are {len(values)} values for {len(names)} names.")
    words = {word for value in values for word in re.findall(WORD, value)}
    if words.isdisjoint(names):
        yield from (f"{name} = {value}" for name, value in zip(names, values, strict=True))
        return
    kept = [f"{name}{AT_KEY}before" for name in names]
    yield from (f"{name} = {value}" for name, value in zip(kept, values, strict=True))
    yield from (f"{name} = {value}" for name, value in zip(names, kept, strict=True))


def _is_row(name: str, inner: str, texts: Sequence[str]) -> bool:
    """Is it a tuple that is given once, and taken apart by `a, b = cache`?"""
    uses = [line for line in texts if re.search(rf"(?<![\w.]){re.escape(name)}\b", line)]
    apart = [line for line in uses if (found := SEVERAL.fullmatch(line)) and found[2].strip() == name]
    return len(arguments_of(inner)) > 1 and len(apart) == len(uses) - 1 > 0


def _given(line: str) -> set[str]:
    found = re.match(rf"({WORD}(?:\s*,\s*{WORD})*)\s*(?::[^=]*)?(?:\*\*|[-+*/@])?=(?!=)", line)
    loop = re.match(r"for\b(.+?)\bin\b", line)
    return set(re.findall(WORD, found[1] if found else loop[1] if loop else ""))
