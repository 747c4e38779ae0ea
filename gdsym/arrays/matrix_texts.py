"""Matrix products, and sums of products of more axes, as Python text."""

from __future__ import annotations

from gdsym.arrays.graph import Op
from gdsym.arrays.strength import ATOM, MUL, Name, Write
from gdsym.arrays.subscripts import Subscripts


def matmul_text(op: Op, write: Write, name: Name) -> tuple[str, int]:
    return " @ ".join(write(a, MUL + 1) for a in op.args), MUL - 1


def quick_text(op: Op, write: Write, name: Name) -> tuple[str, int]:
    """The same where only speed counts: a.dot(b), the same as a @ b up to two axes, saves half a microsecond a call."""
    if op.kind == "matmul":
        first, second = op.args
        return f"{write(first, ATOM)}.dot({write(second, 0)})", ATOM
    code, strength = einsum_text(op, write, name)
    words, out = str(op.attr).split("->")
    pair = Subscripts.of(words, out) if len(op.args) == 2 else None
    if pair is not None and code.startswith("np.einsum("):
        return _stacked(op, pair, out, write) or (code, strength)
    if pair is None or not code.startswith("np.tensordot("):
        return code, strength
    sides = [_leads(word, pair.inner) for word in (pair.first, pair.second)]
    if pair.out != out or None in sides:
        return code, strength
    parts = (*(write(a, 0) for a in op.args), len(pair.inner), *sides)
    return f"dotted({', '.join(map(str, parts))})", ATOM


def _stacked(op: Op, words: Subscripts, out: str, write: Write) -> tuple[str, int] | None:
    """A stack of matrix products, wherever the axes of the stack stand: NumPy's loops over all letters take two to ten times as long."""
    single = len(words.left) == len(words.inner) == len(words.right) == 1
    if not words.batch or not single or {*out} != {*words.out}:
        return None
    orders = words.batch + words.left + words.inner, words.batch + words.inner + words.right
    pair = zip(op.args, (words.first, words.second), orders, strict=True)
    sides = (_in_order(write(a, 0 if word == order else ATOM), word, order) for a, word, order in pair)
    return _in_order(f"np.matmul({', '.join(sides)})", words.out, out), ATOM


def _in_order(code: str, word: str, order: str) -> str:
    return code if word == order else f"{code}.transpose({', '.join(str(word.index(x)) for x in order)})"


def _leads(word: str, inner: str) -> bool | None:
    """Do these axes come first, in this order (True), or last (False)? None if neither."""
    return True if word.startswith(inner) else False if word.endswith(inner) else None


def einsum_text(op: Op, write: Write, name: Name) -> tuple[str, int]:
    """Matrix products where there are any: they are many times as quick."""
    words, out = str(op.attr).split("->")
    pair = Subscripts.of(words, out) if len(op.args) == 2 else None
    if pair is not None and pair.are_of_matrices and pair.out == out:
        return _batch(op, pair, write) if pair.batch else _tensordot(op, pair, write)
    if pair is not None and (found := _with_vectors(op, pair, out, write)):
        return found
    parts = [repr(op.attr), *(write(a, 0) for a in op.args)] + (["optimize=True"] if len(op.args) > 2 else [])
    return f"np.einsum({', '.join(parts)})", ATOM


def _tensordot(op: Op, words: Subscripts, write: Write) -> tuple[str, int]:
    """A stack of matrices times one is A @ B, too: what it gives owns its memory, which NumPy takes for a sum with it."""
    first, second = op.args
    if len(words.second) == 2 and words.first.endswith(words.inner):
        turned = f"{write(second, ATOM)}.T" if words.second.endswith(words.inner) else write(second, MUL + 1)
        return f"{write(first, MUL + 1)} @ {turned}", MUL - 1
    return f"np.tensordot({write(first, 0)}, {write(second, 0)}, {words.places})", ATOM


def _with_vectors(op: Op, words: Subscripts, out: str, write: Write) -> tuple[str, int] | None:
    """A matrix and a vector, or a stack of them: a loop over them is several times as slow."""
    pairs = ((words.first, words.left, op.args[0]), (words.second, words.right, op.args[1]))
    (wide, own, matrix), (narrow, none, vector) = pairs if words.left else pairs[::-1]
    if none or not own or not words.inner or out != words.batch + own or len(wide) < 3:
        return None
    if not words.batch:
        places = tuple(map(wide.index, words.inner)), tuple(map(narrow.index, words.inner))
        return f"np.tensordot({write(matrix, 0)}, {write(vector, 0)}, {places})", ATOM
    if len(own) > 1 or len(words.inner) > 1 or not (wide.startswith(words.batch) and narrow.startswith(words.batch)):
        return None
    whole = ":, " * len(words.batch)
    if wide.endswith(own):
        return f"({write(vector, ATOM)}[{whole}None] @ {write(matrix, MUL + 1)})[{whole}0]", ATOM
    return f"({write(matrix, MUL + 1)} @ {write(vector, ATOM)}[..., None])[..., 0]", ATOM


def _batch(op: Op, words: Subscripts, write: Write) -> tuple[str, int]:
    """A @ B takes the last axis of A and the last but one of B; what stands otherwise is turned."""
    swap = f".swapaxes({len(words.batch)}, {len(words.batch) + 1})"
    turned = (not words.first.endswith(words.inner), words.second.endswith(words.inner))
    sides = (f"{write(a, ATOM)}{swap}" if turn else write(a, MUL + 1) for a, turn in zip(op.args, turned, strict=True))
    return " @ ".join(sides), MUL - 1
