"""Probabilities in the place of logits."""

from advspace.shapes import Flags, Logits


def are_probabilities(logits: Logits) -> Flags:
    """Whether the values of an image are probabilities: none below 0, and a sum of 1."""
    return (logits >= 0).all(1) & ((logits.double().sum(1) - 1).abs() < 1e-3)
