"""`slack manifest`: what to paste where a Slack app is made."""

import json
from argparse import Namespace

from bot.commandline.configured import settings
from bot.wiring.slack import slack_manifest


def manifest(arguments: Namespace) -> int:
    """Print the app's manifest for the configured transport, or the one that is asked for."""
    chosen = settings(arguments)
    transport = arguments.transport or chosen.slack.transport
    made = slack_manifest(chosen, http=transport == "http")
    print(json.dumps(made, indent=2, ensure_ascii=False))
    return 0
