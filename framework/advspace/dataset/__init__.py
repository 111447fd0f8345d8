"""Labelled images in the box: the contract, the preparation, and images in memory."""
