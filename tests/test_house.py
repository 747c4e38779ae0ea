"""The house rules: imports point down, files stay short, importing is light, nothing foreign is in the files."""

from __future__ import annotations

import ast
import graphlib
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "gdsym"
LONGEST_FILE = 300

# The first name that fits says the layer; imports point to a smaller number, or within one layer without a circle.
LAYERS = {
    "gdsym.errors": 0,
    "gdsym.arguments": 0,
    "gdsym.keywords": 0,
    "gdsym.record": 0,
    "gdsym.written": 1,
    "gdsym.reading": 1,
    "gdsym.writing": 1,
    "gdsym.verify": 2,
    "gdsym.step": 3,
    "gdsym.rules": 4,
    "gdsym.solve": 4,
    "gdsym.uses": 4,
    "gdsym.judging": 4,
    "gdsym.nowhere": 4,
    "gdsym.diagonal": 4,
    "gdsym.lines": 4,
    "gdsym.changes": 4,
    "gdsym.closing": 4,
    "gdsym.saying": 4,
    "gdsym.stages_said": 4,
    "gdsym.cancelling": 4,
    "gdsym.arithmetic": 4,
    "gdsym.regrouped": 4,
    "gdsym.plainly": 4,
    "gdsym.memory": 4,
    "gdsym.joints": 4,
    "gdsym.compound": 4,
    "gdsym.onesided": 4,
    "gdsym.terms_told": 4,
    "gdsym.crossings": 4,
    "gdsym.vanishing": 4,
    "gdsym.conditions": 4,
    "gdsym.minimal": 4,
    "gdsym.named": 4,
    "gdsym.export": 4,
    "gdsym.door": 5,
    "gdsym.lookalikes": 4,
    "gdsym.refused": 4,
    "gdsym.derivation": 5,
    "gdsym.matrix_derivation": 5,
    "gdsym.gradient": 5,
    "gdsym.together": 5,
    "gdsym.several": 5,
    "gdsym.problem": 6,
    "gdsym.samples": 6,
    "gdsym.index_form": 6,
    "gdsym.index_whole": 6,
    "gdsym.parted": 6,
    "gdsym.matrix_claims": 6,
    "gdsym.matrix_code": 6,
    "gdsym.factors": 6,
    "gdsym.slips": 6,
    "gdsym.strangers": 6,
    "gdsym.subgradients": 6,
    "gdsym.claims": 6,
    "gdsym.verdict": 6,
    "gdsym.counterexample": 6,
    "gdsym.fewer": 6,
    "gdsym.listing": 6,
    "gdsym.conventions": 6,
    "gdsym.array_claims": 6,
    "gdsym.matrix_texts": 6,
    "gdsym.whole_arrays": 6,
    "gdsym.array_text": 6,
    "gdsym.array_calls": 6,
    "gdsym.array_labels": 6,
    "gdsym.array_made": 6,
    "gdsym.array_picked": 6,
    "gdsym.array_kept": 6,
    "gdsym.array_kinds": 6,
    "gdsym.array_lists": 6,
    "gdsym.array_joined": 6,
    "gdsym.array_totals": 6,
    "gdsym.array_sums": 6,
    "gdsym.array_pieces": 6,
    "gdsym.array_products": 6,
    "gdsym.array_loops": 6,
    "gdsym.claim_loops": 6,
    "gdsym.claim_headers": 6,
    "gdsym.claim_entries": 6,
    "gdsym.claim_exits": 6,
    "gdsym.claim_classes": 6,
    "gdsym.claim_text": 6,
    "gdsym.claim_code": 6,
    "gdsym.claim_defined": 6,
    "gdsym.claim_functions": 6,
    "gdsym.claim_names": 6,
    "gdsym.claim_plain": 6,
    "gdsym.claim_records": 6,
    "gdsym.claim_several": 6,
    "gdsym.claim_shared": 6,
    "gdsym.shares": 6,
    "gdsym.array_masks": 6,
    "gdsym.array_parts": 6,
    "gdsym.curvature": 7,
    "gdsym.convex_cases": 7,
    "gdsym.convexity": 7,
    "gdsym.systems": 7,
    "gdsym.stationary": 7,
    "gdsym.normal": 7,
    "gdsym.parameter_terms": 7,
    "gdsym.cleared": 7,
    "gdsym.estimating": 7,
    "gdsym.linear": 4,
    "gdsym.arrays": 7,
    "gdsym.descent": 8,
    "gdsym.backends": 8,
    "gdsym.insight": 9,
    "gdsym.told": 9,
    "gdsym.closed": 9,
    "gdsym.estimates": 9,
    "gdsym.concentrated": 9,
    "gdsym.critical": 9,
    "gdsym.numeric": 9,
    "gdsym.facts": 9,
    "gdsym.slopes": 7,
    "gdsym.parts": 9,
    "gdsym.cost": 9,
    "gdsym.ingredients": 9,
    "gdsym.losses": 9,
    "gdsym.models": 9,
    "gdsym.plot": 10,
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
    for node in _parts(_parsed(path), at_once):
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


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _parts(tree: ast.AST, at_once: bool) -> Iterator[ast.AST]:
    """All nodes but those for types only; with `at_once`, without those in functions, too."""
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        if at_once and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        for_types = isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        inside = node.orelse if isinstance(node, ast.If) and for_types else list(ast.iter_child_nodes(node))
        stack += reversed(inside)


MODULES = modules()


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module: str) -> None:
    """Also where the import waits inside a function."""
    wrong = sorted(m for m in set(imports(MODULES[module], set(MODULES))) if layer(m) > layer(module))
    assert not wrong, f"{module} (layer {layer(module)}) imports {[(m, layer(m)) for m in wrong]}"


def test_the_map_is_that_of_the_house() -> None:
    """ARCHITECTURE.md names every module beside its layer, and no other."""
    text = (PACKAGE.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (.*?) \|", text, re.M)
    drawn = {f"gdsym.{name}": int(number) for number, names in rows for name in re.findall(r"`(\w+)/?`", names)}
    assert drawn == {name: number for name, number in LAYERS.items() if name != "gdsym.__init__"}


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
    lines = MODULES[module].read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_FILE, f"{module} has {lines} lines; two ideas in one file?"


@pytest.mark.parametrize("module", MODULES)
def test_files_say_what_they_are(module: str) -> None:
    first = (ast.get_docstring(_parsed(MODULES[module])) or "").partition("\n")[0]
    assert len(first) > 15, f"{module}: the first docstring line says what the file is for"


def imported_by(statement: str) -> set[str]:
    """The modules that a fresh Python has imported after `statement`."""
    code = f"import sys\n{statement}\nprint(*sorted(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=120
    )
    return set(run.stdout.split())


def test_importing_is_light() -> None:
    """What takes long to import (figures, compilers, frames) is imported by the functions that need it."""
    extra = imported_by("import gdsym") - imported_by("import sympy, numpy, flint")
    packages = {name.partition(".")[0] for name in extra}
    assert packages - set(sys.stdlib_module_names) <= {"gdsym", "sympy", "numpy"}
    assert not packages & {"unittest", "asyncio", "http", "sqlite3", "tkinter", "multiprocessing"}


def test_importing_computes_nothing() -> None:
    """SymPy's first sum loads its tensors and permutation groups: no arithmetic of symbols at import."""
    extra = imported_by("import gdsym") - imported_by("import sympy, numpy, flint")
    assert sorted(name for name in extra if name.startswith("sympy.")) == []


TEXT = {".py", ".md", ".toml", ".cff", ".js", ".json", ".tex", ".html", ".txt", ".csv", ".yml", ".svg", ""}
NOT_OURS = re.compile(
    r"^(\.git|\.venv.*|\.\w+_cache|\.hypothesis|node_modules|__pycache__|out|build|dist|.*\.egg-info)$"
)


def own_files() -> list[Path]:
    """The project's text files: what git would take."""
    return [
        path
        for path in sorted(ROOT.rglob("*"))
        if path.suffix in TEXT and path.is_file() and not any(map(NOT_OURS.match, path.relative_to(ROOT).parts))
    ]


def test_no_machine_is_mentioned() -> None:
    paths = [r"/(work|home|root|mnt|Users)/\w", r"/tmp/\w", "site-" + "packages/", r"[A-Z]:\\\\"]
    foreign = re.compile(r"(?<![\w.)\]}])(" + "|".join(paths) + ")")
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


RUNS_TEXT = {"parse_expr", "parse_latex", "lambdify", "pickle", "eval"}
COMPILES = ("gdsym.arrays", "gdsym.descent", "gdsym.record")  # they run the code that they wrote themselves


def runs_text(tree: ast.AST) -> Iterator[str]:
    """The calls in a file that could run a user's text: `sympify` does, unless it is strict."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, (ast.Name, ast.Attribute)):
            continue
        name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr
        strict = any(k.arg == "strict" and isinstance(k.value, ast.Constant) and k.value.value for k in call.keywords)
        if (
            name in RUNS_TEXT
            or (name == "sympify" and not strict)
            or (name == "exec" and isinstance(call.func, ast.Name))
        ):
            yield name
        if isinstance(call.func, ast.Attribute) and name == "S":
            yield name


@pytest.mark.parametrize("module", MODULES)
def test_no_text_is_run(module: str) -> None:
    found = set(runs_text(_parsed(MODULES[module])))
    assert not found - ({"exec", "eval"} if module.startswith(COMPILES) else set())


def test_running_text_would_be_noticed() -> None:
    planted = "sympy.sympify(a)\nsympify(b, strict=True)\neval(c)\nexec(d)\nsympy.S('e')\nlambdify(x, f)\n"
    assert list(runs_text(ast.parse(planted))) == ["sympify", "eval", "exec", "S", "lambdify"]
