"""Analyses of a finished run: shares, half scales, every attack by itself, distortions, pictures."""
