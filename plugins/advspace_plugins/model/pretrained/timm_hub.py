"""The hub that timm takes its weights from, asked once and not for long."""

from typing import Any

PATIENCE = 5.0
"""Seconds to wait for the hub; its own client tries for three quarters of a minute."""

FILES = ("model.safetensors", "pytorch_model.bin")


def cache_folder() -> str:
    """Where the hub's client keeps what it fetched; HF_HOME moves it."""
    from huggingface_hub import constants

    return str(constants.HF_HUB_CACHE)


def cached_file(config: Any) -> str | None:
    """The weights that timm's `config` names, where an earlier run has fetched them."""
    from huggingface_hub import try_to_load_from_cache

    if not config.hf_hub_id:
        return None
    repository, _, revision = config.hf_hub_id.partition("@")
    names = (config.hf_hub_filename,) if config.hf_hub_filename else FILES
    result = (try_to_load_from_cache(repository, name, revision=revision or None) for name in names)
    return next((file for file in result if isinstance(file, str)), None)


def hub_silence() -> str:
    """Why the hub cannot be asked; empty where it can."""
    from huggingface_hub import constants, get_session

    try:
        get_session().head(constants.ENDPOINT, timeout=PATIENCE)
    except Exception as error:  # which one depends on the HTTP library that the installed client uses
        return str(error) or type(error).__name__
    return ""
