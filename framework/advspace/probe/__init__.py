"""Points around a center, classified and counted: the contract, the forward passes, the counts."""
