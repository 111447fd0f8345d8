"""Share curves of a run, and of several runs in one chart."""
