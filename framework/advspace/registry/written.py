"""The docstring of a plugin as its source file has it: to list plugins, none of their libraries is imported."""

import ast
import sys
from collections.abc import Iterable
from importlib.machinery import ModuleSpec

from advspace.registry.docstring import Docstring, parsed
from advspace.registry.installed import Point


def written(point: Point) -> Docstring | None:
    """The docstring of a plugin's class; None if the class must be imported to know it.

    This is so if the source file does not define the class, or if a package that it imports is not installed.

    Args:
        point: Entry point of the plugin.
    """
    try:
        tree = ast.parse(_source(point.module))
    except (ImportError, SyntaxError, ValueError, OSError):
        return None
    found = _class(tree.body, point.attr.split("."))
    if found is None or not all(map(_is_there, _imported(tree.body))):
        return None
    return parsed(ast.get_docstring(found) or "")


def _source(module: str) -> str:
    spec = _spec(module)
    get = getattr(spec.loader, "get_source", None) if spec else None
    return (get(module) if get else None) or ""


def _spec(module: str) -> ModuleSpec | None:
    """Where a module is; `importlib.util.find_spec` would import the packages around it."""
    spec, names = None, module.split(".")
    for end in range(1, len(names) + 1):
        path = spec.submodule_search_locations if spec else None
        if end > 1 and path is None:
            return None
        whole = ".".join(names[:end])
        spec = next((found for each in sys.meta_path if (found := each.find_spec(whole, path))), None)
        if spec is None:
            return None
    return spec


def _class(body: list[ast.stmt], names: list[str]) -> ast.ClassDef | None:
    found = next((each for each in body if isinstance(each, ast.ClassDef) and each.name == names[0]), None)
    return found if found is None or len(names) == 1 else _class(found.body, names[1:])


def _imported(body: Iterable[ast.stmt]) -> set[str]:
    """The packages that a module imports when it is imported."""
    plain = {alias.name for each in body if isinstance(each, ast.Import) for alias in each.names}
    named = {str(each.module) for each in body if isinstance(each, ast.ImportFrom) and not each.level}
    return {name.partition(".")[0] for name in plain | named}


def _is_there(package: str) -> bool:
    return package in sys.modules or _spec(package) is not None
