"""The configuration of a command line: the file it names, the environment."""

import os
from argparse import Namespace

from bot import wiring
from bot.config import Settings, load


def settings(arguments: Namespace) -> Settings:
    """Return the settings; ConfigError with every problem."""
    return load(arguments.config, os.environ, formats=wiring.formats())
