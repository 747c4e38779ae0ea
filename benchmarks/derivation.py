"""Derivation alone beside `sympy.diff` and symengine, its growth, and what the judge takes; processor milliseconds.

Derivation alone: from the SymPy expression to the tidied last line of every partial derivative, as `Cost.gradient` makes
them, without checks and without printing. `sympy.diff` for each parameter, SymPy's cache cleared before.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from sympy import Add, Float, IndexedBase, Symbol, diff, symbols, tanh
from sympy.core.cache import clear_cache

import gdsym.judging as judging
from benchmarks.contest import circumstances, figure
from gdsym.closing import tidied
from gdsym.derivation import Derivation
from gdsym.lines import root_value
from gdsym.memory import Memory
from gdsym.rules import RULES
from gdsym.solve import Solver
from gdsym.written import from_sympy
from gdsym.written.nodes import D, Node, Sym

Case = tuple[Any, Sequence[Any]]
SLOW = 5.0  # seconds: what takes longer is measured once


def squares(n: int) -> Case:
    """The sum of (x_k - k)^2."""
    x = symbols(f"x1:{n + 1}")
    return Add(*((letter - k) ** 2 for k, letter in enumerate(x, 1))), x


def least_squares(m: int, n: int, entries: bool = False) -> Case:
    """1/(2m) of the sum of (w_1 x_i1 + ... + w_n x_in - y_i)^2; the data are letters, or entries of arrays."""
    w, X, Y = symbols(f"w1:{n + 1}"), IndexedBase("X"), IndexedBase("Y")
    x = [[X[i, j] if entries else Symbol(f"x{i}_{j}") for j in range(1, n + 1)] for i in range(1, m + 1)]
    y = [Y[i] if entries else Symbol(f"y{i}") for i in range(1, m + 1)]
    return Add(*((_dot(w, row) - t) ** 2 for row, t in zip(x, y, strict=True))) / (2 * m), w


def network(n: int, h: int, m: int) -> Case:
    """An n-h-1 network with tanh, mean squared error over m samples."""
    W = [symbols(f"W{k}_1:{n + 1}") for k in range(1, h + 1)]
    U, V, b = symbols(f"U1:{h + 1}"), symbols(f"V1:{h + 1}"), Symbol("b")
    rows = [symbols(f"x{i}_1:{n + 1}") for i in range(1, m + 1)]
    out = [_dot(V, [tanh(_dot(weights, row) + u) for weights, u in zip(W, U, strict=True)]) + b for row in rows]
    y = symbols(f"y1:{m + 1}")
    return Add(*((f - t) ** 2 for f, t in zip(out, y, strict=True))) / (2 * m), [*sum(W, ()), *U, *V, b]


def _dot(a: Sequence[Any], b: Sequence[Any]) -> Any:
    return Add(*(p * q for p, q in zip(a, b, strict=True)))


ROWS: dict[str, Callable[[], Case]] = {
    "10 squares": lambda: squares(10),
    "100 squares": lambda: squares(100),
    "1,000 squares": lambda: squares(1000),
    "least squares 100 x 10": lambda: least_squares(100, 10),
    "the same, data as entries of arrays": lambda: least_squares(100, 10, entries=True),
    "network 4-8-1, 20 samples": lambda: network(4, 8, 20),
}


def derived(case: Case) -> list[Node]:
    """The whole gradient as written forms, without checks."""
    expr, params = case
    variables, memory = tuple(map(Sym, params)), Memory()
    node = from_sympy(expr, variables)
    typed, ranked = memory.composed(node), frozenset(variables)
    last: list[Node] = []
    for var in variables:
        work = Solver(var, RULES, {}, memory=memory).solve(D(node, var))
        how = {"typed": typed, "variables": frozenset((var,)), "memory": memory}
        steps = tidied(root_value(work), ranked, {}, **how)
        last.append(steps[-1].rhs if steps else root_value(work))
    return last


def by_sympy(case: Case) -> list[Any]:
    return [diff(case[0], p) for p in case[1]]


def agree(case: Case) -> None:
    """Some partial derivatives have the same value at a point as SymPy's."""
    expr, params = case
    at = {name: Float(f"0.{17 + 7 * k % 80}") for k, name in enumerate(sorted(expr.free_symbols, key=str))}
    for param, node in list(zip(params, derived(case), strict=True))[:: max(1, len(params) // 3)]:
        ours, theirs = (value.xreplace(at).n() for value in (node.to_sympy(), diff(expr, param)))
        if abs(ours - theirs) > 1e-9 * (1 + abs(theirs)):
            raise AssertionError(f"the derivatives by {param} differ: {ours}, {theirs}")


def milliseconds(run: Callable[[Case], Any], make: Callable[[], Case], rounds: int) -> float:
    """The median over expressions made anew."""
    times: list[float] = []
    while len(times) < rounds and sum(times) < SLOW * 1e3:
        times.append(once(run, make))
    return statistics.median(times)


def once(run: Callable[[Case], Any], make: Callable[[], Case]) -> float:
    """Milliseconds on a new expression, SymPy's cache empty; the garbage of what ran before is not charged to it."""
    case = make()
    clear_cache()
    gc.collect()
    start = time.process_time()
    run(case)
    return (time.process_time() - start) * 1e3


def in_turn(make: Callable[[], Case], rounds: int) -> tuple[float, float, float]:
    """Ours, `sympy.diff` and their ratio, medians over rounds in which each runs once."""
    derived(make())
    pairs: list[tuple[float, float]] = []
    while len(pairs) < rounds and sum(theirs for _, theirs in pairs) < SLOW * 1e3:
        pairs.append((once(derived, make), once(by_sympy, make)))
    ours, theirs = zip(*pairs, strict=True)
    return statistics.median(ours), statistics.median(theirs), statistics.median(t / o for o, t in pairs)


def by_symengine(make: Callable[[], Case], rounds: int) -> str:
    try:
        import symengine
    except ImportError:
        return "-"
    times: list[float] = []
    for _ in range(rounds):
        expr, *params = map(symengine.sympify, (make()[0], *make()[1]))
        start = time.process_time()
        for param in params:
            expr.diff(param)
        times.append((time.process_time() - start) * 1e3)
    return figure(statistics.median(times))


def side_by_side(rounds: int) -> None:
    print("\n| whole gradient | gdsym, ms | sympy.diff, ms | times faster | symengine, ms |\n|---|---|---|---|---|")
    for name, make in ROWS.items():
        if name != "the same, data as entries of arrays":
            agree(make())
        ours, theirs, ratio = in_turn(make, rounds)
        engine = by_symengine(make, rounds) if "entries" not in name else "-"
        print(f"| {name} | {figure(ours)} | {figure(theirs)} | {ratio:.1f} | {engine} |", flush=True)


def growth(rounds: int) -> None:
    """Time against the nodes of the result, parts that several partial derivatives share counted once."""
    print("\n| squares | nodes of the gradient | ms | microseconds a node |\n|---|---|---|---|")
    for n in (10, 100, 1000, 4000):
        case = squares(n)
        size, spent = _distinct(derived(case)), milliseconds(derived, lambda n=n: squares(n), rounds)
        print(f"| {n:,} | {size:,} | {figure(spent)} | {figure(spent * 1e3 / size)} |", flush=True)


def _distinct(nodes: Sequence[Node]) -> int:
    seen: set[Node] = set()
    todo = list(nodes)
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            todo.extend(node.children)
    return len(seen)


def worked_examples() -> None:
    """Every derivation in the worked examples, derived and checked, the process warm; and what each judgement takes."""
    from examples.__main__ import work_out
    from examples.articles import ARTICLES

    steps: list[float] = []
    whole: list[tuple[float, str]] = []
    judge, init = judging.judged, Derivation.__init__

    def timed(made: Callable[..., Any], keep: Callable[[float], None]) -> Callable[..., Any]:
        def run(*args: Any, **named: Any) -> Any:
            start = time.process_time()
            found = made(*args, **named)
            keep((time.process_time() - start) * 1e3)
            return found

        return run

    rows = [row for article in ARTICLES for row in article.rows]
    for round_ in range(2):  # the first warms up
        steps.clear()
        whole.clear()
        for row in rows:
            judge.cache_clear()
            judging.judged = timed(judge, steps.append)  # type: ignore[assignment]
            Derivation.__init__ = timed(init, lambda ms, row=row: whole.append((ms, row.__name__)))  # type: ignore[method-assign]
            try:
                work_out(row)
            finally:
                judging.judged, Derivation.__init__ = judge, init  # type: ignore[method-assign]
        if round_:
            _told(steps, whole)


def _told(steps: list[float], whole: list[tuple[float, str]]) -> None:
    print("\n| milliseconds | up to 0.25 | 0.5 | 1 | 2 | 5 | 10 | more | median |\n|---" + "|---" * 8 + "|")
    for name, times in (("a step judged", steps), ("a worked example derived and checked", [ms for ms, _ in whole])):
        ends = (0, 0.25, 0.5, 1, 2, 5, 10, float("inf"))
        counts = [sum(a < ms <= b for ms in times) for a, b in pairwise(ends)]
        print(f"| {name} | {' | '.join(map(str, counts))} | {statistics.median(times):.2f} |")
    slowest = ", ".join(f"{name} {ms:.0f}" for ms, name in sorted(whole, reverse=True)[:5])
    print(f"\nThe slowest derivations: {slowest} ms.")


def main(rounds: int = 5) -> None:
    """Print the tables."""
    side_by_side(rounds)
    growth(min(rounds, 3))
    worked_examples()
    print(f"\n{circumstances()}")
