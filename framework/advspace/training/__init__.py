"""Weights: trained with Lightning, and cached."""
