"""Names that are one model to Ollama, and names that are not (asked of 0.34.0's `/api/show`)."""
from __future__ import annotations

import pytest

from fixtures.ollama.names import same_model

NAME = "qwen2.5-coder:7b"


@pytest.mark.parametrize(
    "other", [f" {NAME}", f"{NAME}\n", f"\t{NAME}", f"\u00a0{NAME}", f"\u3000{NAME}  ", NAME.upper()]
)
def test_one_model(other: str) -> None:
    assert same_model(other, NAME)


@pytest.mark.parametrize("other", ["qwen2.5-coder :7b", "qwen2.5-coder: 7b", f"\u200b{NAME}", "qwen2.5-coder"])
def test_another(other: str) -> None:
    assert not same_model(other, NAME)
