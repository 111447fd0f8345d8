"""Adversarial images: the contract, the check of every claim, where an attack stops, and the cache."""
