"""Which images are attacked towards which targets, fixed in the plan of a run."""
