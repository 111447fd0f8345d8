"""Runs logged to other programs: the contract of trackers, and several trackers beside each other."""
