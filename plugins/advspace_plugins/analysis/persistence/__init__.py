"""Persistence: the largest noise at which a share of the probes is still kept."""
