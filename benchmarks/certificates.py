"""Certificates of the whole corpus, judged again: `python benchmarks/certificates.py`; every one that is not supported is printed.

The certificates are made in one process and judged in another, which imports `gdsym.verify` and nothing that derives.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PART = 40  # certificates that one process judges
ENGINE = ("gdsym.rules", "gdsym.solve", "gdsym.derivation", "gdsym.claims")
JUDGE = f"""
import json, sys
from pathlib import Path
from gdsym.verify import recheck
for name in sys.argv[2:]:
    found = recheck(Path(name).read_text(encoding="utf-8"), seed=int(sys.argv[1]))
    print(json.dumps([Path(name).stem, bool(found), str(found)]), flush=True)
assert not [name for name in sys.modules if name.startswith({ENGINE!r})]
"""


def cases() -> tuple[Any, ...]:
    """The derivations of the corpus that have evidence, and those of costs over matrices."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from corpus import CASES, REFUSED, UNJUDGED, Case
    from test_matrix import COSTS

    scalar = (case for case in CASES if case.expr not in REFUSED and case.expr not in UNJUDGED)
    return (*scalar, *(Case(cost, by, group="matrices") for _, cost, by, _ in COSTS))


def written(folder: Path, chosen: Iterable[tuple[int, Any]]) -> Iterator[Path]:
    """The certificates of these derivations, a file each."""
    import gdsym as gd

    for at, case in chosen:
        path = folder / f"{at}.json"
        path.write_text(gd.derive(case.expr, case.wrt, where=case.where).certificate, encoding="utf-8")
        yield path


def judged(paths: list[Path], seed: int) -> Iterator[tuple[str, bool, str]]:
    """Name, supported or not, and what was found."""
    for at in range(0, len(paths), PART):
        names = map(str, paths[at : at + PART])
        command = [sys.executable, "-c", JUDGE, str(seed), *names]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        for line in done.stdout.splitlines():
            name, supported, words = json.loads(line)
            yield name, supported, words


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--every", type=int, default=1, help="take every n-th case only")
    parser.add_argument("--seed", type=int, default=1, help="chooses the points")
    options = parser.parse_args()
    start, count, failed = time.perf_counter(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        paths = list(written(Path(folder), list(enumerate(cases()))[options.first :: options.every]))
        for name, supported, words in judged(paths, options.seed):
            count, failed = count + 1, failed + (not supported)
            if not supported:
                print(f"case {name}: {words[:1500]}", flush=True)
    print(f"{count} certificates, {failed} not supported, {time.perf_counter() - start:.0f} s")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
