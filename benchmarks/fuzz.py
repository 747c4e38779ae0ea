"""Random derivatives for a night: `python benchmarks/fuzz.py --count 100000 --jobs 2`; a table, and every mismatch."""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from fuzzing import GRAMMARS, Report, chunk  # noqa: E402

SIZE = 100


def one(job: tuple[str, int]) -> tuple[str, int, Report]:
    grammar, seed = job
    try:
        return grammar, seed, chunk(grammar, seed, SIZE)
    except Exception as error:  # of the grammar or the other library: one chunk is lost, not the night
        return grammar, seed, Report(wrong=[f"no comparison: {type(error).__name__}: {error}"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--first", type=int, default=1000, help="the first seed; tests use those below 100")
    parser.add_argument("--every", type=int, default=20, help="the table so far after so many chunks of 100")
    parser.add_argument("--grammar", choices=GRAMMARS, action="append")
    options = parser.parse_args()
    grammars = options.grammar or GRAMMARS
    chunks = max(1, options.count // SIZE // len(grammars))
    jobs = [(grammar, options.first + number) for number in range(chunks) for grammar in grammars]
    totals = {grammar: Report() for grammar in grammars}
    start = time.perf_counter()
    with ProcessPoolExecutor(options.jobs) as pool:
        try:
            for done, (grammar, seed, report) in enumerate(pool.map(one, jobs), 1):
                totals[grammar].add(report)
                for line in report.wrong:
                    print(f"{grammar}/{seed}: {line}", flush=True)
                if done % options.every == 0:
                    print(f"\nup to seed {seed}, {time.perf_counter() - start:.0f} s\n{table(totals)}", flush=True)
        except KeyboardInterrupt:  # what is done is kept
            pool.shutdown(wait=False, cancel_futures=True)
    print(table(totals))
    print(f"\n{time.perf_counter() - start:.0f} s")
    return int(any(report.wrong for report in totals.values()))


def table(totals: dict[str, Report]) -> str:
    rows = ["| grammar | derived | points compared | refused | wrong |", "|---|---|---|---|---|"]
    for grammar, total in totals.items():
        refused = sum(total.unsupported.values())
        rows.append(f"| {grammar} | {total.derived} | {total.points} | {refused} | {len(total.wrong)} |")
    reasons = [
        f"- {count} times: {reason} ..."
        for total in totals.values()
        for reason, count in total.unsupported.most_common(8)
    ]
    return "\n".join([*rows, "", *reasons])


if __name__ == "__main__":
    sys.exit(main())
