"""What shape the regions have at the scales that were probed."""
