"""Times as the room's page shows them."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta


def when(moment: datetime | None) -> str | None:
    """By the clock of the machine that makes the page, which hangs in the room: `2026-11-26 12:16 UTC+8`."""
    if moment is None:
        return None
    try:
        local = moment.astimezone()
    except (OverflowError, ValueError, OSError):  # whoever hands in writes any year
        local = moment.astimezone(UTC)
    ahead = int((local.utcoffset() or timedelta()).total_seconds()) // 60
    hours, minutes = divmod(abs(ahead), 60)
    zone = f"{'-' if ahead < 0 else '+'}{hours}{f':{minutes:02d}' if minutes else ''}" if ahead else ""
    return f"{local:%Y-%m-%d %H:%M} UTC{zone}"
