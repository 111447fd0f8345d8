"""Plugins for advspace: a noise, a model and an analysis."""
