"""A fast forward pass: folded layers, memory format, rows per pass, and fewer rows when memory runs out."""
