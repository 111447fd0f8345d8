"""What a finished run says: shares, half scales, every attack by itself, distortions, pictures."""
