"""The modules that a module imports, found by reading their source; nothing is imported for it."""

import ast
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from importlib.util import resolve_name
from pathlib import Path
from pkgutil import get_importer
from typing import Any

NAMES_ONLY = "advspace"
"""A package that only gives names to what its modules hold: of it those modules are followed whose names are used."""
Import = tuple[str, str]
"""A module, and the name that is imported from it; empty for the whole of it."""


def imported_sources(start: ModuleSpec, own: Callable[[str], bool]) -> dict[str, bytes]:
    """The source of a module and of each module that it imports, directly or through others, by name.

    Imports within functions count, and so do the packages around a module, which Python runs before it.

    Args:
        start: Where to begin.
        own: Which modules to follow, by name; all others are left out.
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
    """What one import leads to; the module that holds it is added to `modules`."""
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
    """Where a module has a name from: from itself, unless it only gives names."""
    named = [(origin, there) for origin, there, here in _imports(spec) if spec.name == NAMES_ONLY and here == name]
    return named or [(spec.name, "")]


def _packages(module: str) -> Iterator[str]:
    """The packages around a module."""
    while "." in module:
        module = module.rpartition(".")[0]
        yield module


def _imports(spec: ModuleSpec) -> Iterator[tuple[str, str, str]]:
    """What a module imports: from which module, which name, and what it is called here."""
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
    """The module that `from ... import` names; empty where a relative one leaves its package."""
    try:
        return resolve_name("." * node.level + (node.module or ""), package)
    except ImportError:
        return ""


def spec_of(module: str) -> ModuleSpec | None:
    """Where a module is; None where there is none.  `importlib.util.find_spec` would import the packages around it."""
    if module in sys.modules:
        return getattr(sys.modules[module], "__spec__", None)
    parent = module.rpartition(".")[0]
    if not parent:
        return _found(module, [str(Path(folder).absolute()) for folder in sys.path])
    around = spec_of(parent)
    return None if around is None else _found(module, list(around.submodule_search_locations or ()))


def _found(module: str, folders: Sequence[str]) -> ModuleSpec | None:
    """The module in the first of the folders that has it; else the namespace package that they make together."""
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
    """The file of a module, on disk or in an archive; empty where there is none, as for a namespace package."""
    loader: Any = spec.loader
    try:
        return bytes(loader.get_data(spec.origin))
    except (AttributeError, OSError):
        return b""
