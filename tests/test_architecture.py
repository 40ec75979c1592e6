"""The layers, as the interpreter and the source text see them."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ztui import catalogue

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "ztui").rglob("*.py"))
HEAVY = {"textual", "httpx", "pydantic", "starlette", "uvicorn"}

#: What a fresh import of each module may bring in of HEAVY. The command line's own modules bring nothing.
ALLOWED = {
    "model": set(),
    "errors": set(),
    "catalogue": set(),
    "csvfile": set(),
    "present": {"httpx", "pydantic"},
    "cli": set(),
    "store": {"pydantic"},
    "sandbox": {"uvicorn"},
    "zoho": {"httpx", "pydantic"},
    "engine": {"httpx", "pydantic"},
}


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(module: str) -> set[str]:
    probe = f"import sys, {module}; print(*sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("layer", sorted(set(ALLOWED) - {"cli"}))
def test_a_layer_in_a_fresh_interpreter_loads_only_what_it_may(layer: str) -> None:
    modules = [_module(p) for p in SOURCES if _module(p).startswith(f"ztui.{layer}")]
    assert modules
    assert _imports(", ".join(modules)) <= ALLOWED[layer]


def test_the_command_line_loads_nothing_heavy_before_a_command_runs() -> None:
    commands = [_module(p) for p in SOURCES if _module(p).startswith("ztui.cli") and p.stem != "__init__"]
    assert _imports(", ".join(commands)) == set()


def test_rows_are_on_screen_before_anything_else_is_imported() -> None:
    shown = "import ztui.tui.app, ztui.tui.screens.mapping, ztui.engine.files"
    late = {"ztui.catalogue", "ztui.model.crm", "ztui.model.event", "ztui.model.mapping", "ztui.engine.workspace"}
    probe = f"import sys; {shown}; print(*sorted({late | HEAVY - {'textual'}!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == []


def test_the_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout


def _strings(path: Path) -> set[str]:
    """The string constants of a module that are not docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    described = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, described) and node.body and isinstance(node.body[0], ast.Expr)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docs
    }


def test_zoho_codes_are_written_in_the_catalogue_only() -> None:
    """Engine and client ask the catalogue by attribute; no code of Zoho's stands in their text."""
    own = {entry.code for entry in catalogue.entries("local").values()}
    words = re.compile(r"[A-Z]+(_[A-Z]+)+")
    codes = {e.code for e in catalogue.all_entries() if e.level != "local"} - own
    codes = {code for code in codes if words.fullmatch(code)}
    free = ("catalogue", "sandbox")
    found = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in SOURCES
        if path.relative_to(ROOT / "ztui").parts[0] not in free
        for text in _strings(path) & codes
    }
    assert found == set()


@pytest.mark.parametrize("path", SOURCES, ids=_module)
def test_every_module_says_what_it_owns_and_stays_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= 320


def test_names_that_say_nothing_are_not_used() -> None:
    assert not [p for p in SOURCES if re.search(r"(utils?|helpers?|managers?|misc|common)$", p.stem)]


def test_each_dependency_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    wanted = tomllib.loads(text)["project"]
    listed = [*wanted["dependencies"], *(d for extra in wanted["optional-dependencies"].values() for d in extra)]
    for dependency in listed:
        line = next(line for line in text.splitlines() if f'"{dependency}"' in line)
        assert re.search(r"#\s*\S+", line), dependency
