"""Networks from pixels to logits: the contract, standardising, weight files, and networks that exist already."""
