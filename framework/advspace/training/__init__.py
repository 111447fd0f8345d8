"""Weights: trained with Lightning, kept, and found again."""
