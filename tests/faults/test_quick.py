"""A few tries of each campaign that needs no process of its own; `make faults` makes many."""

from faults import crowds, files


def test_damaged_files_and_full_disks_are_told_or_mended(one_thread, no_plugin_configs):
    for tally in (files.campaign(8, seed=4), crowds.campaign(3, seed=4, crowded=0)):
        assert tally.faults == 0, str(tally)
