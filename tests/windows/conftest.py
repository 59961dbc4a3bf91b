"""Everything in here runs on a Windows of its own, or says what would make one."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from fixtures.programs.steps import StepFailed
from tests.support.windows import machine


@pytest.fixture(scope="session")
def windows() -> None:
    """Made once, in the suite's cache: four minutes and 2 GB."""
    machine.skip_where_none_can_be_made()
    try:
        machine.provisioned()
    except StepFailed as error:  # a mirror that is out of reach says nothing of the suite
        pytest.skip(f"no Windows, for {error}: run this where apt, Maven and pip reach their mirrors")


@pytest.fixture(scope="module")
def learner(windows: None) -> Iterator[machine.Windows]:
    """A person with a Chinese name on a Chinese Windows, whose suite lies in a folder with a space."""
    with machine.machine("王小明 同学", "zh_CN.UTF-8") as made:
        yield made
