"""A model may name an address and a package of its own: they count for it, and for no other (OpenCode 1.18.33)."""
from __future__ import annotations

from typing import Any

from fixtures.opencode.endpoint import address_of, package_of

HERE, AWAY = "http://localhost:11434/v1", "http://192.168.7.7:8000/v1"
MODELS: dict[str, Any] = {"a": {"provider": {"api": HERE, "npm": "@ai-sdk/openai"}}, "b": {"provider": {"api": AWAY}},
                          "c": {}, "d": "x", "e": {"provider": []}}


def test_a_models_own_address_counts_for_it_alone() -> None:
    provider = {"api": AWAY, "models": MODELS}
    assert [address_of(provider, key) for key in "abcde"] == [HERE, AWAY, AWAY, AWAY, AWAY]
    assert address_of({"models": MODELS}, "c") is None
    assert address_of({"models": MODELS}, None) == HERE


def test_a_model_that_is_not_listed_has_no_address_of_the_others() -> None:
    """OpenCode may know it from its catalogue, as a cloud's: nothing may be sent because another one is here."""
    assert address_of({"models": MODELS}, "gone") is None
    assert address_of({"api": AWAY, "models": MODELS}, "gone") == AWAY


def test_base_url_of_the_options_comes_before_all() -> None:
    assert address_of({"options": {"baseURL": HERE}, "api": AWAY, "models": MODELS}, "b") == HERE
    assert address_of({"options": {"baseURL": ""}, "api": AWAY}, None) == AWAY
    assert address_of({"options": [], "models": [HERE]}, "a") is None


def test_a_models_own_package_too() -> None:
    provider = {"npm": "@ai-sdk/openai-compatible", "models": MODELS}
    assert [package_of(provider, key) for key in ("a", "b", "gone")] == [
        "@ai-sdk/openai", "@ai-sdk/openai-compatible", "@ai-sdk/openai-compatible"]
