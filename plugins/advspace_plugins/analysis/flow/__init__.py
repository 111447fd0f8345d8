"""Which classes the probes go to as the noise grows."""
