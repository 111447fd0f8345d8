"""Networks of timm and torchvision."""
