"""Plugins by name: read from entry points, configured by their constructors, built into components."""
