"""Certified radii of the smoothed classifier around originals and adversarials."""
