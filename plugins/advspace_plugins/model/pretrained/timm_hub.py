"""The hub of timm's weights, and its cache; one request with a short timeout."""

from typing import Any

TIMEOUT = 5.0
"""Seconds to wait for the hub; its own client tries for 45 seconds."""

FILES = ("model.safetensors", "pytorch_model.bin")


def cache_folder() -> str:
    """The cache of the hub's client; HF_HOME moves it."""
    from huggingface_hub import constants

    return str(constants.HF_HUB_CACHE)


def cached_file(config: Any) -> str | None:
    """The cached file with the weights that timm's `config` names; None if there is none."""
    from huggingface_hub import try_to_load_from_cache

    if not config.hf_hub_id:
        return None
    repository, _, revision = config.hf_hub_id.partition("@")
    names = (config.hf_hub_filename,) if config.hf_hub_filename else FILES
    result = (try_to_load_from_cache(repository, name, revision=revision or None) for name in names)
    return next((file for file in result if isinstance(file, str)), None)


def hub_error() -> str:
    """Why the hub cannot be reached; empty if it can."""
    from huggingface_hub import constants, get_session

    try:
        get_session().head(constants.ENDPOINT, timeout=TIMEOUT)
    except Exception as error:  # its type depends on the HTTP library of the installed client
        return str(error) or type(error).__name__
    return ""
