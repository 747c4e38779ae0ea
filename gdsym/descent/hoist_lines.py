"""The lines of a hoisted step: cost and gradient from the Hessian and the anchor, and a move of the anchor.

`~` stands in front of our own names. Q is the quadratic part, all of the cost where there is no rest R; then J = Q + R,
and rounding is measured against all of J and of its gradient g = q + r. Where the rest holds g down, so that reading the
data again would leave no fewer digits (q is still a quarter of what it was), the anchor stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.arrays.names import WORD
from gdsym.descent.task import Parameter, Program, freed, python_lines
from gdsym.record import record

MOST_STACKED = 64  # parameters up to which one product with H and H/2 together is quicker than a sum more
FALL = 2e-5  # J / Q_a at which the anchor moves
FALLEN = 1e-8  # |g|^2 / |q_a|^2 at which it moves
TURN = 1 / 16  # |q|^2 / |q_a|^2, and with the root of it Q / Q_a, below which moving it gains digits
WHOLE = "# the cost is quadratic: the data are read for the anchor only, again where rounding could be seen"
PARTLY = (
    "# J = Q + R: of Q, which is quadratic, the data are read for the anchor only, again where rounding could be seen"
)
LOW = "~low = {fall}*~Ja if ~Ja > 0.0 else -math.inf"
LIMITS = {
    False: [LOW.format(fall=FALL), "~least = max(~floor, ~enough)"],
    True: [
        LOW.format(fall=FALL),
        LOW.format(fall=TURN**0.5).replace("~low", "~part"),
        f"~turn = {TURN / FALLEN}*~floor",
    ],
}
NEAR = {
    False: "~gg >= ~floor and ~J > ~low",
    True: "(~gg >= ~floor or {qq} >= ~turn) and (~J > ~low or ~Q >= ~part)",
}
ZERO = ("0", "0.0")
FINE = {False: "~gg >= ~least and ~low < {J} < {high}", True: "~gg >= ~enough and {J} < {high} and {near}"}


@record
class Lines:
    """Lines before the loop, of a step, of a move of the anchor; the gradients' names; conditions."""

    once: list[str]
    each: list[str]
    move: list[str]
    gradients: list[str]
    fine: str  # nothing is out of the ordinary
    late: str  # the anchor moves
    far: str  # it moves: d is too long


def floats(codes: Sequence[str], rest: Program | None) -> Lines:
    """A few plain parameters: plain arithmetic."""
    n = range(len(codes))
    slopes, news, points = (", ".join(f"~{word}{j}" for j in n) + "," for word in ("ga", "q", "a"))
    limits = [f"~floor = {FALLEN}*({_squares('ga', n)})", *LIMITS[rest is not None]]
    once = ["~Ja, ~slope = ~anchor.at(~first)", f"{slopes} = ~slope.tolist()", f"{points} = ~first.tolist()", *limits]
    each = [f"~d{j} = {codes[j]} - ~a{j}" for j in n]
    for i in n:
        each.append(f"~h{i} = " + " + ".join(f"~K{i}{j}*~d{j}" for j in n))
        each += [f"~m{i} = ~ga{i} + ~h{i}", f"~q{i} = ~m{i} + ~h{i}"]
    value = f"~Ja + ({' + '.join(f'~m{j}*~d{j}' for j in n)})"
    move = [f"~Ja, ~slope = ~anchor({', '.join(codes)})", f"{slopes} = {news} = ~slope.tolist()"]
    move += [f"{points} = {', '.join(codes)},"]
    far = f"~far*({_squares('d', n)})"
    if rest is None:
        names, square = [f"~q{j}" for j in n], f"~gg = {_squares('q', n)}"
        return _lines(
            [WHOLE, *once], [*each, f"~J = {value}", square], [*move, "~J = ~Ja", square, *limits], names, far
        )
    sums = [f"~J = ~Q + ({rest.value})", *(f"~g{j} = {_plus(f'~q{j}', rest.gradients[j])}" for j in n)]
    sums += [f"~gg = {_squares('g', n)}"]
    own = [*python_lines(rest.each), *sums]
    start = [PARTLY, *once, *python_lines(rest.once)]
    names = [f"~g{j}" for j in n]
    return _lines(
        start, [*each, f"~Q = {value}", *own], [*move, "~Q = ~Ja", *sums, *limits], names, far, _squares("q", n)
    )


def arrays(size: int, params: Sequence[Parameter], rest: Program | None) -> Lines:
    """Many parameters in one vector: one matrix times one vector, into arrays that are made once."""
    stacked = size <= MOST_STACKED
    limits = [f"~floor = {FALLEN}*float(~ga.dot(~ga))", *LIMITS[rest is not None]]
    once = ["~Ja, ~ga = ~anchor.at(~first)", "~a = ~first", *limits]
    if stacked:  # (H/2 | g_a) and (H | g_a) times (d, 1)
        once += ["~M = np.vstack([np.column_stack([0.5*~H, ~ga]), np.column_stack([~H, ~ga])])"]
        once += [f"~d1, ~mq = np.ones({size + 1}), np.empty({2 * size})"]
        once += [f"~d, ~m, ~q = ~d1[:{size}], ~mq[:{size}], ~mq[{size}:]"]
        product = ["~M.dot(~d1, ~mq)"]
    else:
        once += ["~K, (~d, ~h, ~m, ~q) = 0.5*~H, np.empty((4, len(~a)))"]
        product = ["~K.dot(~d, ~h)", "np.add(~ga, ~h, ~m)", "np.add(~m, ~h, ~q)"]
    each = ["np.subtract(~theta, ~a, ~d)", *product]
    move = ["~Ja, ~ga = ~anchor.at(~theta)", "~a = ~anchor.point", "~q[:] = ~ga"]
    limits = [*([f"~M[:{size}, {size}] = ~M[{size}:, {size}] = ~ga"] if stacked else []), *limits]
    value, far = "~Ja + float(~m.dot(~d))", "~far*float(~d.dot(~d))"
    if rest is None:
        square = "~gg = float(~q.dot(~q))"
        return _lines(
            [WHOLE, *once], [*each, f"~J = {value}", square], [*move, "~J = ~Ja", square, *limits], ["~q"], far
        )
    sums = ["~J = ~Q + ~R", "np.add(~q, ~r, ~g)", "~gg = float(~g.dot(~g))"]
    fixed, moving = _slopes(params, rest)
    own = [*_views(params, rest), *python_lines(rest.each), f"~R = {rest.value}", *moving, *freed(rest.each)]
    start = [PARTLY, *once, f"~r, ~g = np.zeros((2, {size}))", *python_lines(rest.once), *fixed]
    qq = "float(~q.dot(~q))"
    return _lines(start, [*each, f"~Q = {value}", *own, *sums], [*move, "~Q = ~Ja", *sums, *limits], ["~g"], far, qq)


def _lines(
    once: list[str], each: list[str], move: list[str], gradients: list[str], far: str, qq: str | None = None
) -> Lines:
    """With `qq`, the square of q, there is a rest."""
    near = NEAR[qq is not None].format(qq=qq)
    fine = FINE[qq is not None].replace("{near}", near)
    also = "" if qq is None else f" and {far} > {FALLEN / TURN}*({qq})"
    return Lines(once, each, move, gradients, fine, f"not ({near})", f"{far} > ~gg{also}")


def _squares(word: str, n: range) -> str:
    return " + ".join(f"~{word}{j}*~{word}{j}" for j in n)


def _plus(q: str, slope: str) -> str:
    return q if slope in ZERO else f"{q} + ({slope})"


def _views(params: Sequence[Parameter], rest: Program) -> list[str]:
    """The parameters that the rest mentions, cut out of the vector."""
    lines, at = [], 0
    used = set(WORD.findall(" ".join([*python_lines(rest.each), rest.value, *rest.gradients])))
    for p in params:
        part = f"~theta[{at}:{at + p.size}]" if p.is_array else f"float(~theta[{at}])"
        shape = f".reshape({p.shape})" if len(p.shape) > 1 else ""
        lines += [f"{p.code} = {part}{shape}"] if p.code in used else []
        at += p.size
    return lines


def _slopes(params: Sequence[Parameter], rest: Program) -> tuple[list[str], list[str]]:
    """The gradient of the rest, laid out as the vector is: what never changes, and what does."""
    fixed: list[str] = []
    moving: list[str] = []
    at, before = 0, {part.name for part in rest.once if not isinstance(part, str)}
    for j, (p, slope) in enumerate(zip(params, rest.gradients, strict=True)):
        place = f"~r[{at}:{at + p.size}]{f'.reshape({p.shape})' if len(p.shape) > 1 else ''}"
        fixed += [f"~r{j} = {place}"] if p.is_array else []  # a view
        line = f"~r{j}[...] = {slope}" if p.is_array else f"~r[{at}] = {slope}"
        (fixed if slope in before or slope in ZERO else moving).append(line)
        at += p.size
    return fixed, moving
