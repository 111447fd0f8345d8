"""Labelled images in the box: the contract, preparation, and images that are in memory already."""
