"""What the documents show is run: Python blocks here, docstrings by --doctest-modules; commands are single lines."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
DOCUMENTS = [p for p in [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md"))] if p.name != "CHANGELOG.md"]


def blocks(document: Path, language: str) -> list[str]:
    """The fenced blocks of one language, in order."""
    pattern = rf"^```{language}[^\n]*\n(.*?)^```\s*$"
    return re.findall(pattern, document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_python_blocks_run(document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of one document run in order, in one namespace, in an empty folder; `>>>` blocks show their output."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    parser = doctest.DocTestParser()
    for k, block in enumerate(blocks(document, "python")):
        where = f"{document.name}, Python block {k + 1}"
        if ">>>" in block:
            report: list[str] = []
            test = parser.get_doctest(block, names, where, str(document), 0)
            runner.run(test, out=report.append, clear_globs=False)
            names.update(test.globs)
            assert not report, "".join(report)
        else:
            exec(compile(block, where, "exec"), names)


def test_a_wrong_block_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("text\n```python\n>>> 1 + 1\n3\n```\n```bash\nls\n```\n")
    assert blocks(page, "python") == [">>> 1 + 1\n3\n"]
    assert blocks(page, "bash") == ["ls\n"]
    report: list[str] = []
    test = doctest.DocTestParser().get_doctest(blocks(page, "python")[0], {}, "page", None, 0)
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append)
    assert "Expected" in "".join(report)


def commands() -> list[str]:
    """README's shell commands: each is one line that can be pasted."""
    readme = ROOT / "README.md"
    return [line for block in blocks(readme, "(?:bash|sh|console)") for line in block.splitlines() if line.strip()]


def test_commands_are_single_lines() -> None:
    for line in commands():
        assert not line.startswith("$") and not line.endswith("\\"), line
    assert [line for line in commands() if line.endswith("python -m pytest")] != []


def test_the_test_command_of_readme_is_the_one_that_ci_runs() -> None:
    last = [line for line in commands() if line.endswith("-m pytest")][-1]
    shown = subprocess.run(
        ["bash", ".ci/run", "--show-test-command"], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    assert shown.stdout.strip() == last


def test_this_python_is_new_enough() -> None:
    assert sys.version_info >= (3, 11)


LINK = re.compile(r"\]\(([^)#\s]+)\)")
NAMED = re.compile(r"`((?:tests|benchmarks|examples|gdsym|docs)/[\w/.]+\.\w+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_pictures_and_named_files_exist(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = [document.parent / link for link in LINK.findall(text) if not link.startswith("http")]
    assert [str(path) for path in [*links, *(ROOT / name for name in NAMED.findall(text))] if not path.exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_rows_of_a_table_have_equally_many_cells(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    for table in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
        assert len({len(re.split(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1, table[:80]


def test_the_first_screen_has_an_example_and_a_picture() -> None:
    screen = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:25]
    assert any(line.startswith(">>> ") for line in screen) and any(line.startswith("![") for line in screen)
