r"""`python -m examples.gallery --out out`: derivations of every kind as LaTeX, HTML and text.

With `--docs docs` also the page of the repository, `docs/gallery.md`, and its pictures (these need pdflatex and pdftoppm).
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import matplotlib.image
import numpy as np

import gdsym as gd
from examples.plates import GALLERY, Plate
from gdsym.export import html, latex
from gdsym.export.saving import written_whole
from gdsym.export.short import short

TITLE = "A gallery of derivations"
DOTS = 150  # an inch of a picture
MARGIN = 12  # white around it
ONE_SHEET = r"\pagestyle{empty}\setlength{\textheight}{3000pt}\setlength{\pdfpageheight}{3200pt}"
INTRODUCTION = f"""# {TITLE}

Each was derived by gdsym from the expression alone; every line is a step that was checked. The whole gallery, {len(GALLERY)} derivations
of every kind, is printed by `python -m examples.gallery --out out` (LaTeX, HTML, text); this page by the same with `--docs docs`.
"""

Made = Sequence[tuple[Plate, gd.Derivation]]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m examples.gallery", description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=Path("out"), help="folder for gallery.tex, .html, .txt (default: out)"
    )
    parser.add_argument("--docs", type=Path, help="folder of gallery.md and pictures/, regenerated too")
    asked = parser.parse_args(arguments)
    made = [(plate, plate.make()) for plate in GALLERY]
    asked.out.mkdir(parents=True, exist_ok=True)
    written_whole(asked.out / "gallery.tex", book(made))
    written_whole(asked.out / "gallery.html", web(made))
    written_whole(asked.out / "gallery.txt", "\n\n".join(f"{p.title}\n\n{d.text()}" for p, d in made) + "\n")
    if asked.docs:
        written_whole(asked.docs / "gallery.md", page(made))
        for plate, d in made:
            if plate.picture:
                draw(d, asked.docs / "pictures" / f"{plate.picture}.png")
    return 0


def book(made: Made) -> str:
    """One LaTeX document, a numbered heading before each."""
    start, end = latex.document([], title=TITLE).split(r"\end{document}")
    sections = (
        rf"\subsection*{{{number}\quad {plate.title}}}" + "\n" + latex.section(short(d.page()))
        for number, (plate, d) in enumerate(made, 1)
    )
    return start + "\n\n\\medskip\n\n".join(sections) + "\n\n\\end{document}" + end


def web(made: Made) -> str:
    """One page of HTML, a heading before each."""
    start, end = html.document([], title=TITLE).split("</body>")
    sections = (f"<h2>{plate.title}</h2>\n{html.body(short(d.page()))}\n" for plate, d in made)
    return start + "".join(sections) + "</body>" + end


def page(made: Made) -> str:
    """Those with words, as Markdown that GitHub typesets."""
    return "\n".join([INTRODUCTION, *_sections(made)])


def _sections(made: Made) -> Iterable[str]:
    for plate, d in made:
        if plate.words:
            shown = f"![{plate.title}](pictures/{plate.picture}.png)\n" if plate.picture else for_github(d.markdown())
            yield f"## {plate.title}\n\n{plate.words}\n\n{shown}"


def for_github(markdown: str) -> str:
    r"""Mathematics in fences and backticks, where no `\,` is taken for an escaped comma."""
    fenced = re.sub(r"\$\$\n(.*?)\n\$\$", r"```math\n\1\n```", markdown, flags=re.S)
    return re.sub(r"(?<![\\$])\$([^$\n]+)\$", r"$`\1`$", fenced)


def draw(d: gd.Derivation, target: Path) -> None:
    """The derivation, typeset, without the white around it."""
    document = latex.document(short(d.page())).replace(r"\begin{document}", f"{ONE_SHEET}\n\\begin{{document}}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "page.tex").write_text(document, encoding="utf-8")
        _run(folder, "pdflatex", "-interaction=batchmode", "-no-shell-escape", "page.tex")
        _run(folder, "pdftoppm", "-r", str(DOTS), "-gray", "-png", "-singlefile", "page.pdf", "page")
        picture = np.atleast_3d(matplotlib.image.imread(folder / "page.png"))[..., 0]
    rows, columns = (np.flatnonzero((picture < 1).any(axis=axis)) for axis in (1, 0))
    cut = picture[max(rows[0] - MARGIN, 0) : rows[-1] + MARGIN, max(columns[0] - MARGIN, 0) : columns[-1] + MARGIN]
    matplotlib.image.imsave(target, cut, cmap="gray", vmin=0, vmax=1, metadata={"Software": ""})


def _run(folder: Path, *command: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)


if __name__ == "__main__":
    raise SystemExit(main())
