"""Adversarial images: the contract, the check of every claim, the stop rule after any attack, and the cache."""
