"""The gallery: every kind of derivation, typeset without a complaint; its page in the docs is what the script writes today."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from latex_tools import katex_refuses, pdflatex_complains

from examples import gallery
from examples.plates import GALLERY

DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture(scope="module")
def made() -> gallery.Made:
    return [(plate, plate.make()) for plate in GALLERY]


def test_every_line_is_checked(made):
    assert all(step.check for _, d in made for step in d.steps)


def test_the_page_in_the_docs_is_todays(made):
    written = (DOCS / "gallery.md").read_text(encoding="utf-8")
    assert written == gallery.page(made), "write it anew: python -m examples.gallery --docs docs"
    for name in re.findall(r"\(pictures/(\w+\.png)\)", gallery.page(made)):
        assert (DOCS / "pictures" / name).is_file()


def test_github_gets_its_formulas_in_fences(made):
    for tex in re.findall(r"```math\n(.*?)\n```", gallery.page(made), flags=re.S):
        assert "$" not in tex and "`" not in tex
    assert "$$" not in gallery.page(made)


def test_katex_reads_every_formula_of_the_page(made):
    page = gallery.page(made)
    formulas = re.findall(r"```math\n(.*?)\n```", page, flags=re.S) + re.findall(r"\$`(.*?)`\$", page)
    assert len(formulas) > 100
    assert katex_refuses(formulas) == []


@pytest.mark.slow
def test_the_book_is_typeset_without_a_complaint(made, tmp_path):
    assert pdflatex_complains(gallery.book(made), tmp_path) == []


@pytest.mark.slow
def test_headings_stand_in_all_formats(made):
    web, book = gallery.web(made), gallery.book(made)
    assert all(plate.title in web and plate.title in book for plate, _ in made)
    assert "<script" not in web and "http" not in web.replace("http://www.w3.org/1998/Math/MathML", "")
