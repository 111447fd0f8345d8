"""The digest of an attack's code changes with what its module imports of its own packages, and with nothing else."""

import importlib
import py_compile
import sys
import zipfile

import pytest

from advspace.attack.source_digest import source_digest

PACKAGE = {
    "thing/__init__.py": "import thing.run_by_the_package",
    "thing/run_by_the_package.py": "",
    "thing/deep/__init__.py": "",
    "thing/deep/attack.py": "import thing.absolute\nfrom . import beside\nfrom ..relative import step\n"
    "class Plugin:\n    def __call__(self):\n        from thing.deep.late import x",
    "thing/absolute.py": "from thing.deep.through import *",
    "thing/deep/through.py": "import thing.absolute, numpy\ndef rarely():\n    import nothing_of_this_name, thing.gone",
    "thing/deep/beside.py": "",
    "thing/relative.py": "step = 1",
    "thing/deep/late.py": "",
    "thing/deep/neighbour.py": "",
    "thing/neighbour.py": "",
    "another/__init__.py": "",
}
"""Two of the modules import each other."""


def plugin_of(module):
    return importlib.import_module(module).Plugin


@pytest.mark.parametrize("name", [name for name in PACKAGE if "neighbour" not in name and "another" not in name])
def test_editing_what_is_imported_changes_it(written, name):
    folder = written(PACKAGE)
    plugin = plugin_of("thing.deep.attack")
    before = source_digest(plugin)
    (folder / name).write_text(PACKAGE[name] + "\n# edited")
    assert source_digest(plugin) != before


@pytest.mark.parametrize("name", ["thing/neighbour.py", "thing/deep/neighbour.py", "another/__init__.py"])
def test_editing_a_neighbour_does_not(written, name):
    folder = written(PACKAGE)
    plugin = plugin_of("thing.deep.attack")
    before = source_digest(plugin)
    (folder / name).write_text("edited = True")
    (folder / name).with_name("new.py").write_text("")
    assert source_digest(plugin) == before


def test_it_knows_neither_folder_nor_what_else_is_imported(written, tmp_path, monkeypatch):
    """The same code elsewhere, with another working directory, and its modules imported in another order."""
    written(PACKAGE, tmp_path / "one")
    before = source_digest(plugin_of("thing.deep.attack"))
    for name in [name for name in sys.modules if name.partition(".")[0] == "thing"]:
        del sys.modules[name]
    written(PACKAGE, tmp_path / "two")
    monkeypatch.chdir(tmp_path)
    importlib.import_module("thing.deep.late")
    assert source_digest(plugin_of("thing.deep.attack")) == before


def test_nothing_is_imported_for_it(written):
    written({**PACKAGE, "thing/deep/late.py": "raise SystemExit('imported')"})
    plugin = plugin_of("thing.deep.attack")
    before = set(sys.modules)
    assert source_digest(plugin)
    assert set(sys.modules) == before


ALONE = {"alone.py": "from helping import x\nimport helpers.y\nclass Plugin: ...", "helping.py": "x = 1"}


@pytest.mark.parametrize(("folder", "counts"), [("src", True), ("site-packages", False)])
def test_what_lies_beside_a_single_file_counts_in_a_source_tree_alone(written, tmp_path, folder, counts):
    files = {**ALONE, "helpers/__init__.py": "", "helpers/y.py": "", "other.py": ""}
    tree = written(files, tmp_path / folder)
    digest = source_digest(plugin_of("alone"))
    for name in ("helping.py", "helpers/y.py"):
        (tree / name).write_text("x = 'edited'")
        assert (source_digest(plugin_of("alone")) != digest) is counts
        (tree / name).write_text(files[name])
    (tree / "other.py").write_text("x = 'edited'")
    assert source_digest(plugin_of("alone")) == digest
    (tree / "alone.py").write_text(ALONE["alone.py"] + "\n")
    assert source_digest(plugin_of("alone")) != digest


def test_packages_without_an_init(written, tmp_path):
    """A namespace package whose parts lie in two folders, and another below it that was never imported."""
    written(
        {"thing/attack.py": "import thing.inner.deeper.x\nfrom thing import far\nclass Plugin: ..."}, tmp_path / "a"
    )
    written({"thing/far.py": "", "thing/inner/deeper/x.py": ""}, tmp_path / "b")
    plugin = plugin_of("thing.attack")
    digests = [source_digest(plugin)]
    for name in ("far.py", "inner/deeper/x.py"):
        (tmp_path / "b" / "thing" / name).write_text("edited = True")
        digests.append(source_digest(plugin))
    assert len(set(digests)) == 3


def test_packages_in_an_archive(tmp_path, monkeypatch, written):
    written({})

    def digest(late):
        archive = tmp_path / f"{late}.zip"
        with zipfile.ZipFile(archive, "w") as file:
            for name, source in {**PACKAGE, "thing/deep/late.py": late}.items():
                file.writestr(name, source)
        monkeypatch.syspath_prepend(archive)
        for name in [name for name in sys.modules if name.partition(".")[0] == "thing"]:
            del sys.modules[name]
        return source_digest(plugin_of("thing.deep.attack"))

    assert digest("one") != digest("two")
    assert digest("one") == digest("one")


def test_compiled_modules_count_by_their_bytes(written):
    folder = written({"thing/__init__.py": "", "thing/attack.py": "import thing.part\nclass Plugin: ..."})
    digests = []
    for source in ("x = 1", "x = 2"):
        (folder / "part.py").write_text(source)
        py_compile.compile(str(folder / "part.py"), cfile=str(folder / "thing" / "part.pyc"))
        digests.append(source_digest(plugin_of("thing.attack")))
    assert digests[0] != digests[1]


def test_a_program_counts_and_a_notebook_has_no_digest(written, monkeypatch):
    folder = written(ALONE)
    program = type(sys)("__main__")
    exec(ALONE["alone.py"].partition("\n")[2].partition("\n")[2], vars(program))
    monkeypatch.setitem(sys.modules, "__main__", program)
    assert source_digest(program.Plugin) == ""
    program.__file__ = str(folder / "alone.py")
    digest = source_digest(program.Plugin)
    (folder / "helping.py").write_text("x = 'edited'")
    assert len({"", digest, source_digest(program.Plugin)}) == 3
