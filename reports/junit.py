"""What JUnit's readers see of a check: its id, sentence, pitfall and remedy."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest


def describe(report: pytest.TestReport, record: Mapping[str, Any], lang: str) -> None:
    """Put the record on the report: as properties, and as the text of a failure or a skip."""
    remedy = record["remedy"] or {"text": {lang: ""}, "commands": []}
    properties = {
        "check": record["id"],
        "title": record["title"][lang],
        "status": record["status"],
        "pitfall": record["pitfall"] or "",
        "found": (record["found"] or {}).get(lang, ""),
        "remedy": remedy["text"][lang],
        "commands": "\n".join(remedy["commands"]),
    }
    report.user_properties += [(name, value) for name, value in properties.items() if value]
    if record["status"] == "crashed":
        return
    text = "\n".join(part for part in (properties["title"], properties["found"], properties["pitfall"], properties["remedy"], properties["commands"]) if part)
    if report.failed:
        report.longrepr = text
    elif report.skipped:
        report.longrepr = (f"checks::{record['id']}", 0, properties["found"])
