"""References in a config's text, as OpenCode fills them in."""
from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.opencode.config import read_config
from fixtures.opencode.substitute import BadReference, BreakingValue, fill
from fixtures.system.setup import Setup


def config(folder: Path, text: str | bytes, **env: str) -> Setup:
    (folder / "opencode.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    return Setup(env, folder / "home", folder, "rehearse")


@pytest.mark.parametrize(("text", "place"), [
    ('{"x": 1, // was {file:./old-key.txt}\n}', (1, 17)), ('{\n/* {file:gone.txt} */ "x": 1}', (2, 4)),
    ('{"x": "{file:.}"}', (1, 8)),
])
def test_a_file_that_is_not_there_ends_it_in_a_comment_too(text: str, place: tuple[int, int], tmp_path: Path) -> None:
    (source,) = read_config(config(tmp_path, text)).sources
    assert isinstance(source.problem, BadReference) and (source.problem.line, source.problem.column) == place


def test_a_line_that_begins_as_a_comment_is_skipped(tmp_path: Path) -> None:
    (source,) = read_config(config(tmp_path, '{\n \u3000// {file:gone.txt}\n"x": 1}'.replace("\u3000", "\t"))).sources
    assert source.problem is None and source.value == {"x": 1}


def test_a_reference_in_a_key(tmp_path: Path) -> None:
    found = read_config(config(tmp_path, '{"provider": {"{env:ID}": {"models": {"{env:M}": {}}}}}', ID="ollama",
                               M="q:7b"))
    assert found.providers == {"ollama": {"models": {"q:7b": {}}}}
    assert found.sources[0].position(("provider", "ollama")) == (1, 15)


@pytest.mark.parametrize("value", ['a"b', "C:\\Users\\me", "two\nlines"])
def test_a_value_that_breaks_the_json_is_named(value: str, tmp_path: Path) -> None:
    (source,) = read_config(config(tmp_path, '{\n  "x": "{env:X}"}', X=value)).sources
    assert isinstance(source.problem, BreakingValue) and source.problem.name == "X" and source.problem.line == 2


def test_a_file_is_trimmed_as_javascript_trims_and_escaped(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes('\ufeff\u3000a"b\n'.encode())
    assert read_config(config(tmp_path, '{"x": "{file:key}"}')).value == {"x": 'a"b'}


def test_what_a_variable_brings_in_is_a_reference_too(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k")
    setup = config(tmp_path, '{"x": "{env:X}", "y": "{file:key}"}', X="{file:key}")
    assert read_config(setup).value == {"x": "k", "y": "k"}


@pytest.mark.parametrize("text", ["[{}]", '"text"', "null", "7"])
def test_a_value_that_is_no_object_is_kept_for_opencode(text: str, tmp_path: Path) -> None:
    (source,) = read_config(config(tmp_path, text)).sources
    assert source.no_object and source.value == {}


@given(st.text(st.sampled_from('{}env:file/\\"\n\x00~. aX')))
def test_no_text_breaks_it(text: str) -> None:
    setup = Setup({"a": text, "X": '"'}, Path("/nowhere"), Path("/nowhere"), "rehearse")
    try:
        assert isinstance(fill(text, Path("/nowhere"), setup).text, str)
    except BadReference as problem:
        assert problem.line >= 1
