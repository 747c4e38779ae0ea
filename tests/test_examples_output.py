"""What the examples write: strict LaTeX, a page without network or script, the same bytes every time."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import sympy
from latex_reader import read
from latex_tools import katex_refuses, math_core_refuses
from test_examples import IDS, row
from tools import absent

from examples import document, page
from examples.__main__ import main
from examples.articles import ARTICLES
from examples.words import plain_math, to_html, to_plain, to_tex
from gdsym.writing.latex import latex
from gdsym.writing.names import latex_name

ROOT = Path(__file__).parent.parent
FEW = ["B6", "C6"]
OTHERS = ["C3", "C9"]


def strings() -> list[str]:
    """All displayed mathematics of all examples."""
    examples = [row(name) for name in IDS]
    prose = [
        p
        for e in examples
        for p in (e.words, e.put_right, e.chosen, *(n.what for n in e.numbers), *(c.what for c in e.checks))
    ]
    inline = [found for p in prose for found in re.findall(r"\$([^$]+)\$", p)]
    shown = [f.tex for e in examples for f in e.formulas] + [d.latex() for e in examples for d in e.derivations]
    return inline + shown


def test_katex_takes_all() -> None:
    assert katex_refuses(strings()) == []


def test_math_core_takes_all() -> None:
    assert math_core_refuses(strings()) == []


@pytest.fixture(scope="module")
def done() -> list[Any]:
    return [(article, [row(r.__name__) for r in article.rows]) for article in ARTICLES]


def test_pdflatex_takes_all_examples(done: list[Any], tmp_path: Path) -> None:
    """One document, pictures left out; nothing sticks out by more than a point."""
    program = shutil.which("pdflatex")
    if program is None:
        absent("pdflatex (texlive-latex-base)")
    text = re.sub(r"\\resizebox.*", "(picture)", document.document(done))
    (tmp_path / "articles.tex").write_text(text, encoding="utf-8")
    run = subprocess.run(
        [str(program), "-interaction=nonstopmode", "-no-shell-escape", "articles.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    log = (tmp_path / "articles.log").read_text(encoding="utf-8", errors="replace")
    assert run.returncode == 0
    assert [line for line in log.splitlines() if line.startswith(("!", "Missing character"))] == []
    assert [pt for pt in re.findall(r"Overfull \\[hv]box \(([\d.]+)pt", log) if float(pt) > 1] == []


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "br", "link", "mspace"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, (tag, self.open[-3:])
        self.open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_needs_no_network_and_no_script(done: list[Any]) -> None:
    text = page.page(done)
    seen = Seen()
    seen.feed(text)
    assert seen.open == []
    names = {tag for tag, _ in seen.tags}
    assert not names & {"script", "link", "iframe", "object", "embed"}
    links = [a.get("src") or a.get("href") or "" for _, a in seen.tags]
    assert not [link for link in links if "//" in link]
    assert "url(" not in text and "@import" not in text
    ids = [a["id"] for _, a in seen.tags if "id" in a]
    assert len(ids) == len(set(ids)) and set(IDS) <= set(ids)
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert text.count('class="no"') == 0 and text.count("<math") > 1000


def test_figures_and_links_exist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(tmp_path), "--only", *FEW]) == 0
    seen = Seen()
    seen.feed((tmp_path / "index.html").read_text(encoding="utf-8"))
    links = [a.get("src") or a.get("href") or "" for _, a in seen.tags]
    missing = [link for link in links if link and not link.startswith("#") and not (tmp_path / link).is_file()]
    assert missing == []
    table = capsys.readouterr().out
    assert all(name in table for name in FEW) and "2 examples" in table
    numbers = json.loads((tmp_path / "B6" / "numbers.json").read_text(encoding="utf-8"))
    assert numbers["numbers"][0] == {"ok": True, "reads": "2.58e+05", "value": 257800.0, "what": "cost after step 1"}


def test_a_failed_claim_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import examples.__main__ as program
    from examples.book import Check

    good = ARTICLES[2].rows[5]

    def C6() -> Any:
        return replace(good(), checks=[Check("two is three", False)])

    monkeypatch.setattr(program, "ARTICLES", (replace(ARTICLES[2], rows=(C6,)),))
    assert main(["--out", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert "C6: two is three" in said.err and "1 FAILED" in said.out
    assert 'class="no"' in (tmp_path / "index.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_same_bytes_under_another_hash_seed(tmp_path: Path) -> None:
    outputs = []
    for seed in ("1", "20"):
        out = tmp_path / seed
        environment = {**os.environ, "PYTHONHASHSEED": seed, "MPLBACKEND": "Agg"}
        subprocess.run(
            [sys.executable, "-m", "examples", "--out", str(out), "--only", *OTHERS],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
        )
        outputs.append(
            {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
        )
    first, second = outputs
    assert first.keys() == second.keys() and len(first) == 12
    assert [name for name in first if first[name] != second[name]] == []


def test_an_article_can_be_read_in_the_terminal() -> None:
    from examples.terminal import printed

    text = printed(row("C8"))
    assert "4 x³ + 0" in text and "✓" in text and "$" not in text and "\\" not in text
    for name in IDS:
        assert "\\" not in printed(replace(row(name), code="")), name


def numbers_for(expr: Any, point: dict[Any, Any]) -> Any:
    """The value of a formula with sizes 2 and simple fractions for everything else."""
    written_out = expr.subs({s: 2 for s in expr.free_symbols if s.is_integer and s.name in ("m", "n", "N", "K")}).doit()
    entries = sorted(
        written_out.atoms(sympy.Indexed) | {s for s in written_out.free_symbols if isinstance(s, sympy.Symbol)}, key=str
    )
    for at, entry in enumerate(entries):
        point.setdefault(entry, sympy.Rational(3 * at + 2, 7))
    return sympy.nsimplify(
        written_out.subs({e: point[e] for e in entries if isinstance(e, sympy.Indexed)}).subs(point).doit()
    )


@pytest.mark.parametrize("name", [name for name in IDS if name not in ("A3", "C7")])
def test_printed_results_read_back_to_the_same_values(name: str) -> None:
    """The last line of every derivation, read by a reader that knows nothing of gdsym."""
    for d in row(name).derivations:
        value = d.result
        bases = {i.base.label: i.base for i in value.atoms(sympy.Indexed)}
        bound = {s for total in value.atoms(sympy.Sum) for s in total.variables}
        letters = (value.free_symbols | bound) - set(bases) - set(value.atoms(sympy.Indexed))
        names = {latex_name(str(s)): s for s in letters if isinstance(s, sympy.Symbol)}
        names |= {latex_name(str(label)): base for label, base in bases.items()}
        printed = read(latex(d.written), names)
        point: dict[Any, Any] = {}
        assert sympy.simplify(numbers_for(value, point) - numbers_for(printed, point)) == 0, latex(d.written)


def test_prose_in_three_media() -> None:
    prose = r"The slope $\frac{\partial J}{\partial w}$ & `a_b` is *steep* <5%>"
    assert to_plain(prose) == "The slope ∂J/∂w & `a_b` is steep <5%>"
    assert r"\& \texttt{a\_b} is \emph{steep} \textless{}5\%\textgreater{}" in to_tex(prose)
    assert "<math>" in to_html(prose) and "&amp; <code>a_b</code> is <em>steep</em> &lt;5%&gt;" in to_html(prose)
    assert plain_math(r"x_{ij} \to \lambda_{\max}") == "x_ij → λ_max"
