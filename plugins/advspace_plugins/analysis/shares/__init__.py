"""Share curves of a run, and of several laid over one another."""
