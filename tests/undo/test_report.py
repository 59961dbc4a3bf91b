"""What `--undo` reports, whatever else this machine has."""
from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from fixtures.fix.journal import Journal
from fixtures.system.setup import Setup
from tests.conftest import Ran
from tests.support.fix_homes import OLD, config_of, env_of, make_home
from tests.support.programs_stand_ins import program


def test_undo_ends_well_where_opencode_was_not_asked_for_its_version_before(
    tmp_path: Path, run_checks: Callable[..., Ran]
) -> None:
    """Whose secrets the report takes out depends on it; by then no program is started any more."""
    home = make_home(tmp_path)
    journal = Journal(Setup(env_of(home), home, tmp_path / "project", port=9))
    journal.write(config_of(home), OLD.encode(), b"new")
    journal.close()
    opencode = program(tmp_path / "bin" / "opencode", "print('1.18.33')")
    ran = run_checks("--undo", "--lang=en", env=env_of(home, PATH=f"{opencode.parent}{os.pathsep}{os.defpath}"))
    assert ran.code == 0 and "Traceback" not in ran.out and ran.result["fixes"]
    assert config_of(home).read_text(encoding="utf-8") == OLD
