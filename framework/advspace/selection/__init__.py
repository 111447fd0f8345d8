"""The images and targets of a run, stored in its plan."""
