"""Adversarial images: the contract, the check of each result, the stop rule after any attack, and the cache."""
