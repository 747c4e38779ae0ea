"""The strict readers of LaTeX: math-core, KaTeX by node, pdflatex. Missing tools skip a test, except in CI."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import math_core
from tools import absent

HERE = Path(__file__).parent
ROOT = HERE.parent
WORST_OVERFULL = 1.0  # points


def katex_refuses(strings: Sequence[str]) -> list[list[str]]:
    """What KaTeX in strict mode refuses, with its message."""
    node = shutil.which("node")
    folder = next((p for p in _katex_folders() if (p / "package.json").is_file()), None)
    if node is None or folder is None:
        absent(
            "node with the package katex (npm install katex in the repository, or GDSYM_KATEX=folder of the package)"
        )
    done = subprocess.run(
        [str(node), str(HERE / "katex_check.js")], input=json.dumps(list(strings)), capture_output=True, text=True,
        env={**os.environ, "GDSYM_KATEX": str(folder)}, check=True, timeout=120,
    )  # fmt: skip
    return list(json.loads(done.stdout))


def _katex_folders() -> list[Path]:
    named = os.environ.get("GDSYM_KATEX")
    return [*([Path(named)] if named else []), ROOT / "node_modules" / "katex"]


def math_core_refuses(strings: Sequence[str]) -> list[tuple[str, str]]:
    """What the converter to MathML refuses."""
    machine, refused = math_core.LatexToMathML(), []
    for tex in strings:
        try:
            machine.convert_with_local_state(tex, displaystyle=True)
        except math_core.LatexError as error:
            refused.append((tex, str(error)[:200]))
    return refused


def pdflatex_complains(document: str, folder: Path) -> list[str]:
    """Errors, missing characters and boxes more than a point too wide or high."""
    program = shutil.which("pdflatex")
    if program is None:
        absent("pdflatex (texlive-latex-base)")
    (folder / "page.tex").write_text(document, encoding="utf-8")
    done = subprocess.run(
        [str(program), "-interaction=nonstopmode", "-no-shell-escape", "page.tex"], cwd=folder, capture_output=True, timeout=240, check=False
    )  # fmt: skip
    log = (folder / "page.log").read_text(encoding="utf-8", errors="replace")
    bad = [line for line in log.splitlines() if line.startswith(("!", "Missing character"))]
    bad += [
        f"too large: {pt} pt"
        for pt in re.findall(r"Overfull \\[hv]box \(([\d.]+)pt", log)
        if float(pt) > WORST_OVERFULL
    ]
    if done.returncode != 0 or not (folder / "page.pdf").is_file():
        bad.append(f"pdflatex ended with {done.returncode}")
    return bad
