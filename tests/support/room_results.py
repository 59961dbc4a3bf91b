"""Results as a room collects them: of any verdict, at any minute of the lesson."""
from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support import result_samples as samples

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MADE = {"failed": samples.stopped_server, "passed": samples.advised, "incomplete": samples.interrupted}


def put(file: Path, kind: str = "passed", minutes: int = 0, target: str = "machine", **values: Any) -> None:
    """A result of that verdict, so many minutes after the start of the lesson."""
    made = MADE[kind](target=target)
    file.parent.mkdir(parents=True, exist_ok=True)
    result = {**made, "started": (START + timedelta(minutes=minutes)).isoformat(), **values}
    file.write_text(json.dumps(result), encoding="utf-8")
