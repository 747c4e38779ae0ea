"""How far numbers are from a condition: what stops early is never said to be nearer than it is."""

from __future__ import annotations

import random

from flint import fmpq

from gdsym.verify.goals import Tree, distance


def _tree(rnd: random.Random, depth: int) -> Tree:
    if depth == 0 or rnd.random() < 0.3:
        return rnd.choice(("<", ">", "<=", ">=", "==", "!=")), rnd.randrange(6)
    return rnd.choice(("all", "any")), tuple(_tree(rnd, depth - 1) for _ in range(rnd.randrange(1, 4)))


def test_a_distance_that_is_not_worked_out_is_no_shorter_than_what_is_enough() -> None:
    rnd = random.Random(3)
    for _ in range(20_000):
        tree = ("all", (_tree(rnd, 2), ("any", (_tree(rnd, 0), _tree(rnd, 1)))))
        values = [fmpq(rnd.randrange(-900, 900), rnd.randrange(1, 99)) for _ in range(6)]
        whole, enough = distance(tree, values), rnd.random() * 20
        found = distance(tree, values, enough)
        assert found == whole if found < enough else whole >= enough * (1 - 1e-12)
