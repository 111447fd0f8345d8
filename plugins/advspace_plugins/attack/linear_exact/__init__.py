"""The closest adversarial image of a linear classifier, solved exactly."""
