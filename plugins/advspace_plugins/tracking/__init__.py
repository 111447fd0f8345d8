"""Trackers: wandb, TensorBoard, CSV files, MLflow, Trackio."""
