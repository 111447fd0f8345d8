"""Which modules are reached from one by its imports."""

import importlib

from advspace.attack.source_modules import imported_sources, spec_of
from advspace_plugins.attack.lbfgsb.attack import LBFGSB


def test_of_advspace_those_modules_count_whose_names_are_imported():
    """Noises, probes and other attacks are not part of the default attack."""
    sources = imported_sources(spec_of(LBFGSB.__module__), lambda name: name.startswith("advspace"))
    assert {
        *("advspace.attack.contract", "advspace.box", "advspace.progress.ticks", "advspace_plugins.attack.goal"),
        *("advspace_plugins.attack.queries", "advspace_plugins.attack.lbfgsb.exploration"),
    } <= set(sources)
    others = (
        "advspace.noise",
        "advspace.probe",
        "advspace.records",
        "advspace.dataset",
        "advspace_plugins.attack.images",
    )
    assert not [name for name in sources if name.startswith(others)]


def test_an_attack_that_builds_on_ours_depends_on_our_code(written):
    written({"mine.py": "from advspace_plugins.attack.lbfgsb.attack import LBFGSB as Plugin\nclass Mine(Plugin): ..."})
    start = spec_of(importlib.import_module("mine").Mine.__module__)
    ours = imported_sources(spec_of(LBFGSB.__module__), lambda name: name.startswith("advspace"))
    assert set(imported_sources(start, lambda name: name.startswith(("mine", "advspace")))) == {"mine", *ours}
