"""The manifest is one that Slack takes, asks for what is used, and `check` says what is missing."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from adapters.slack.checking import check
from adapters.slack.manifest import COMMANDS, EVENTS, SCOPES, manifest
from tests.adapters.slack.room import slack_settings
from tests.adapters.slack.rules import METHODS
from tests.adapters.slack.standin import BOT_USER, GENERAL, QUIET, TEAM, running

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
SCHEMA = SHARED / "slack-contracts" / "manifest.schema.2.0.0.json"
TOOL = SHARED / "tools" / "slack_contract_check.py"
ALL = [(http, oauth) for http in (False, True) for oauth in (False, True)]


@pytest.mark.skipif(not SCHEMA.exists(), reason="Slack's schema of manifests is not there")
@pytest.mark.parametrize(("http", "oauth"), ALL)
def test_slacks_own_schema_takes_the_manifest(*, http: bool, oauth: bool) -> None:
    schema: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    made = manifest(http=http, public_url="https://bot.example.org" if http else None, oauth=oauth)
    assert [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(made)] == []


@pytest.mark.parametrize(("http", "oauth"), ALL)
def test_the_manifest_holds_what_its_transport_needs(*, http: bool, oauth: bool) -> None:
    made = manifest(http=http, public_url="https://b.example", oauth=oauth)
    assert made["settings"]["socket_mode_enabled"] is not http
    urls = {command.get("url") for command in made["features"]["slash_commands"]}
    assert urls == ({"https://b.example/slack/events"} if http else {None})
    assert ("redirect_urls" in made["oauth_config"]) is oauth
    assert len(made["display_information"]["description"]) <= 140
    assert all(len(description) <= 2000 and name.islower() for name, description, _ in COMMANDS)


def test_every_scope_is_one_that_a_method_or_an_event_needs() -> None:
    used = {scope for _, _, scopes in METHODS.values() for scope in scopes.split()}
    of_events = {"app_mentions:read", "commands"}
    assert set(SCOPES) <= used | of_events
    assert "message.channels" in EVENTS


@pytest.mark.skipif(not TOOL.exists(), reason="the contract check is not there")
def test_the_contract_check_finds_nothing_in_the_golden_messages() -> None:
    golden = sorted(map(str, (Path(__file__).parent / "golden_slack").glob("*.json")))
    ran = subprocess.run(
        [sys.executable, str(TOOL), "--layers", "sdk,rules", *golden], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


async def test_check_is_content_with_an_app_that_has_everything() -> None:
    async with running() as slack:
        well, missing = await check(slack_settings(slack, http=False))
        assert [line.partition(":")[0] for line in well] == ["Slack", "Slack"]
        assert list(missing) == []


async def test_check_names_the_token_the_scope_and_the_channel_that_are_missing() -> None:
    async with running() as slack:
        slack.scopes -= {"files:write", "users:read"}
        for name in (GENERAL, QUIET):
            slack.channels[name].members.discard(BOT_USER)
        settings = replace(slack_settings(slack, http=False), app_token="xapp-wrong")
        known, missing = await check(settings)
        told = "\n".join(missing)
        assert "files:write is missing, to attach calendars" in told
        assert "users:read is missing" in told
        assert "/invite" in "\n".join(known)
        assert "connections:write" in told
        refused = await check(replace(settings, bot_token="xoxb-wrong"))
        assert "does not accept" in "\n".join(refused[1])


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("xoxp-1", "in whose name the bot would speak"),
        ("xoxe.xoxb-1", "ends within twelve hours"),
        ("xoxb-wrong", "does not accept the app's token (invalid_auth)"),
    ],
)
async def test_check_says_what_kind_of_token_it_was_given(token: str, said: str) -> None:
    async with running() as slack:
        slack.tokens |= dict.fromkeys(("xoxp-1", "xoxe.xoxb-1"), TEAM)
        _, missing = await check(replace(slack_settings(slack, http=False), bot_token=token))
        assert said in "\n".join(missing)
        assert token not in "\n".join(missing)


async def test_check_says_where_an_address_leads_nowhere_and_that_installing_needs_one() -> None:
    async with running() as slack:
        settings = slack_settings(slack, http=False)
        _, missing = await check(replace(settings, api_url=slack.base))
        assert "no auth.test at Slack's address (HTTP 404); see slack.api_url." in missing[0]
        known, _ = await check(replace(settings, bot_token=None, client_id="1", client_secret="s"))
        assert "workspaces install the app" in "\n".join(known)


def test_the_command_prints_the_manifest() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "slack", "manifest", "--transport", "http"],
        cwd=ROOT,
        env={name: held for name, held in os.environ.items() if not name.startswith("RAPPORTEUR_")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout)["_metadata"] == {"major_version": 2}
