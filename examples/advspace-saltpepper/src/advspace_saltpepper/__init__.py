"""Plugins for advspace: a noise and a model."""
