"""The code that a plugin consists of, so that a result is known to be of the code as it is now."""

import sys
from hashlib import blake2b
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path

from advspace.attack.source_modules import imported_sources, spec_of

FRAMEWORK = ("advspace", "advspace_plugins")
"""The packages of advspace itself, on which other plugins build."""
INSTALLED = ("site-packages", "dist-packages")
"""Folders of installed packages: what lies in one of them beside a plugin is another's."""


def source_digest(plugin: type) -> str:
    """Tell the code of plugins apart: of its module and of all that this imports from its own packages.

    A version says this of what was released, but not of what its author has changed a minute ago.  Own packages are
    the one that the plugin is in, those beside it in a source tree, and advspace: the code of a checkout changes while
    its version stays.  Of other packages an attack says in `depends_on` what it needs.

    Returns:
        Empty for a class without a file, such as one that was typed into a notebook.
    """
    start = _module_of(plugin)
    if start is None:
        return ""
    packages, folder = {start.name.partition(".")[0], *FRAMEWORK}, _folder(start)

    def own(module: str) -> bool:
        package = module.partition(".")[0]
        return package in packages or (folder.name not in INSTALLED and _lies_in(folder, package))

    result = blake2b(digest_size=16)
    for name, source in imported_sources(start, own).items():
        result.update(f"{name} {len(source)} ".encode() + source)
    return result.hexdigest()


def _module_of(plugin: type) -> ModuleSpec | None:
    """The module in which a class is; None where it has no file."""
    module = sys.modules.get(plugin.__module__)
    file = getattr(module, "__file__", None)
    if file is None:
        return None
    loader = SourceFileLoader(plugin.__module__, file)  # of a program, which Python starts without a spec
    return getattr(module, "__spec__", None) or spec_from_file_location(plugin.__module__, file, loader=loader)


def _lies_in(folder: Path, package: str) -> bool:
    spec = spec_of(package)
    return spec is not None and spec.has_location and _folder(spec) == folder


def _folder(spec: ModuleSpec) -> Path:
    """The folder in which the module, or the outermost package around it, lies."""
    path = Path(spec.origin or "").absolute()
    is_package = spec.submodule_search_locations is not None
    return path.parents[spec.name.count(".") + is_package]
