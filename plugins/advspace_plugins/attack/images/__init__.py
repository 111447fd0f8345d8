"""Adversarial images that exist already."""
