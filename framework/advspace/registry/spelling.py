"""Values of settings as the command line spells them."""

from typing import Any

from omegaconf import OmegaConf


def spelt(value: Any) -> str:
    """A value as the command line spells it; `???` for what must be given."""
    if OmegaConf.is_config(value):
        value = OmegaConf.to_container(value)
    if isinstance(value, list):
        return f"[{','.join(map(spelt, value))}]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}: {spelt(each)}" for key, each in value.items()) + "}"
    return str(value).lower() if isinstance(value, bool) else "null" if value is None else str(value) or "''"
