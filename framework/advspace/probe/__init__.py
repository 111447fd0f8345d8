"""Points around a center, classified and counted: the contract, the pass through the network, the counts."""
