"""A run that names a room: what it says before it sends anything, what it takes from the profile, and the hand-in."""
from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

import pytest

from checks.judging.lesson import raise_minimum
from checks.judging.run import JUDGEMENTS, PROFILE, mode
from fixtures.room.client import Address, NoRoom, address, hand_in, machine_key, open_room
from fixtures.room.profile import Profile
from fixtures.system import stream
from fixtures.system.cache_place import cache_dir
from fixtures.system.sentences import Text
from reports.language import shown, usual
from reports.result import dump
from reports.screen import Screen, wrap
from reports.words import words

HANDED_IN = ("verify", "fix")
"""The modes that judge; a plan and an undo say nothing of how far a person is."""


class Visit:
    """Of one run. `where` is None for a profile in a file: then nothing is sent."""

    def __init__(self, config: pytest.Config, stdout: TextIO) -> None:
        self.config, self._stdout = config, (sys.__stderr__ or stdout) if config.option.json else stdout
        self.where: Address | None = address(config.option.room)
        self._announce()
        try:
            self.profile: Profile = open_room(config.option.room)
        except NoRoom as error:
            raise pytest.UsageError(error.words.both) from error
        self._refuse_other_models()
        config.option.lang = config.option.lang or self.profile.lang
        config.stash[PROFILE] = self.profile
        raise_minimum(self.profile.minimum)
        if self.where and mode(config) in ("fix", "fix-plan") and config.option.mirror is None:
            config.option.mirror = self._mirror(self.where)

    @property
    def hands_in(self) -> bool:
        return self.where is not None and mode(self.config) in HANDED_IN

    def _announce(self) -> None:
        """Before the first byte goes out: what will be sent, and to whom."""
        if self.where and self.hands_in:
            self._say(words.terminal("will-send", room=self.where.url))

    def _say(self, line: Text) -> None:
        stream.say(getattr(line, shown(self.config.option.lang or usual(), self._stdout)), self._stdout)

    def _refuse_other_models(self) -> None:
        from fixtures.ollama.names import same_model

        typed, allowed = self.config.option.model, self.profile.allowed
        if typed and allowed and not any(same_model(typed, one) for one in allowed):
            raise pytest.UsageError(words.usage("model-not-allowed", model=typed, allowed=", ".join(allowed)).both)

    def _mirror(self, where: Address) -> str | None:
        """The room's, where it has something: one that only takes hand-ins leaves the downloads as they are."""
        from fixtures.mirror.client import Room

        room = Room(where.mirror)
        return where.mirror if room.models() or room.programs() else None

    def end(self, result: Mapping[str, Any], screen: Screen, interrupted: bool) -> Iterator[str]:
        """Hand in, and the lines that say what became of it; where help is to be had, if it is needed."""
        if self.profile.help and result["verdict"] != "passed":
            yield from _lines(screen, words.terminal("ask", where=self.profile.help))
        if self.profile.server:
            yield from _lines(screen, self._rooms_server(self.profile.server))
        if self.hands_in and self.where and not interrupted:
            yield from _lines(screen, self._hand_in(self.where, result))

    def _rooms_server(self, server: str) -> Text:
        """Whether the config leads there, the person reads in full: the table of the checks has no room for it."""
        judgements = self.config.stash.get(JUDGEMENTS, None)
        used = judgements is not None and judgements.facts.rooms_server is not None
        return words.terminal("rooms-server-used" if used else "rooms-server", server=server)

    def _hand_in(self, where: Address, result: Mapping[str, Any]) -> Text:
        try:
            done = hand_in(where, dump(result).encode(), machine_key(cache_dir(os.environ), where),
                           result["seat"] or "")
        except NoRoom as error:
            return words.terminal("not-handed-in", why=error.words)
        key = "handed-in-shared" if done.shared else "handed-in" if result["seat"] else "handed-in-unnamed"
        scheme = self.profile.seat or "NAME"
        return words.terminal(key, seat=done.seat, typed=result["seat"] or "", room=where.url, scheme=scheme)


def _lines(screen: Screen, line: Text) -> Iterator[str]:
    yield from (screen.fit(f"  {one}") for one in wrap(screen.say(line), screen.width - 4))
