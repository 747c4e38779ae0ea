"""Tables of `python -m benchmarks [descent|growth|pairs|models|losses|latency|derivation|file]` (all but `file` without an argument)."""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ.pop("OPENBLAS_CORETYPE", None)
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # before any library starts its threads

import sys
from importlib import import_module

TABLES = ("descent", "growth", "pairs", "models", "losses", "latency", "derivation")


def main() -> None:
    name, *rest = sys.argv[1:] or ["all"]
    for table in TABLES if name == "all" else [name]:
        import_module(f"benchmarks.{table}").main(*map(int, rest))


if __name__ == "__main__":
    main()
