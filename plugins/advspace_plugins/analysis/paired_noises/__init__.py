"""The same adversarials under Gaussian noise and under noise from the histogram of their own distortion."""
