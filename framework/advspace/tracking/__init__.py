"""Runs logged to Weights & Biases."""
