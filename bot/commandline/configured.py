"""The configuration of a command line: the file it names, the environment."""

import os
from argparse import Namespace

from bot.config import Settings, load
from bot.wiring.sources import formats


def settings(arguments: Namespace) -> Settings:
    """Return the settings; ConfigError with every problem."""
    return load(arguments.config, os.environ, formats=formats())
