"""An array program as loops over plain numbers: one pass over the samples computes the cost and all partials.

`x_i` in a loop over i is the number x[i]. The longest index that is summed over is *swept*: all sums over it share one
loop, in which everything that depends on it is computed entry by entry and nothing of its length is stored. A sum that
needs the result of another such sum waits for the next sweep. All else is computed before, in loops of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gdsym.arrays.course import MOVING, RUNNING
from gdsym.arrays.graph import PARAM, Op
from gdsym.arrays.names import WORD, Names
from gdsym.arrays.strength import ADD, ATOM, MUL
from gdsym.arrays.texts import text
from gdsym.arrays.whole_texts import WHOLES
from gdsym.backends.extents import REDUCTIONS, Extent, Extents, Reduction
from gdsym.backends.moves import MOVES, START, Lines, gathered_by, in_row, last
from gdsym.backends.order import ordered
from gdsym.backends.running import following, neighbours
from gdsym.backends.words import CHEAP, entry_text

WHOLE = ("concatenate", *MOVING, *RUNNING, *WHOLES)  # computed for all entries of their first axis at once
STORED = (*REDUCTIONS, *WHOLE)
FREE = ("leaf", "number", "truth", "size")
LOOKED_THROUGH = ("slice", "diagonal", "windows")  # never kept: an entry is one of the operand
Index = tuple[str, ...]


class Nest:
    """Loops for some outputs of a program. `gathered`: data read through the rows of a batch, by axis."""

    def __init__(
        self,
        outputs: Sequence[Op],
        extents: Extents,
        names: Names,
        swept: Extent,
        *,
        gathered: Mapping[str, int] | None = None,
        rows: str = "",
    ) -> None:
        self.extents, self.names, self.swept = extents, names, swept
        self.gathered, self.rows = gathered or {}, rows
        self.order, self.users = ordered(outputs)
        self.letter, self.inner = names.own("i"), [names.own(x) for x in ("j", "k", "l", "q", "p", "s")]
        self.lines = Lines()
        self.body: list[str] | None = None  # of the sweep that is being written
        self.called: dict[tuple[Op, Index], str] = {}
        self.weights: dict[Op, bool] = {}
        self.depths: dict[Op, int] = {}
        self.forced = frozenset(self.invariant())
        for fixed, depth in sorted({(not self.fixed(op), self.depth(op)) for op in self.sweeps()}):
            self.sweep([op for op in self.sweeps() if (not self.fixed(op), self.depth(op)) == (fixed, depth)])

    # what an operation is

    def fixed(self, op: Op) -> bool:
        """Is it known before the first step?"""
        return not self.gathered and not op.needs & PARAM

    def is_swept(self, op: Op) -> bool:
        return op.kind in REDUCTIONS and self.swept is not None and self.swept in self.extents.reduction(op).over

    def sweeps(self) -> Iterator[Op]:
        return (op for op in self.order if self.is_swept(op))

    def depth(self, op: Op) -> int:
        """How many sweeps its value takes."""
        if op not in self.depths:
            self.depths[op] = max(map(self.depth, op.args), default=0) + self.is_swept(op)
        return self.depths[op]

    def heavy(self, op: Op) -> bool:
        """Is it worth keeping rather than computing again?"""
        if op not in self.weights:
            self.weights[op] = op.kind not in CHEAP or any(map(self.heavy, op.args))
        return self.weights[op]

    def invariant(self) -> Iterator[Op]:
        """Factors of sums that do not change along every loop of the sum, and heavy parts of wider operations."""
        for op in self.order:
            if op.kind in REDUCTIONS:
                r = self.extents.reduction(op)
                wide = [f.args[0] if f.kind == "transpose" else f for f, places in r.factors if len(places) < r.loops]
                yield from (f for f in wide if f.kind not in (*FREE, *LOOKED_THROUGH))
            elif self.heavy(op) and any(u is not None and u.ndim > op.ndim for u in self.users[op]):
                yield op

    def is_kept(self, op: Op, index: Index) -> bool:
        """Has it a name (or, with open axes, an array) of its own? An index has none: arrays hold floats."""
        if op.kind == "whole":
            return False
        if (
            op.kind in STORED
            or op in self.forced
            or (len(self.users[op]) > 1 and op.kind not in ("transpose", "expand"))
        ):
            return True
        worth = self.heavy(op) or not op.ndim
        if worth and self.fixed(op) and any(u is None or not self.fixed(u) for u in self.users[op]):
            return True
        return worth and self.body is not None and not any(map(self.runs, index))

    def runs(self, index: str) -> bool:
        """Does an index change with the sweep?"""
        return self.letter in WORD.findall(index)

    # one entry of an operation

    def at(self, op: Op, index: Index, least: int = 0) -> str:
        code, strength = self.piece(op, index)
        return code if strength >= least else f"({code})"

    def piece(self, op: Op, index: Index) -> tuple[str, int]:
        if op.kind in FREE:
            return self.leaf(op, index)
        if op.kind in LOOKED_THROUGH or not self.is_kept(op, index):
            return self.plain(op, index)
        return self.kept(op, index), ATOM

    def leaf(self, op: Op, index: Index) -> tuple[str, int]:
        if not index:
            return text(op, lambda a, least: "", self.extents.name)
        if op.attr in self.gathered:
            axis = self.gathered[op.attr]
            index = tuple(f"{self.rows}[{x}]" if p == axis else x for p, x in enumerate(index))
        return f"{op.attr}[{', '.join(index)}]", ATOM

    def plain(self, op: Op, index: Index) -> tuple[str, int]:
        """One entry in place."""
        move = MOVES.get(op.kind)
        if move is not None:
            return self.piece(op.args[0], move(self.extents, op, index))
        if op.kind == "arange":
            first = op.attr[0].text(self.extents.name)
            return f"float({index[0]})" if first == "0" else f"float({first} + {index[0]})", ATOM
        if op.kind == "whole":
            return f"int({self.at(op.args[0], index)})", ATOM
        if op.kind == "lookup":
            own = len(index) - op.args[0].ndim + len(op.args) - 1  # behind them, those within a row
            places = (self.at(a, last(index[:own], a)) for a in op.args[1:])
            return self.piece(op.args[0], (*places, *index[own:]))
        return entry_text(op, lambda a, least: self.at(a, last(index, a), least), self.extents.name)

    def kept(self, op: Op, index: Index) -> str:
        """The name of a value that is computed beforehand; axes that the sweep does not fix are kept whole."""
        index = tuple("0" if e is None else x for x, e in zip(index, self.extents(op), strict=True))  # one entry wide
        whole = self.is_swept(op) or op.kind in (*WHOLE, "scatter") or (self.fixed(op) and self.heavy(op))
        pattern = tuple("*" if whole or not self.runs(x) else x for x in index)
        if (op, pattern) not in self.called:
            self.store(op, pattern)
        name, opened = self.called[op, pattern], [x for x, p in zip(index, pattern, strict=True) if p == "*"]
        return f"{name}[{', '.join(opened)}]" if opened else name

    # whole values

    def store(self, op: Op, pattern: Index) -> None:
        """Compute an operation for all its open axes and give it a name."""
        outer = self.body
        lengths = [e for e, p in zip(self.extents(op), pattern, strict=True) if p == "*"]
        runs = any(p != "*" for p in pattern)
        if not runs:
            self.body = None
        name = self.named(op, lengths)
        target, letters = self.target(name, lengths)
        free = iter(letters)
        index = tuple(next(free) if p == "*" else p for p in pattern)
        lines = list(self.filled(op, index, target, letters, lengths))
        place = self.body if self.body is not None else self.lines.once if self.fixed(op) else self.lines.each
        place.extend(lines)
        self.body = outer
        self.called[op, pattern] = name

    def named(self, op: Op, lengths: Sequence[Extent]) -> str:
        words = {"add": "r", "exp": "e", "tanh": "t", "div": "p", "max": "top"}
        name = self.names.own(words[op.kind]) if op.kind in words else self.names.numbered("v")
        if lengths:
            self.lines.memory.append(f"{name} = np.empty(({', '.join(map(self.extents.said, lengths))},))")
        return name

    def target(self, name: str, lengths: Sequence[Extent]) -> tuple[str, list[str]]:
        letters = self.inner[: len(lengths)]
        return f"{name}[{', '.join(letters)}]" if letters else name, letters

    def filled(self, op: Op, index: Index, target: str, letters: list[str], lengths: Sequence[Extent]) -> Iterator[str]:
        if op.kind == "concatenate":
            yield from self.joined(op, target)
        elif op.kind in WHOLES:
            yield f"{target.partition('[')[0]}{'[:]' if op.ndim else ''} = {op.kind}({self.array(op.args[0])})"
        elif op.kind in RUNNING:
            yield from self.loops(letters, lengths, [f"{target} = {following(self, op, index, target)}"])
        elif op.kind in MOVING:
            yield from self.loops(letters, lengths, neighbours(self, op, index, target))
        elif op.kind in REDUCTIONS:
            yield from self.reduced(self.extents.reduction(op), index, target, letters, lengths)
        else:
            yield from self.loops(letters, lengths, [f"{target} = {self.plain(op, index)[0]}"])

    def array(self, op: Op) -> str:
        """The name of an array with all entries of an operation."""
        if op.kind == "leaf" and op.attr not in self.gathered:
            return str(op.attr)
        whole = ("*",) * op.ndim
        if (op, whole) not in self.called:
            self.store(op, whole)
        return self.called[op, whole]

    def loops(self, letters: Iterable[str], lengths: Iterable[Extent], body: Sequence[str]) -> list[str]:
        lines: list[str] = []
        for depth, (letter, length) in enumerate(zip(letters, lengths, strict=True)):
            lines.append("    " * depth + f"for {letter} in range({self.extents.said(length)}):")
        return lines + ["    " * len(lines) + line for line in body]

    def joined(self, op: Op, target: str) -> Iterator[str]:
        """The parts one behind the other along the first axis."""
        name, begin = target.partition("[")[0], "0"
        for part in op.args:
            lengths = self.extents(part)
            letters = self.inner[: len(lengths)]
            index = (f"{begin} + {letters[0]}", *letters[1:])
            value = self.at(part, tuple(letters))
            yield from self.loops(letters, lengths, [f"{name}[{', '.join(index)}] = {value}"])
            begin = f"{begin} + {self.extents.said(lengths[0])}"

    def reduced(
        self, r: Reduction, index: Index, target: str, letters: list[str], lengths: Sequence[Extent]
    ) -> Iterator[str]:
        """A sum in loops of its own: over a number, or over the last open axis where memory runs along it."""
        over = self.inner[len(letters) : len(letters) + len(r.over)]
        word = self.product(r, (*index, *over))
        if r.row is not None:
            row = self.at(r.row, tuple(over))
            yield f"{target.partition('[')[0]}[:] = 0.0"
            yield from self.loops([*over, *letters[1:]], [*r.over, *lengths[1:]], [f"{in_row(target, row)} += {word}"])
        elif not letters:
            yield f"{target} = {START[r.kind]}"
            yield from self.loops(over, r.over, [gathered_by(r.kind, target, word)])
        elif self.along(r, (*index, *over), letters[-1]) > self.along(r, (*index, *over), over[-1]):
            yield f"{target.partition('[')[0]}[:] = {START[r.kind]}"
            yield from self.loops([*over, *letters], [*r.over, *lengths], [gathered_by(r.kind, target, word)])
        else:
            total = self.names.numbered("v")
            inner = self.loops(over, r.over, [gathered_by(r.kind, total, word)])
            yield from self.loops(letters, lengths, [f"{total} = {START[r.kind]}", *inner, f"{target} = {total}"])

    def product(self, r: Reduction, letters: Index) -> str:
        least = MUL + 1 if len(r.factors) > 1 else ADD
        return "*".join(self.at(f, tuple(letters[p] for p in places), least) for f, places in r.factors)

    def along(self, r: Reduction, letters: Index, letter: str) -> int:
        """How many factors run along memory with this letter, less those that jump."""
        places = [[letters[p] for p in at] for _, at in r.factors]
        turned = [at[::-1] if f.kind == "transpose" else at for at, (f, _) in zip(places, r.factors, strict=True)]
        return sum(1 if at[-1] == letter else -1 for at in turned if letter in at)

    # sums over the swept index

    def sweep(self, sums: Sequence[Op]) -> None:
        """One loop for all these sums."""
        section = self.lines.once if self.fixed(sums[0]) else self.lines.each
        self.called = {key: name for key, name in self.called.items() if not any(map(self.runs, key[1]))}
        body: list[str] = []
        heads: list[str] = []
        for op in sums:
            r = self.extents.reduction(op)
            name = self.named(op, r.out)
            self.called[op, ("*",) * len(r.out)] = name
            target, letters = self.target(name, r.out)
            at = r.over.index(self.swept)
            free = iter(self.inner[len(letters) :])
            over = [self.letter if p == at else next(free) for p in range(len(r.over))]
            self.body = body
            word = self.product(r, (*letters, *over))
            heads.append(f"{name}[:] = {START[r.kind]}" if letters else f"{name} = {START[r.kind]}")
            rest = [(x, e) for x, e in zip(over, r.over, strict=True) if x != self.letter]
            inner = [*zip(letters, r.out, strict=True), *rest]
            if r.row is not None:
                target, inner = in_row(target, self.at(r.row, tuple(over))), inner[1:]
            body += self.loops([x for x, _ in inner], [e for _, e in inner], [gathered_by(r.kind, target, word)])
            self.body = None
        section += heads + self.loops([self.letter], [self.swept], body)

    # results

    def output(self, op: Op, name: str) -> list[str]:
        """Lines after which `name` is the value (a float, or an array that exists already)."""
        letters = self.inner[: op.ndim]
        if not op.ndim:
            return [f"{name} = {self.at(op, ())}"]
        lengths = self.extents(op)
        value = self.at(op, tuple(letters))
        return self.loops(letters, lengths, [f"{name}[{', '.join(letters)}] = {value}"])
