"""The house rules: imports point down, files stay short, importing is light, nothing foreign is in the files."""

from __future__ import annotations

import ast
import graphlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "gdsym"
LONGEST_FILE = 300

# The first name that fits says the layer; imports point to a smaller number, or within one layer without a circle.
LAYERS = {
    "gdsym.errors": 0,
    "gdsym.written": 1,
    "gdsym.reading": 1,
    "gdsym.writing": 2,
    "gdsym.verify": 2,
    "gdsym.step": 3,
    "gdsym.rules": 4,
    "gdsym.lines": 4,
    "gdsym.export": 4,
    "gdsym.door": 5,
    "gdsym.derivation": 5,
    "gdsym.derive": 5,
    "gdsym.problem": 6,
    "gdsym.claims": 6,
    "gdsym.curvature": 7,
    "gdsym.arrays": 7,
    "gdsym.descent": 8,
    "gdsym.insight": 9,
    "gdsym.solve": 9,
    "gdsym.cost": 9,
    "gdsym.losses": 9,
    "gdsym.models": 9,
    "gdsym.plot": 10,
    "gdsym.explore": 10,
    "gdsym.__main__": 10,
    "gdsym.__init__": 11,
}


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)] = path
    return found


def layer(module: str) -> int:
    """The layer of a module, from its name or from that of the package that it is in."""
    name = module
    while name:
        if name in LAYERS:
            return LAYERS[name]
        name = name.rpartition(".")[0]
    raise AssertionError(f"{module} has no layer: add it to LAYERS in {Path(__file__).name} and to ARCHITECTURE.md")


def imports(path: Path, known: set[str], *, at_once: bool = False) -> Iterator[str]:
    """The gdsym modules that a file imports; with `at_once`, only those that importing the file imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = set(_deferred(tree)) if at_once else set(_for_types_only(tree))
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (_module(a.name, known) for a in node.names if a.name.split(".")[0] == "gdsym")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "gdsym":
            assert node.level == 0, f"{path}: relative import"
            yield from (_module(f"{node.module}.{a.name}", known) for a in node.names)


def _module(dotted: str, known: set[str]) -> str:
    while dotted not in known:
        dotted = dotted.rpartition(".")[0]
        if dotted in ("", "gdsym"):
            return "gdsym.__init__"
    return dotted


def _for_types_only(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for part in node.body:
                yield from ast.walk(part)


def _deferred(tree: ast.AST) -> Iterator[ast.AST]:
    yield from _for_types_only(tree)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield from ast.walk(node)


MODULES = modules()


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module: str) -> None:
    here = layer(module)
    wrong = {other for other in imports(MODULES[module], set(MODULES)) if layer(other) > here}
    # nodes offer `.to_sympy()`, steps `.latex()` and so on: methods may hand on upwards, at call time only
    at_import = set(imports(MODULES[module], set(MODULES), at_once=True))
    assert not wrong & at_import, f"{module} (layer {here}) imports {sorted(wrong & at_import)}"
    assert not {w for w in wrong if layer(w) > here + 1 and w != "gdsym.__init__"} or here >= 4, (
        f"{module}: {sorted(wrong)}"
    )


def test_no_circles() -> None:
    graph = {m: set(imports(path, set(MODULES), at_once=True)) - {m} for m, path in MODULES.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as e:
        pytest.fail(f"imports go in a circle: {' -> '.join(e.args[1])}")


def test_the_walker_sees_a_wrong_import(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("from gdsym import errors\nfrom gdsym.plot import x\ndef f():\n    import gdsym.descent\n")
    known = {"gdsym.errors", "gdsym.plot", "gdsym.descent", "gdsym.__init__"}
    assert list(imports(planted, known)) == ["gdsym.errors", "gdsym.plot", "gdsym.descent"]
    assert list(imports(planted, known, at_once=True)) == ["gdsym.errors", "gdsym.plot"]


@pytest.mark.parametrize("module", MODULES)
def test_files_stay_short(module: str) -> None:
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("module", MODULES)
def test_files_say_what_they_are(module: str) -> None:
    text = MODULES[module].read_text(encoding="utf-8")
    doc = ast.get_docstring(ast.parse(text))
    assert doc and len(doc.splitlines()[0]) > 15
    assert "\t" not in text and text.endswith("\n")


def imported_by(statement: str) -> set[str]:
    """The top-level packages that a fresh Python has imported after `statement`."""
    code = f"import sys\n{statement}\nprint(*sorted({{m.partition('.')[0] for m in sys.modules}}))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=120
    )
    return set(run.stdout.split())


def test_importing_is_light() -> None:
    """What takes long to import (figures, compilers, frames) is imported by the functions that need it."""
    extra = imported_by("import gdsym") - imported_by("import sympy, numpy, flint")
    stdlib = set(sys.stdlib_module_names)
    assert extra - stdlib <= {"gdsym"}
    heavy = {
        "matplotlib",
        "scipy",
        "pandas",
        "numba",
        "jax",
        "dask",
        "torch",
        "IPython",
        "tqdm",
        "math_core",
        "autograd",
    }
    assert not extra & (heavy | {"unittest", "asyncio", "http", "sqlite3", "tkinter", "multiprocessing"})


def own_files() -> list[Path]:
    """The project's text files: what git would take."""
    ignored = {".git", "node_modules", "__pycache__", "out", "build", "dist"}
    kinds = {".py", ".md", ".toml", ".cff", ".js", ".json", ".tex", ".html", ".txt", ".csv", "", ".yml", ".svg"}
    return [
        path
        for path in sorted(ROOT.rglob("*"))
        if path.is_file() and path.suffix in kinds
        and not any(p in ignored or p.startswith((".venv", ".pytest", ".mypy", ".ruff", ".hypothesis")) or p.endswith("egg-info")
                    for p in path.relative_to(ROOT).parts)
    ]  # fmt: skip


def test_no_machine_is_mentioned() -> None:
    foreign = re.compile(
        "|".join(
            [
                "/wo" + "rk/",
                "/ho" + "me/[a-z]",
                "/ro" + "ot/",
                "/tm" + "p/bash",
                "site-pack" + "ages/",
                "local" + "host:",
            ]
        )
    )
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
        for path in own_files()
        for line in path.read_text(encoding="utf-8").splitlines()
        if foreign.search(line)
    ]
    assert not found


def test_the_package_says_that_it_is_typed_and_free() -> None:
    assert (PACKAGE / "py.typed").exists()
    assert "BSD 3-Clause" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_versions_agree() -> None:
    import tomllib

    import gdsym

    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"version: {version}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert getattr(gdsym, "__version__", version) == version


def test_nothing_runs_text() -> None:
    """No `eval` or `exec` of anything but the code that the compiler wrote; no `sympify`, `lambdify`, `pickle`."""
    forbidden = {"sympify", "parse_expr", "lambdify", "eval", "pickle", "parse_latex"}
    allowed_exec = {"gdsym.arrays", "gdsym.descent"}
    for module, path in MODULES.items():
        calls = [
            node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
        ]
        names = {f.id if isinstance(f, ast.Name) else f.attr for f in calls if isinstance(f, (ast.Name, ast.Attribute))}
        bare = {f.id for f in calls if isinstance(f, ast.Name)}
        assert not bare & forbidden and not names & (forbidden - {"eval"}), module
        assert "exec" not in bare or any(module.startswith(a) for a in allowed_exec), module
