"""Plugins by name: found through entry points, configured by their constructors, built into components."""
