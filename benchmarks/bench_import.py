"""What `import gdsym` costs beyond SymPy, NumPy and flint: medians of fresh, interleaved processes, in milliseconds."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

BASE, OURS = "import sympy, numpy, flint", "import sympy, numpy, flint, gdsym"
ROUNDS = 11


def seconds(statement: str) -> float:
    """Wall time of a fresh Python that runs `statement`."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main() -> None:
    for statement in (BASE, OURS):
        seconds(statement)  # byte code and disk
    pairs = [(seconds(BASE), seconds(OURS)) for _ in range(ROUNDS)]
    base, ours = (statistics.median(column) * 1e3 for column in zip(*pairs, strict=True))
    extra = statistics.median(b - a for a, b in pairs) * 1e3
    print("| import | ms |\n|---|---|")
    print(f"| sympy, numpy, flint | {base:.0f} |\n| the same and gdsym | {ours:.0f} |\n| difference | {extra:.0f} |")


if __name__ == "__main__":
    main()
