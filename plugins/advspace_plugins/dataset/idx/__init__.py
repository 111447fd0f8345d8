"""MNIST and its relatives, in idx files."""
