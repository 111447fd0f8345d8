"""The hub is asked once, and not for long; what the cache holds is used without it."""

from types import SimpleNamespace

import pytest

from advspace_plugins.model.pretrained.timm_hub import TIMEOUT, cache_folder, cached_file, hub_error


def config(hub="timm/net@main", filename=None):
    return SimpleNamespace(hf_hub_id=hub, hf_hub_filename=filename)


@pytest.fixture
def cache(monkeypatch):
    """Files that the hub's client is said to have, by repository, revision and name."""
    files = {}

    def held(repository, name, revision=None):
        return files.get((repository, revision, name))

    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", held)
    return files


def test_a_repository_may_name_its_revision_and_its_file(cache):
    cache["timm/net", "main", "model.safetensors"] = "/cache/a"
    cache["timm/net", None, "own.bin"] = "/cache/b"
    assert cached_file(config()) == "/cache/a"
    assert cached_file(config("timm/net", "own.bin")) == "/cache/b"
    assert cached_file(config("timm/net")) is None
    assert cached_file(config("")) is None


def test_safetensors_go_before_pickles_and_what_is_known_to_be_absent_is_no_file(cache):
    for name in ("model.safetensors", "pytorch_model.bin"):
        cache["timm/net", "main", name] = f"/cache/{name}"
    assert cached_file(config()) == "/cache/model.safetensors"
    cache["timm/net", "main", "model.safetensors"] = object()  # the client's mark for a file that the hub lacks
    assert cached_file(config()) == "/cache/pytorch_model.bin"


def test_the_cache_is_where_the_client_has_it(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", "/somewhere")
    assert cache_folder() == "/somewhere"


@pytest.mark.parametrize(
    ("error", "reason"),
    [(None, ""), (OSError("no route to host"), "no route to host"), (TimeoutError(), "TimeoutError")],
)
def test_why_the_hub_cannot_be_reached(monkeypatch, error, reason):
    asked = []

    class Session:
        def head(self, address, timeout):
            asked.append((address, timeout))
            if error:
                raise error

    monkeypatch.setattr("huggingface_hub.get_session", Session)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    assert hub_error() == reason
    assert asked == [("http://127.0.0.1:9", TIMEOUT)]
