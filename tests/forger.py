"""Certificates taken apart and put together wrong: every way of tampering with one field, with the rest left as it was."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from gdsym.written import serial
from gdsym.written.nodes import Add, Mul, Neg, Node, Num, Pow, walk
from gdsym.written.seal import seal


class Forger:
    """A certificate taken apart; `written` puts it together again."""

    def __init__(self, text: str) -> None:
        self.data = json.loads(text)
        self.store = serial.Store()
        nodes = serial.read(self.data["formulas"])
        assert [self.store.put(node) for node in nodes] == list(range(len(nodes)))

    def node(self, place: int) -> Node:
        return serial.read(self.store.rows)[place]

    def put(self, node: Node) -> int:
        return self.store.put(node)

    def row(self, *row: Any) -> int:
        """A row as it is, whether or not it makes sense."""
        self.store.rows.append(list(row))
        return len(self.store.rows) - 1

    @property
    def steps(self) -> list[dict[str, Any]]:
        return self.data["steps"]

    @property
    def written(self) -> str:
        return sealed({**self.data, "formulas": self.store.rows})


def sealed(data: dict[str, Any]) -> str:
    """With a checksum that fits, so that the forgery is to be noticed by what it says."""
    return json.dumps({**data, "sha256": seal(data)})


def twice_the_power(node: Node) -> Node:
    """The first power in the formula gets another exponent."""
    if isinstance(node, Pow):
        return Pow(node.base, Add(node.exponent, Num(1)))
    for at, child in enumerate(node.children):
        changed = twice_the_power(child)
        if changed is not child:
            return node.with_children((*node.children[:at], changed, *node.children[at + 1 :]))
    return node


BENDS: dict[str, Callable[[Node], Node]] = {
    "sign": Neg,
    "factor": lambda node: Mul(Num(2), node),
    "small factor": lambda node: Mul(Num(Fraction(1001, 1000)), node),
    "term": lambda node: Add(node, Num(1)),
    "exponent": twice_the_power,
}

Tamper = Callable[[Forger, random.Random], bool]


def _step(forger: Forger, rng: random.Random) -> dict[str, Any]:
    return rng.choice(forger.steps)


def _bent(side: str, bend: str) -> Tamper:
    def tamper(forger: Forger, rng: random.Random) -> bool:
        step = _step(forger, rng)
        node = forger.node(step[side])
        wrong = BENDS[bend](node)
        if node == wrong or node == Num(0):
            return False
        step[side] = forger.put(wrong)
        return True

    return tamper


def _bent_claim(part: str, bend: str) -> Tamper:
    def tamper(forger: Forger, rng: random.Random) -> bool:
        claim = forger.data["claim"]
        node = forger.node(claim[part])
        wrong = BENDS[bend](node)
        if node == wrong or (node == Num(0) and bend != "term"):
            return False
        claim[part] = forger.put(wrong)
        return True

    return tamper


def _swapped(forger: Forger, rng: random.Random) -> bool:
    """Two steps change places; what they say of substeps stays."""
    if len(forger.steps) < 2:
        return False
    at = rng.randrange(len(forger.steps) - 1)
    first, second = forger.steps[at : at + 2]
    forger.steps[at : at + 2] = [second, first]
    return any(first[key] != second[key] for key in ("lhs", "rhs"))


def _swapped_lines(forger: Forger, rng: random.Random) -> bool:
    if len(forger.steps) < 2:
        return False
    first, second = rng.sample(forger.steps, 2)
    same = first["line"] == second["line"]
    first["line"], second["line"] = second["line"], first["line"]
    return not same


def _swapped_sides(forger: Forger, rng: random.Random) -> bool:
    step = _step(forger, rng)
    step["lhs"], step["rhs"] = step["rhs"], step["lhs"]
    return step["lhs"] != step["rhs"]


def _removed(forger: Forger, rng: random.Random) -> bool:
    """One step is gone, its numbers still stand."""
    if len(forger.steps) < 2:
        return False
    forger.steps.pop(rng.randrange(len(forger.steps)))
    return True


def _cut_off(forger: Forger, rng: random.Random) -> bool:
    if len(forger.steps) < 2:
        return False
    gone = forger.steps.pop()
    return gone["line"] != forger.steps[-1]["line"]


def _verdict(verdict: str) -> Tamper:
    def tamper(forger: Forger, rng: random.Random) -> bool:
        weak = [s for s in forger.steps if s["evidence"]["verdict"] not in ("proved", verdict)]
        if not weak:
            return False
        rng.choice(weak)["evidence"]["verdict"] = verdict
        return True

    return tamper


def _another_condition(forger: Forger, rng: random.Random) -> bool:
    """A condition that one step takes on, and the claim does not say."""
    letters = [part for part in walk(forger.node(_step(forger, rng)["lhs"])) if type(part).__name__ == "Sym"]
    if not letters:
        return False
    _step(forger, rng)["given"] = forger.row("Rel", [forger.put(letters[0]), forger.put(Num(7))], "<")
    return True


def _no_condition(forger: Forger, rng: random.Random) -> bool:
    under = [s for s in forger.steps if forger.store.rows[s["given"]][:1] != ["Logic"]]
    true = forger.row("Logic", [], "true")
    for step in under:
        step["given"] = true
    return bool(under)


def _other_variable(forger: Forger, rng: random.Random) -> bool:
    forger.data["claim"]["variables"][0] = forger.row("Sym", [], "some_other_letter", [])
    return True


def _no_part(forger: Forger, rng: random.Random) -> bool:
    parts = forger.data["claim"]["where"]
    forger.data["claim"]["where"] = parts[1:]
    return bool(parts)


def _substitution(forger: Forger, rng: random.Random) -> bool:
    steps = [s for s in forger.steps if s["where"]]
    if steps:
        rng.choice(steps)["where"][0][1] = forger.row("Sym", [], "some_other_letter", [])
    return bool(steps)


def _no_substeps(forger: Forger, rng: random.Random) -> bool:
    steps = [s for s in forger.steps if s["substeps"] and _pending(forger, s)]
    if steps:
        rng.choice(steps)["substeps"] = []
    return bool(steps)


def _pending(forger: Forger, step: dict[str, Any]) -> bool:
    """Does the step leave a derivative that did not stand in it before?"""
    before, after = (
        {part for part in walk(forger.node(step[side])) if type(part).__name__ == "D"} for side in ("lhs", "rhs")
    )
    return bool(after - before)


TAMPERS: dict[str, Tamper] = {
    **{f"right side, {bend}": _bent("rhs", bend) for bend in BENDS},
    **{f"left side, {bend}": _bent("lhs", bend) for bend in BENDS},
    **{f"line, {bend}": _bent("line", bend) for bend in BENDS},
    **{f"expression, {bend}": _bent_claim("expression", bend) for bend in BENDS},
    **{f"result, {bend}": _bent_claim("result", bend) for bend in BENDS},
    "steps swapped": _swapped,
    "lines swapped": _swapped_lines,
    "sides swapped": _swapped_sides,
    "step removed": _removed,
    "last step removed": _cut_off,
    "said to be proved": _verdict("proved"),
    "said to be unknown": _verdict("unknown"),
    "said to be true": _verdict("true"),
    "a condition taken on": _another_condition,
    "conditions left out": _no_condition,
    "another variable": _other_variable,
    "a named part left out": _no_part,
    "another substitution": _substitution,
    "substeps left out": _no_substeps,
}


def tampered(texts: list[str], rng: random.Random, count: int) -> Iterator[tuple[str, str]]:
    """`count` times a way of tampering, each in turn, and what it makes of one of the certificates."""
    ways = list(TAMPERS.items())
    for number in range(count):
        name, tamper = ways[number % len(ways)]
        for text in rng.sample(texts, len(texts)):
            forger = Forger(text)
            if tamper(forger, rng):
                yield name, forger.written
                break
