"""A few tries of each campaign that needs no process of its own; `make faults` makes many."""

from faults import crowds, files


def test_damaged_files_and_full_disks_are_told_or_mended(one_thread, no_plugin_configs):
    quick = {name: files.KINDS[name] for name in ("plan.json", "config.yaml", "probes.parquet", "tensors")}
    for tally in (files.campaign(6, seed=4, kinds=quick), crowds.campaign(1, seed=4, crowded=0)):
        assert tally.faults == 0, str(tally)
