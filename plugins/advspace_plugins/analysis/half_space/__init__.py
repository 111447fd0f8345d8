"""Distance, curvature and corner of the boundary, from the counts of the probes."""
