"""Measured shares beside the exact ones, for models with a known answer."""
