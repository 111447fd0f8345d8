"""Regions of known shape: what every estimator must get right."""
