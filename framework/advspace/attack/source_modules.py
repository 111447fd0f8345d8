"""The modules that a module imports, read from their source without importing them."""

import ast
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from importlib.util import resolve_name
from pathlib import Path
from pkgutil import get_importer
from typing import Any

NAMES_ONLY = "advspace"
"""A package whose `__init__` only re-exports names: only the modules of names in use are followed."""
Import = tuple[str, str]
"""A module, and the name imported from it; the name is empty for the whole module."""


def imported_sources(start: ModuleSpec, own: Callable[[str], bool]) -> dict[str, bytes]:
    """The source of a module and of each module that it imports, directly or not, by name.

    Included are imports within functions, and the packages around a module, which Python runs before it.

    Args:
        start: The first module.
        own: Whether to follow a module, by its name; other modules are left out.
    """
    modules, seen = {start.name: start}, set[Import]()
    todo: list[Import] = [(start.name, "")]
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo += _next(current, modules, own)
    return {name: source_of(modules[name]) for name in sorted(modules)}


def _next(current: Import, modules: dict[str, ModuleSpec], own: Callable[[str], bool]) -> Iterator[Import]:
    """The imports that one import leads to; its module is added to `modules`."""
    module, name = current
    spec = modules.get(module) or (spec_of(module) if own(module) else None)
    if spec is None:
        return
    yield from ((package, "") for package in _packages(module) if package != NAMES_ONLY)
    if name and spec_of(f"{module}.{name}"):
        yield f"{module}.{name}", ""
    elif name:
        yield from _origins(spec, name)
    else:
        modules[module] = spec
        yield from ((origin, there) for origin, there, _ in _imports(spec))


def _origins(spec: ModuleSpec, name: str) -> list[Import]:
    """The module that defines a name: the module itself, unless it only re-exports names."""
    named = [(origin, there) for origin, there, here in _imports(spec) if spec.name == NAMES_ONLY and here == name]
    return named or [(spec.name, "")]


def _packages(module: str) -> Iterator[str]:
    """The packages around a module."""
    while "." in module:
        module = module.rpartition(".")[0]
        yield module


def _imports(spec: ModuleSpec) -> Iterator[tuple[str, str, str]]:
    """The imports of a module: source module, name there, and name here."""
    package = spec.name if spec.submodule_search_locations is not None else spec.parent or ""
    try:
        tree = ast.parse(source_of(spec))
    except (SyntaxError, ValueError):  # compiled code
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "", "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (origin := _origin(node, package)):
            for alias in node.names:
                yield (origin, "", "") if alias.name == "*" else (origin, alias.name, alias.asname or alias.name)


def _origin(node: ast.ImportFrom, package: str) -> str:
    """The module that `from ... import` names; empty if a relative import leaves its package."""
    try:
        return resolve_name("." * node.level + (node.module or ""), package)
    except ImportError:
        return ""


def spec_of(module: str) -> ModuleSpec | None:
    """The spec of a module; None if there is none.  `importlib.util.find_spec` would import the packages around it."""
    if module in sys.modules:
        return getattr(sys.modules[module], "__spec__", None)
    parent = module.rpartition(".")[0]
    if not parent:
        return _search(module, [str(Path(folder).absolute()) for folder in sys.path])
    around = spec_of(parent)
    return None if around is None else _search(module, list(around.submodule_search_locations or ()))


def _search(module: str, folders: Sequence[str]) -> ModuleSpec | None:
    """The module in the first folder that has it; else the namespace package of all folders."""
    portions: list[str] = []
    for folder in folders:
        finder: Any = get_importer(folder)
        spec: ModuleSpec | None = finder.find_spec(module) if finder else None
        if spec is not None and spec.loader is not None:
            return spec
        portions += (spec.submodule_search_locations or ()) if spec else ()
    if not portions:
        return None
    namespace = ModuleSpec(module, None, is_package=True)
    namespace.submodule_search_locations = portions
    return namespace


def source_of(spec: ModuleSpec) -> bytes:
    """The content of a module's file, on disk or in an archive; empty if it has no file, as a namespace package."""
    loader: Any = spec.loader
    try:
        return bytes(loader.get_data(spec.origin))
    except (AttributeError, OSError):
        return b""
