"""What `check` looks at and says, when the config could be read."""

from __future__ import annotations

from contextlib import suppress

from convert.batch.preflight import check_folders, check_tools
from convert.batch.prune import NO_LONGER, formats_of, no_longer_written
from convert.catalogue import CATALOGUE, read_catalogue
from convert.cli import screen
from convert.config import Config
from convert.config.extensions import check_packages
from convert.errors import MirrorpressError, NothingToReadError
from convert.messages import tr
from convert.profiles import load_profiles


def check_config(config: Config) -> None:
    """Say what a config asks for, and that it is right.

    Raises what is wrong with it: ConfigError, MissingToolError, or NothingToReadError where the input is not there.
    """
    profiles = load_profiles(config.parse.profiles, config.base)
    check_folders(config)
    check_tools(config)
    rows = [
        (tr("input"), config.input.told),
        (tr("output"), config.output.told),
        (tr("profiles"), ", ".join(profile.name for profile in profiles)),
        (tr("formats"), ", ".join(formats_of(config)) or tr("none")),
        (tr("volumes"), ", ".join(one.file for one in config.volumes) or tr("none")),
        (tr("feed"), config.feed.file if config.feed and config.volumes else tr("none")),
    ]
    rows += [
        (tr("deliver"), f"{one.to} {'' if one.to.exists() else tr('(is not there)')}".rstrip())
        for one in config.deliver
    ]
    for about, told in rows:
        screen.say(screen.line(about, told, 10))
    check_packages()
    _tell_no_longer(config)
    place = config.input.place
    if place is not None and not place.exists():
        raise NothingToReadError(f"input: {place}", "there is no such file or folder", "", "name the mirror there")
    screen.say(tr("The config is right."))


def _tell_no_longer(config: Config) -> None:
    """Say which formats the next run would not write any more."""
    file = config.output.path / CATALOGUE
    with suppress(MirrorpressError):  # one that cannot be read is nothing that is wrong with the config
        if file.exists():
            with read_catalogue(file) as catalogue:
                for name in no_longer_written(catalogue, config):
                    screen.say_error(tr(NO_LONGER, name=name))
