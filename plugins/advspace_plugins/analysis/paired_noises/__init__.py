"""The same adversarials under Gaussian noise and under the histogram of their own distortion."""
