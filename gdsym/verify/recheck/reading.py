"""A certificate's JSON -> claim and steps, every field looked at before it is used."""

from __future__ import annotations

import json
from typing import Any

from gdsym.errors import ReadError
from gdsym.record import record
from gdsym.verify.evidence import SUPPORTING
from gdsym.written import serial
from gdsym.written.matrices import MatSym
from gdsym.written.nodes import D, Fn, Indexed, Logic, Node, Rel, Sym, walk
from gdsym.written.seal import FIELD, VERSION, seal

LONGEST = 100_000_000  # characters
MOST_STEPS = 50_000
VERDICTS = (*SUPPORTING, "one side undefined", "unknown")
FIELDS = ("rule", "lhs", "rhs", "line", "given", "where", "substeps", "evidence")


@record
class Claim:
    """The derivative of `expression` by `variables`, innermost first, is `result` wherever `given` holds."""

    expression: Node
    variables: tuple[Node, ...]
    where: dict[Node, Node]
    result: Node
    given: Node

    def pending(self) -> Node:
        """The derivative before anything is done."""
        node = self.expression
        for var in self.variables:
            node = D(node, var)
        return node


@record
class Entry:
    """One step as the certificate has it: lhs = rhs under `given`, after which the whole reads `line`."""

    rule: str
    lhs: Node
    rhs: Node
    line: Node
    given: Node
    where: dict[Node, Node]
    substeps: tuple[int, ...]
    verdict: str


@record
class Certificate:
    """What is claimed, and the steps that lead there."""

    claim: Claim
    steps: tuple[Entry, ...]
    sealed: bool  # does its checksum fit?


def read(text: object) -> Certificate:
    """The certificate in `text`; `ReadError` says what is wrong with it."""
    whole = _json(text)
    if whole.get("gdsym certificate") != VERSION:
        raise ReadError(
            f"This is no gdsym certificate of version {VERSION}: its version is {str(whole.get('gdsym certificate'))[:40]}."
        )
    table = _Table(serial.read(whole.get("formulas")))
    steps = whole.get("steps")
    if not isinstance(steps, list) or not 0 < len(steps) <= MOST_STEPS:
        raise ReadError(f"A certificate has a list of 1 to {MOST_STEPS} steps.")
    entries = tuple(_entry(s, at, table) for at, s in enumerate(steps, 1))
    return Certificate(_claim(whole.get("claim"), table), entries, whole.get(FIELD) == seal(whole))


def _json(text: object) -> dict[str, Any]:
    if not isinstance(text, str) or len(text) > LONGEST:
        raise ReadError(f"A certificate is a text of at most {LONGEST} characters, not {type(text).__name__}.")
    try:
        whole = json.loads(text, parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError) as error:
        raise ReadError(f"The certificate is not valid JSON: {error}.") from error
    if not isinstance(whole, dict):
        raise ReadError("The certificate is not valid: a JSON object is needed.")
    return whole


def _no_float(words: str) -> Any:
    raise ValueError(f"numbers are whole; found {words[:40]}")


class _Table:
    """The formulas of the certificate, by row."""

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        self._nodes = nodes

    def __call__(self, place: object, what: str) -> Node:
        if type(place) is not int or not 0 <= place < len(self._nodes):
            raise ReadError(
                f"The {what} is row {str(place)[:40]}, which the table of {len(self._nodes)} formulas has not."
            )
        return self._nodes[place]

    def pairs(self, rows: object, what: str) -> dict[Node, Node]:
        if not isinstance(rows, list) or not all(isinstance(r, list) and len(r) == 2 for r in rows):
            raise ReadError(f"The {what} is a list of pairs [name, meaning], not {str(rows)[:60]}.")
        return {self(name, what): self(meaning, what) for name, meaning in rows}


def _claim(claim: object, table: _Table) -> Claim:
    if not isinstance(claim, dict) or not isinstance(claim.get("variables"), list) or not claim["variables"]:
        raise ReadError("The claim of a certificate has expression, variables, where, result and given.")
    variables = tuple(table(v, "variable") for v in claim["variables"])
    for var in variables:
        if not isinstance(var, (Sym, Indexed, MatSym)):
            raise ReadError(f"Derivatives are taken by a letter, an entry or a matrix, not by a {type(var).__name__}.")
    where = table.pairs(claim.get("where"), "where of the claim")
    _refuse_circles(where)
    sides = table(claim.get("expression"), "expression"), variables, where, table(claim.get("result"), "result")
    return Claim(*sides, _condition(claim.get("given"), "given of the claim", table))


def _condition(place: object, what: str, table: _Table) -> Node:
    given = table(place, what)
    if not isinstance(given, (Rel, Logic)):
        raise ReadError(f"The {what} is a {type(given).__name__}, no condition.")
    return given


def _refuse_circles(where: dict[Node, Node]) -> None:
    """Named parts rest on others in the end, not on themselves."""
    left = {_head(key): {_head(part) for part in walk(meaning)} for key, meaning in where.items()}
    while left:
        settled = {head for head, needs in left.items() if not needs & left.keys()}
        if not settled:
            raise ReadError("The named parts of the claim are defined by each other, in a circle.")
        left = {head: needs for head, needs in left.items() if head not in settled}


def _head(key: Node) -> object:
    """What tells one named part from another: its letter, its array or its function."""
    return key.base if isinstance(key, Indexed) else (key.func if isinstance(key, Fn) else key)


def _entry(step: object, at: int, table: _Table) -> Entry:
    missing = [f for f in FIELDS if f not in step] if isinstance(step, dict) else list(FIELDS)
    if not isinstance(step, dict) or missing:
        raise ReadError(f"Step {at} has no {', '.join(missing)}.")
    if not isinstance(step["rule"], str):
        raise ReadError(f"The rule of step {at} is a name, not {str(step['rule'])[:40]}.")
    given = _condition(step["given"], f"given of step {at}", table)
    lhs, rhs, line = (table(step[side], f"{side} of step {at}") for side in ("lhs", "rhs", "line"))
    where = table.pairs(step["where"], f"where of step {at}")
    return Entry(
        step["rule"][:80],
        lhs,
        rhs,
        line,
        given,
        where,
        _substeps(step["substeps"], at),
        _verdict(step["evidence"], at),
    )


def _verdict(evidence: object, at: int) -> str:
    """What was found when the step was made; that it was found is looked at again, how is not."""
    verdict = evidence.get("verdict") if isinstance(evidence, dict) else None
    if verdict not in VERDICTS:
        raise ReadError(f"The evidence of step {at} has the verdict {str(verdict)[:40]}; known: {', '.join(VERDICTS)}.")
    return str(verdict)


def _substeps(places: object, at: int) -> tuple[int, ...]:
    """Substeps come later: the tree is written from its root."""
    if not isinstance(places, list) or not all(type(p) is int and at <= p < MOST_STEPS for p in places):
        raise ReadError(f"The substeps of step {at} are later steps, not {str(places)[:60]}.")
    return tuple(places)
