"""OverFeat, the paper's deep network."""
