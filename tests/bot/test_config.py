"""The configuration: what it accepts, what it refuses, and how it says so."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config import Settings, load, variables
from bot.config_values import DURATION, LISTEN, Listen
from bot.domain.errors import ConfigError
from bot.domain.quiet import QuietHours
from bot.domain.sources import Origin

FORMATS = ("feed", "ical", "itu-meetings")
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to(text: str) -> Path:
        path = tmp_path / "team.toml"
        path.write_text(text, "utf-8")
        return path

    return to


def read(path: Path | None, environ: Mapping[str, str] | None = None) -> Settings:
    return load(path, environ or {}, formats=FORMATS)


def problems(path: Path | None, environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        read(path, environ)
    return caught.value.problems


def test_without_a_file_the_defaults_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = read(None)
    assert found == Settings()
    assert found.http.listen == Listen("127.0.0.1", 8080)
    assert found.fetch.min_interval == timedelta(minutes=5)
    assert found.fetch.per_host_interval == timedelta(seconds=1)
    assert found.catalogue.enabled
    assert found.store.url.startswith("sqlite:////")
    assert found.store.url.endswith("/rapporteur.db")


def test_the_file_of_the_working_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rapporteur.toml").write_text("[alerts]\nburst = 7\n")
    monkeypatch.chdir(tmp_path)
    assert read(None).alerts.burst == 7


def test_every_setting_of_the_contract_can_be_written(write: Write) -> None:
    path = write("""
        [store]
        url = "sqlite:///rapporteur.db"
        [http]
        listen = "[::1]:0"
        public_url = "https://bot.example.org/"
        [fetch]
        user_agent = "Watcher/2"
        contact = "mailto:team@example.org"
        allow_private = ["127.0.0.1", "10.0.0.0/8", "feeds.internal"]
        per_host_interval = "0s"
        min_interval = "90s"
        [catalogue]
        enabled = false
        [console]
        enabled = false
        [alerts]
        zone = "Europe/Zurich"
        echo = ["moved"]
        quiet_hours = "22:00-07:00"
        digest_at = "08:30"
        burst = 3
        [[sources]]
        id = "ours"
        url = "https://example.org/feed.xml"
        format = "feed"
        interval = "1h"
        body = "ITU-T"
        lang = "pt-BR"
        """)
    found = read(path)
    assert found.store.url == "sqlite:///rapporteur.db"
    assert found.http.listen == Listen("::1", 0)
    assert found.http.public_url == "https://bot.example.org"
    assert (found.fetch.user_agent, found.fetch.contact) == ("Watcher/2", "mailto:team@example.org")
    assert found.fetch.allow_private == ("127.0.0.1", "10.0.0.0/8", "feeds.internal")
    assert (found.fetch.per_host_interval, found.fetch.min_interval) == (timedelta(), timedelta(seconds=90))
    assert not found.catalogue.enabled
    assert not found.console.enabled
    assert found.alerts.zone == "Europe/Zurich"
    assert found.alerts.quiet_hours == QuietHours(time(22), time(7))
    assert (found.alerts.echo, found.alerts.digest_at, found.alerts.burst) == (("moved",), time(8, 30), 3)
    (source,) = found.sources
    assert (source.id, source.name, source.origin) == ("ours", "ours", Origin.CONFIG)
    assert (source.interval, source.body, source.lang) == (timedelta(hours=1), "ITU-T", "pt-BR")


def test_the_environment_overrides_the_file(write: Write) -> None:
    path = write('[fetch]\ncontact = "file"\nmin_interval = "1h"\n')
    found = read(
        path,
        {
            "RAPPORTEUR_FETCH__CONTACT": "environment",
            "RAPPORTEUR_FETCH__ALLOW_PRIVATE": "127.0.0.1, ::1",
            "RAPPORTEUR_CATALOGUE__ENABLED": "off",
            "RAPPORTEUR_ALERTS__BURST": "9",
            "RAPPORTEUR_ALERTS__ZONE": "",
            "HOME": "/nowhere",
        },
    )
    assert found.fetch.contact == "environment"
    assert found.fetch.min_interval == timedelta(hours=1)
    assert found.fetch.allow_private == ("127.0.0.1", "::1")
    assert not found.catalogue.enabled
    assert found.alerts.burst == 9
    assert found.alerts.zone == "UTC"


def test_every_variable_that_is_documented_is_known(write: Write) -> None:
    told = problems(write(""), dict.fromkeys(variables(), "\x07"))
    assert len(told) == len(variables())
    assert not any("is not a setting" in problem for problem in told)


def test_a_secret_may_stand_in_a_file(tmp_path: Path, write: Write) -> None:
    (tmp_path / "secret").write_text("sqlite:////data/bot.db\n")
    found = read(write(""), {"RAPPORTEUR_STORE__URL_FILE": str(tmp_path / "secret")})
    assert found.store.url == "sqlite:////data/bot.db"


def test_every_problem_is_reported_at_once(tmp_path: Path, write: Write) -> None:
    path = write("""
        surprise = 1
        [stroe]
        url = "sqlite:///x.db"
        [matrix]
        password = "very-secret"
        [slack]
        bot_token = "xoxb-very-secret"
        transport = "sockets"
        [http]
        listen = "8080"
        publicurl = "https://example.org"
        [fetch]
        min_interval = "soon"
        per_host_interval = 5
        allow_private = "127.0.0.1"
        [catalogue]
        enabled = "yes"
        [alerts]
        zone = "Europe/Zürich"
        burst = true
        echo = ["move"]
        quiet_hours = "22-7"
        [[sources]]
        id = "Ours"
        url = "ftp://example.org/very-secret"
        format = "rss"
        [[sources]]
        url = "https://example.org"
        """)
    told = problems(path, {"RAPPORTEUR_STORE__URL_FILE": str(tmp_path / "absent"), "RAPPORTEUR_ALERT__ZONE": "UTC"})
    for wanted in (
        "[surprise] is not a section; the sections are",
        '[stroe] is not a section; did you mean "store"?',
        "matrix.homeserver is missing; write its address",
        "matrix.user_id is missing; write the bot's whole id",
        'slack.transport names no transport: "sockets"; did you mean "socket"?',
        "slack.app_token is missing; make one with connections:write",
        "http.listen must be an address and a port",
        'http.publicurl is not a setting; did you mean "public_url"?',
        'fetch.min_interval must be a duration in quotes: a number and s, m, h or d, such as "90s"',
        "fetch.per_host_interval must be a duration",
        "fetch.allow_private must be a list",
        "catalogue.enabled must be true or false",
        'alerts.zone names no time zone: "Europe/Zürich"; did you mean "Europe/Zurich"?',
        "alerts.burst must be a whole number",
        'alerts.echo holds "move", which is never echoed; did you mean "moved"?',
        "alerts.quiet_hours must be two different times of day",
        "sources[Ours].id must be small letters",
        "sources[Ours].url must be an absolute http or https address",
        'sources[Ours].format names no format: "rss"; choose among feed, ical, itu-meetings',
        "sources[2].id is missing",
        "sources[2].format is missing",
        "RAPPORTEUR_STORE__URL_FILE names a file that cannot be read",
        'RAPPORTEUR_ALERT__ZONE is not a setting; did you mean "RAPPORTEUR_ALERTS__ZONE"?',
    ):
        assert sum(problem.startswith(wanted) for problem in told) == 1, wanted
    assert len(told) == 23
    assert "very-secret" not in "\n".join(told)
    assert all(problem.endswith((".", "?")) and problem.isprintable() for problem in told)


def test_an_address_with_a_password_is_refused_and_the_password_not_repeated(write: Write) -> None:
    text = '[[sources]]\nid = "a"\nurl = "https://ann:hidden@example.org/x"\nformat = "feed"\n'
    (problem,) = problems(write(text))
    assert "carries a user name or password" in problem
    assert "hidden" not in problem


def test_equal_ids_and_addresses_of_sources_are_refused(write: Write) -> None:
    same = '[[sources]]\nid = "a"\nurl = "https://example.org/f"\nformat = "feed"\n'
    assert problems(write(same + same)) == (
        "sources 1 and 2 have the same id; give each its own, or remove one.",
        "sources 1 and 2 have the same url; give each its own, or remove one.",
    )


def test_toml_errors_name_the_line_and_do_not_hide_the_rest(write: Write) -> None:
    told = problems(write("[http]\nlisten = 127.0.0.1\n"), {"RAPPORTEUR_ALERTS__BURST": "many"})
    assert len(told) == 2
    assert "line 2" in told[0]
    assert told[1].startswith("alerts.burst")


@pytest.mark.parametrize("content", [None, b"\xff\xfe", "folder"])
def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path, content: bytes | str | None) -> None:
    path = tmp_path / "x.toml"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "folder":
        path.mkdir()
    (told,) = problems(path)
    assert str(path) in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("store = 1", "store must be a section: write [store] on a line of its own."),
        ("sources = 1", "sources must be a list: begin each source with [[sources]] on a line of its own."),
        ('[store]\nurl = "postgresql://u:very-secret@h/d"', "store.url cannot be PostgreSQL in this version"),
        ('[store]\nurl = "rapporteur.db"', "store.url must name a file"),
        ('[fetch]\ncontact = "a\\nb"', "fetch.contact must be one line"),
        ('[fetch]\ncontact = ""', "fetch.contact must be text in quotes"),
        ('[fetch]\nmin_interval = "999d"', "fetch.min_interval is longer than a year"),
        ('[fetch]\nallow_private = ["a b"]', 'fetch.allow_private holds "a b"'),
        ('[http]\nlisten = "::1:80"', "http.listen must be an address and a port"),
        ('[http]\nlisten = "h:65536"', "http.listen must be an address and a port"),
        ('[http]\npublic_url = "https://[bad"', "http.public_url must be an absolute"),
        ('[alerts]\nzone = "../etc/passwd"', "alerts.zone names no time zone"),
        ('[alerts]\nzone = "Europe"', "alerts.zone names no time zone"),
        ('[alerts]\ndigest_at = "25:00"', "alerts.digest_at must be a time of day"),
        ('[[sources]]\nid="a"\nformat="feed"\nurl="http://h/"\ninterval="0s"', "sources[a].interval must be longer"),
        ('[[sources]]\nid="a"\nformat="feed"\nurl="http://h/"\nlang="english!"', "sources[a].lang must be a language"),
    ],
)
def test_a_wrong_value_is_named_with_one_that_works(write: Write, text: str, told: str) -> None:
    (only,) = problems(write(text))
    assert only.startswith(told)
    assert "very-secret" not in only


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"RAPPORTEUR_STORE_URL": "x"}, 'did you mean "RAPPORTEUR_STORE__URL"?'),
        ({"RAPPORTEUR_LLM__MODE": "pick", "RAPPORTEUR_LLM__PROVIDER": "local"}, "llm.model is missing"),
        ({"RAPPORTEUR_LLM__MODE": "pick", "RAPPORTEUR_LLM__MODEL": "m"}, "llm.api_key is missing"),
        ({"RAPPORTEUR_LLM__MODE": "talk"}, "llm.mode names no mode"),
        ({"RAPPORTEUR_LLM__DAILY_TOKENS": "0"}, "llm.daily_tokens must be a whole number"),
        ({"RAPPORTEUR_SOURCES__URL": "x"}, "write [[sources]] in rapporteur.toml"),
        ({"RAPPORTEUR_ODD__THING": "x"}, "is not a setting"),
        ({"RAPPORTEUR_FETCH__CONTACT": "x", "RAPPORTEUR_FETCH__CONTACT_FILE": "x"}, "are both set"),
    ],
)
def test_a_variable_that_sets_nothing_is_a_problem(write: Write, environ: Mapping[str, str], told: str) -> None:
    (only,) = problems(write(""), environ)
    assert told in only
    assert "very-secret" not in only


def test_a_variable_that_is_not_ours_is_left_alone(write: Write) -> None:
    assert read(write(""), {"RAPPORTEUR_X": "1"}) == Settings()


def test_an_empty_secret_file_is_a_problem(tmp_path: Path, write: Write) -> None:
    (tmp_path / "empty").write_text("\n")
    (only,) = problems(write(""), {"RAPPORTEUR_STORE__URL_FILE": str(tmp_path / "empty")})
    assert "empty file" in only


def test_secrets_stay_out_of_the_settings_representation(write: Write) -> None:
    path = write(
        '[store]\nurl = "sqlite:///very-secret"\n'
        '[[sources]]\nid = "a"\nformat = "feed"\nurl = "https://example.org/?token=very-secret"\n'
    )
    assert "very-secret" not in repr(read(path))


@given(number=st.integers(0, 10**6), unit=st.sampled_from("smhd"))
@settings(deadline=None)
def test_durations_read_back_as_written(number: int, unit: str) -> None:
    wanted = timedelta(**{{"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}[unit]: number})
    if wanted <= timedelta(days=366):
        assert DURATION.read(f"{number}{unit}") == wanted
    else:
        with pytest.raises(ValueError, match="longer than a year"):
            DURATION.read(f"{number}{unit}")


@given(st.text() | st.integers() | st.none() | st.lists(st.text()))
@settings(deadline=None)
def test_no_value_breaks_a_reader(value: object) -> None:
    for kind in (DURATION, LISTEN):
        with suppress(ValueError):
            kind.read(value)
