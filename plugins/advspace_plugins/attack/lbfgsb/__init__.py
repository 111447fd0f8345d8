"""The paper's attack, batched on the model's own device."""
