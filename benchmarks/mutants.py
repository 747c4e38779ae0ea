"""Wrong steps before the judge: `python benchmarks/mutants.py --per-step 6`: a table by kind, and every one that was accepted."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from corpus import CASES, REFUSED, UNJUDGED, Case  # noqa: E402
from mutants import Tally, judged  # noqa: E402
from test_matrix import COSTS  # noqa: E402


def cases() -> Iterator[Case]:
    """The corpus, but for what has no evidence or takes the other side minutes (integrals), and costs over matrices."""
    from sympy import Integral

    yield from (
        c for c in CASES if c.expr not in REFUSED and c.expr not in UNJUDGED and not c.expr.has(Integral)
    )  # fmt: skip
    yield from (Case(cost, by, group="matrices") for _, cost, by, _ in COSTS)


def one(job: tuple[int, int, int]) -> Tally:
    at, seed, per_step = job
    return judged(tuple(cases())[at], random.Random(f"{seed}/{at}"), per_step)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-step", type=int, default=6)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, help="take every n-th case only")
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    total, start = Tally(), time.perf_counter()
    jobs = [(at, options.seed, options.per_step) for at in range(options.first, len(tuple(cases())), options.every)]
    with ProcessPoolExecutor(options.jobs) as pool:
        for tally in pool.map(one, jobs):
            total.add(tally)
            for line in tally.accepted:
                print(line[:1000], flush=True)
    print(table(total))
    print(f"\n{time.perf_counter() - start:.0f} s")
    return int(bool(total.accepted))


def table(total: Tally) -> str:
    rows = ["| kind | mutants | change nothing | wrongly accepted |", "|---|---|---|---|"]
    for kind in sorted(total.made):
        wrong = sum(line.startswith(f"{kind}:") for line in total.accepted)
        rows.append(f"| {kind} | {total.made[kind]} | {total.same[kind]} | {wrong} |")
    made, same, wrong = sum(total.made.values()), sum(total.same.values()), len(total.accepted)
    rows.append(f"| all | {made} | {same} | {wrong} |")
    return "\n".join(
        [*rows, "", f"{100 * (1 - wrong / max(1, made - same)):.3f} % of those that change something are refused"]
    )


if __name__ == "__main__":
    sys.exit(main())
