"""`python -m examples --out out`: all worked examples, a page and a LaTeX document; exit 1 if anything does not hold."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from examples import document, page
from examples.articles import ARTICLES
from examples.book import Article, Example, work_out
from examples.files import save
from examples.words import to_plain
from gdsym.export.saving import written_whole

Done = list[tuple[Article, list[Example]]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Compute, write, and report."""
    asked = _arguments(arguments)
    chosen = [
        (article, [row for row in article.rows if not asked.only or row.__name__ in asked.only]) for article in ARTICLES
    ]
    chosen = [(article, rows) for article, rows in chosen if rows]
    files: dict[str, int] = {}
    done: Done = []
    with _bar(sum(len(rows) for _, rows in chosen)) as bar:
        for article, rows in chosen:
            examples = []
            for row in rows:
                bar.set_description(row.__name__)
                examples.append(work_out(row))
                files[row.__name__] = len(save(examples[-1], asked.out))
                bar.update()
            done.append((article, examples))
    written_whole(asked.out / "index.html", page.page(done))
    written_whole(asked.out / "articles.tex", document.document(done))
    return report(done, files, asked.out)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m examples", description=__doc__)
    known = [row.__name__ for article in ARTICLES for row in article.rows]
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for the results (default: out)")
    parser.add_argument("--only", nargs="+", metavar="ID", choices=known, help=f"some of {', '.join(known)}")
    asked = parser.parse_args(arguments)
    asked.out.mkdir(parents=True, exist_ok=True)
    return asked


def _bar(total: int) -> object:
    try:
        from tqdm import tqdm
    except ImportError:
        raise SystemExit("The examples need tqdm and math-core: pip install 'gdsym[examples]'.") from None
    return tqdm(total=total, unit="example", file=sys.stderr, disable=None)


def report(done: Done, files: dict[str, int], out: Path) -> int:
    """The table at the end, and what failed; 0 if all holds."""
    examples = [e for _, some in done for e in some]
    print(f"{'id':<4} {'what it shows':<46} {'lines':>5} {'checks':>6} {'files':>5}")
    for e in examples:
        failed = f"  {len(e.failed)} FAILED" if e.failed else ""
        print(f"{e.id:<4} {to_plain(e.title):<46.46} {e.steps:>5} {e.assertions:>6} {files[e.id]:>5}{failed}")
    print(
        f"{'':<4} {len(examples):>3} examples {'':<33} {sum(e.steps for e in examples):>6} {sum(e.assertions for e in examples):>6} {sum(files.values()):>5}"
    )
    print(f"open {out / 'index.html'}; typeset {out / 'articles.tex'} with pdflatex")
    failed = [f"{e.id}: {what}" for e in examples for what in e.failed]
    for what in failed:
        print(f"DOES NOT HOLD  {what}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
