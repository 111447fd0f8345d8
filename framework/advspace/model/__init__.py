"""Networks from pixels to logits: the contract, standardising, weight files, and networks given by the user."""
