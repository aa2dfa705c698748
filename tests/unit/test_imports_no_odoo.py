"""The pure packages can be run, tested and shipped without Odoo."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PURE = [
    ROOT / "telephony_crm" / "pbx",
    ROOT / "telephony_crm" / "bridge",
    ROOT / "telephony_crm" / "phonebook",
    ROOT / "telephony_crm_tracking" / "attribution",
]
FOREIGN = {"odoo", "psycopg2", "telephony_crm", "telephony_crm_tracking"}
FILES = [path for package in PURE for path in sorted(package.rglob("*.py"))]


def test_every_pure_package_is_guarded():
    assert all(package.is_dir() for package in PURE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_imports_neither_odoo_nor_the_rest_of_its_addon(path):
    package = next(package for package in PURE if package in path.parents)
    depth = len(path.relative_to(package).parts)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level <= depth, f"line {node.lineno} leaves {package.name}/"
            names = [] if node.level else [node.module]
        else:
            continue
        for name in names:
            assert name.split(".")[0] not in FOREIGN


def test_everything_loads_where_there_is_no_odoo():
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in FILES
        if path.name != "__init__.py"
    ]
    program = f"""
import importlib, sys, types
class NoOdoo:
    def find_spec(self, name, path=None, target=None):
        assert name.split(".")[0] != "odoo", name
sys.meta_path.insert(0, NoOdoo())
for name in {[package.parent.name for package in PURE]!r}:
    stub = types.ModuleType(name)
    stub.__path__ = [{str(ROOT)!r} + "/" + name]
    sys.modules[name] = stub
for name in {modules!r}:
    importlib.import_module(name)
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
