"""One fast forward pass: folded layers, memory format, rows per pass, and half as many where memory runs out."""
