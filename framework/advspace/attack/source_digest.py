"""Digest of a plugin's source code, so that a changed plugin does not use old results."""

import sys
from hashlib import blake2b
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path

from advspace.attack.source_modules import imported_sources, spec_of

FRAMEWORK = ("advspace", "advspace_plugins")
"""The packages of advspace, which other plugins import."""
INSTALLED = frozenset({"site-packages", "dist-packages"})
"""Folders of installed packages: packages beside a plugin in such a folder are not its own."""


def source_digest(plugin: type) -> str:
    """Digest of the source of a plugin's module and of all modules that it imports from its own packages.

    Returns:
        The digest; empty for a class without a file, such as a class defined in a notebook.
    """
    return module_digest(plugin.__module__)


def module_digest(name: str) -> str:
    """Digest of the source of a module and of all modules that it imports from its own packages.

    A version identifies a release, but not a change that its author made since then.  Own packages are the module's
    package, the packages beside it in a source tree, and advspace.  For other packages an attack adds their versions to
    `depends_on`.

    Args:
        name: The module, imported already.

    Returns:
        The digest; empty for a module without a file.
    """
    start = _imported(name)
    if start is None:
        return ""
    packages, folder = {start.name.partition(".")[0], *FRAMEWORK}, _folder(start)

    def own(module: str) -> bool:
        package = module.partition(".")[0]
        return package in packages or (folder.name not in INSTALLED and _is_in(folder, package))

    result = blake2b(digest_size=16)
    for name, source in imported_sources(start, own).items():
        result.update(f"{name} {len(source)} ".encode() + source)
    return result.hexdigest()


def _imported(name: str) -> ModuleSpec | None:
    """The spec of an imported module; None if it has no file."""
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None)
    if file is None:
        return None
    loader = SourceFileLoader(name, file)  # a program has no spec
    return getattr(module, "__spec__", None) or spec_from_file_location(name, file, loader=loader)


def _is_in(folder: Path, package: str) -> bool:
    spec = spec_of(package)
    return spec is not None and spec.has_location and _folder(spec) == folder


def _folder(spec: ModuleSpec) -> Path:
    """The folder that contains the module, or the outermost package around it."""
    path = Path(spec.origin or "").absolute()
    is_package = spec.submodule_search_locations is not None
    return path.parents[spec.name.count(".") + is_package]
