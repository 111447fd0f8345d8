"""The paper's attack, one image at a time with scipy."""
