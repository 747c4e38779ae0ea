"""All examples as one HTML page: MathML, no script, no network; steps fold away."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import gdsym as gd
from examples.book import Article, Example, Figure, Formula, cost_tex, digits, folded, paragraphs, tex
from examples.files import FORMATS
from examples.words import math, to_html
from gdsym.export.breaking import broken
from gdsym.export.evidence import checked
from gdsym.export.heads import latex_head
from gdsym.export.page import Page
from gdsym.export.reasons import as_latex, definition, reason_of
from gdsym.export.spread import spread
from gdsym.export.width import width
from gdsym.step import Reason, Step
from gdsym.writing.latex import latex
from gdsym.written.nodes import Node

ROOM = 500.0  # points: a line of the page
BESIDE = 270.0  # points: formulas that leave room for their reasons at the right
OPEN = 12  # a derivation with more lines starts folded
TITLE = "Gradient descent, worked out again"


def page(articles: Sequence[tuple[Article, Sequence[Example]]]) -> str:
    """The whole page."""
    style = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
    body = "\n".join(_article(article, examples) for article, examples in articles)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{TITLE}</title>
<style>
{style}</style>
</head>
<body>
<header>
<h1>{TITLE}</h1>
<p class="lead">The worked examples of three articles, each computed from one cost expression. Every formula below was derived by gdsym, line by line, and every
line was checked; every number was computed by the descent that its derivation compiles to. A tick means that the program tested it.</p>
<nav aria-label="Contents"><ol class="contents">
{"".join(_contents(article, examples) for article, examples in articles)}</ol></nav>
</header>
<main>
{body}
</main>
<footer>{_summary(articles)}</footer>
</body>
</html>
"""


def _contents(article: Article, examples: Sequence[Example]) -> str:
    items = "".join(
        f'<li><span class="id">{e.id}</span><a href="#{e.id}">{to_html(e.title)}</a></li>' for e in examples
    )
    return f'<li><a href="#article-{article.letter}">Article {article.letter}: {to_html(article.title)}</a><ol>{items}</ol></li>\n'


def _summary(articles: Sequence[tuple[Article, Sequence[Example]]]) -> str:
    examples = [e for _, some in articles for e in some]
    lines, claims = sum(e.steps for e in examples), sum(e.assertions for e in examples)
    return (
        f"{len(examples)} examples, {lines} lines of derivation, each checked; {claims} numbers and claims, each tested. "
        'All of it in one document: <a href="articles.tex">articles.tex</a>.'
    )


def _article(article: Article, examples: Sequence[Example]) -> str:
    head = f'<section id="article-{article.letter}"><h2><span class="id">Article {article.letter}</span>{to_html(article.title)}</h2>'
    source = f'<p class="source">After: {escape(article.source)}</p>'
    return "\n".join([head, source, *_paragraphs(article.words), *map(example, examples), "</section>"])


def _paragraphs(words: str) -> list[str]:
    return [f"<p>{to_html(p)}</p>" for p in paragraphs(words)]


def example(e: Example) -> str:
    """One example."""
    parts = [
        f'<article id="{e.id}">',
        f'<h3><span class="id">{e.id}</span>{to_html(e.title)}</h3>',
        *_paragraphs(e.words),
        *(_cost(cost) for cost in e.costs),
        _code(e),
        "<h4>Derivation</h4>" if e.derivations else "",
        *(derivation(d) for d in e.derivations),
        *(_formula(f) for f in e.formulas),
        *(_figure(e, figure) for figure in e.figures),
        "<h4>Numbers and checks</h4>" if e.numbers or e.checks else "",
        _numbers(e),
        _checks(e),
        _aside("Put right.", e.put_right),
        _aside("Our choice.", e.chosen),
        _files(e),
        "</article>",
    ]
    return "\n".join(part for part in parts if part)


def _cost(cost: gd.Cost) -> str:
    """J = ..., and its named parts; wide ones broken into lines."""
    first, *parts = cost_tex(cost)
    lines = [line for part in (first, *parts) for line in broken(part, ROOM)]
    return '<div class="cost">' + "".join(f"<div>{math(line, block=True)}</div>" for line in lines) + "</div>"


def _code(e: Example) -> str:
    return (
        f'<details class="code"><summary>the code</summary><pre>{escape(folded(e.code))}</pre></details>'
        if e.code
        else ""
    )


def _formula(f: Formula) -> str:
    return f'<p>{to_html(f.words)}</p>\n<div class="display">{math(f.tex, block=True)}</div>'


def _figure(e: Example, figure: Figure) -> str:
    caption = to_html(figure.caption)
    size = ' class="wide"' if figure.wide else ""
    return f'<figure{size}><img src="{e.id}/{figure.name}.svg" alt="{escape(figure.caption.replace("$", ""))}"><figcaption>{caption}</figcaption></figure>'


def _numbers(e: Example) -> str:
    rows = "".join(
        f'<tr><td>{to_html(n.what)}</td><td class="value">{_value(n.value, n.reads)}</td><td class="tick">{_tick(n.ok)}</td></tr>\n'
        for n in e.numbers
    )
    return f'<table class="numbers">\n{rows}</table>' if rows else ""


def _value(value: object, reads: str) -> str:
    """Exact values as formulas, others as digits."""
    return (
        math(tex(value))
        if hasattr(value, "free_symbols")
        else math(digits(reads))
        if "e" in reads
        else escape(reads).replace("-", "\N{MINUS SIGN}")
    )


def _checks(e: Example) -> str:
    items = "".join(f"<li>{_tick(c.ok)}{to_html(c.what)}</li>\n" for c in e.checks)
    return f'<ul class="checks">\n{items}</ul>' if items else ""


def _tick(ok: bool) -> str:
    return '<span class="ok" title="tested">✓</span>' if ok else '<span class="no" title="does not hold">✗</span>'


def _aside(label: str, words: str) -> str:
    return f'<p class="aside"><b>{label}</b> {to_html(words)}</p>' if words else ""


def _files(e: Example) -> str:
    links = [(name, kind) for name, kind in FORMATS.items()]
    links += [(f"{f.name}{kind}", f"{f.name}{kind}") for f in e.figures for kind in (".svg", ".png")]
    return (
        '<p class="files">Files: ' + "".join(f'<a href="{e.id}/{name}">{label}</a>' for name, label in links) + "</p>"
    )


def derivation(d: gd.Derivation) -> str:
    """What is derived and its result in the summary; below it the lines, with reasons, each with what it left pending."""
    p = d.page()
    head, count = latex_head(p), "1 line" if len(p.steps) == 1 else f"{len(p.steps)} lines"
    result = broken(f"{head} = {latex(d.written, partial=p.partial)}", ROOM)[0]
    lines = [(p.start, definition(p))] if p.name else []
    lines += [(step.line, reason_of(step)) for step in p.steps]
    beside = all(width(latex(node, partial=p.partial)) < BESIDE for node, _ in lines)
    rows = [_line(head if at == 0 else "", *line, p) for at, line in enumerate(lines)]
    notes = [f'<p class="note">{_words(note, p)}</p>' for note in p.notes]
    return "\n".join(
        [
            f'<details class="derivation"{" open" if len(p.steps) <= OPEN else ""}>',
            f'<summary>{math(result, block=True)}<span class="count">{count}</span></summary>',
            f'<div class="lines{" beside" if beside else ""}">',
            *rows,
            "</div>",
            *notes,
            _tree(p),
            f'<p class="checked"><span class="ok">✓</span> {escape(checked(p))}</p>',
            "</details>",
        ]
    )


def _line(head: str, node: Node, reason: Reason, p: Page) -> str:
    """`head = formula`, the reason beside or below it."""
    first, *rest = broken(latex(spread(node, ROOM), partial=p.partial), ROOM)
    rows = [math(f"{{}}= {first}", block=True), *(math(rf"\qquad{{}} {line}", block=True) for line in rest)]
    left = math(head, block=True) if head else ""
    return (
        f'<div class="head">{left}</div><div class="formula">{"<br>".join(rows)}</div>'
        f'<div class="reason">{_words(reason, p)}</div>'
    )


def _tree(p: Page) -> str:
    """The steps once more as a tree: each with the derivatives that it left to do."""
    below = [sub for step in p.steps for sub in _all_below(step)]
    roots = [step for step in p.steps if step not in below]
    if not below:
        return ""
    return f'<details class="tree"><summary>the same as a tree: each step with what it left to do</summary>{"".join(_inner(s, p) for s in roots)}</details>'


def _all_below(step: Step) -> list[Step]:
    return [s for sub in step.substeps for s in (sub, *_all_below(sub))]


def _details(step: Step, p: Page) -> str:
    inner = "".join(_inner(sub, p) for sub in step.substeps)
    return f'<details><summary>what it left to do</summary><div class="inner">{inner}</div></details>' if inner else ""


def _inner(step: Step, p: Page) -> str:
    left, right = latex(step.lhs, partial=p.partial), latex(step.rhs, partial=p.partial)
    formula = math(f"{left} = {right}", block=True)
    return f'<div class="step"><div class="formula">{formula}</div><div class="reason">{_words(reason_of(step), p)}{_details(step, p)}</div></div>'


def _words(reason: Reason, p: Page) -> str:
    return "".join(
        escape(part) if isinstance(part, str) else math("".join(as_latex((part,), p, 1e9))) for part in reason
    )
