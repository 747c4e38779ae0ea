"""`python -m gdsym.verify.recheck certificate.json`: judge a certificate; the exit status is 0 if all is supported."""

from __future__ import annotations

import sys
from pathlib import Path

from gdsym.verify.recheck import recheck


def main(arguments: list[str]) -> int:
    """Print what was found in each file."""
    if not arguments:
        print("usage: python -m gdsym.verify.recheck certificate.json ...")
        return 2
    found = [recheck(Path(name).read_text(encoding="utf-8")) for name in arguments]
    for name, result in zip(arguments, found, strict=True):
        print(f"{name}: {result}")
    return 0 if all(found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
