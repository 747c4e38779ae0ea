r"""All examples as one LaTeX document, figures included; `pdflatex articles.tex` makes it a PDF."""

from __future__ import annotations

from collections.abc import Sequence

import gdsym as gd
from examples.book import Article, Example, Figure, Formula, Number, cost_tex, digits, folded, paragraphs, tex
from examples.words import tex_text, to_tex
from gdsym.export import latex
from gdsym.export.breaking import broken
from gdsym.export.evidence import checked
from gdsym.export.reasons import as_prose

ROOM = 440.0  # points: a line of displayed mathematics

PREAMBLE = r"""\documentclass[10pt]{article}
\usepackage{amsmath,amssymb,graphicx}
\setlength{\textwidth}{455pt}
\setlength{\oddsidemargin}{0pt}
\setlength{\topmargin}{-20pt}
\setlength{\textheight}{640pt}
\setlength{\parindent}{0pt}
\setlength{\parskip}{6pt plus 2pt}
\setlength{\jot}{6pt}
\setlength{\emergencystretch}{4em}
\renewcommand{\arraystretch}{1.25}
\postdisplaypenalty=10000
\raggedbottom
\title{Gradient descent, worked out again}
\author{}
\date{}
\begin{document}
\maketitle
The worked examples of three articles, each computed from one cost expression. Every formula was derived by gdsym, line by line, and
every line was checked; every number was computed by the descent that its derivation compiles to.

\tableofcontents
"""


def document(articles: Sequence[tuple[Article, Sequence[Example]]]) -> str:
    """The whole document."""
    parts = [PREAMBLE, *(_article(article, examples) for article, examples in articles), r"\end{document}", ""]
    return "\n".join(parts)


def _article(article: Article, examples: Sequence[Example]) -> str:
    head = rf"\clearpage\section*{{{article.letter}: {to_tex(article.title)}}}"
    line = rf"\addcontentsline{{toc}}{{section}}{{{article.letter}: {to_tex(article.title)}}}"
    source = rf"\emph{{After: {tex_text(article.source)}}}"
    return "\n\n".join([head + "\n" + line, source, *map(to_tex, paragraphs(article.words)), *map(example, examples)])


def example(e: Example) -> str:
    """One example."""
    title = rf"{e.id}\quad {to_tex(e.title)}"
    parts = [
        rf"\subsection*{{{title}}}" + "\n" + rf"\addcontentsline{{toc}}{{subsection}}{{{title}}}",
        *map(to_tex, paragraphs(e.words)),
        *(_cost(cost) for cost in e.costs),
        _code(e),
        *(_derivation(d) for d in e.derivations),
        *(_formula(f) for f in e.formulas),
        *(_figure(e, f) for f in e.figures),
        _numbers(e.numbers),
        _checks(e),
        _aside("Put right.", e.put_right),
        _aside("Our choice.", e.chosen),
    ]
    return "\n\n".join(part for part in parts if part)


def _cost(cost: gd.Cost) -> str:
    first, *parts = cost_tex(cost)
    rows = []
    for part in (first, *parts):
        head, *rest = broken(part, ROOM)
        rows += [f"& {head}", *(rf"& \qquad{{}} {line}" for line in rest)]
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def _code(e: Example) -> str:
    return f"{{\\footnotesize\n\\begin{{verbatim}}\n{folded(e.code)}\n\\end{{verbatim}}\n}}" if e.code else ""


def _derivation(d: gd.Derivation) -> str:
    """The lines, breakable between pages; notes and evidence as text below them."""
    page = d.page()
    notes = [as_prose(note, page) for note in (*page.notes, (checked(page) + ".",))]
    below = "\n\n".join(rf"{{\small\emph{{{note}}}}}" for note in notes)
    return f"{latex.in_document(page, text_width=ROOM)}\n{below}"


def _formula(f: Formula) -> str:
    return f"{to_tex(f.words)}\n\\[\n{f.tex}\n\\]"


def _figure(e: Example, f: Figure) -> str:
    picture = rf"\resizebox{{\ifdim\width>\textwidth \textwidth\else\width\fi}}{{!}}{{\includegraphics{{{e.id}/{f.name}.png}}}}"
    caption = rf"\parbox{{0.85\textwidth}}{{\centering\small {to_tex(f.caption)}}}"
    return f"\\begin{{center}}\n\\begin{{minipage}}{{\\textwidth}}\\centering\n{picture}\\\\[2pt]\n{caption}\n\\end{{minipage}}\n\\end{{center}}"


def _numbers(numbers: Sequence[Number]) -> str:
    rows = [rf"{to_tex(n.what)} & ${_value(n)}$ & {_tick(n.ok)} \\" for n in numbers]
    if not rows:
        return ""
    return "\\begin{center}\n\\begin{tabular}{p{270pt}rl}\n" + "\n".join(rows) + "\n\\end{tabular}\n\\end{center}"


def _value(n: Number) -> str:
    return tex(n.value) if hasattr(n.value, "free_symbols") else digits(n.reads)


def _checks(e: Example) -> str:
    items = [rf"\item[{_tick(c.ok)}] {to_tex(c.what)}" for c in e.checks]
    return "\\begin{itemize}\n\\setlength{\\itemsep}{0pt}\n" + "\n".join(items) + "\n\\end{itemize}" if items else ""


def _tick(ok: bool) -> str:
    return r"$\checkmark$" if ok else r"$\times$"


def _aside(label: str, words: str) -> str:
    return rf"\textbf{{{label}}} {to_tex(words)}" if words else ""
