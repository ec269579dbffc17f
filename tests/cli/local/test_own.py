"""The user's own settings: `newsmill set`, and the contact address that `up` asks for."""

from __future__ import annotations

import stat
from pathlib import Path

import psycopg
import pytest

from cli.local import running_settings, user_settings
from cli.local.data_folder import is_held, locked
from cli.local.settings_watch import Changes
from pipeline.settings import Settings, SettingsError, load_settings
from pipeline.store.feeds import feeds
from tests.cli.conftest import Newsmill, ended

FILE = Path("data/newsmill.toml")


def test_a_setting_is_written_beside_the_data_for_its_owner_only(newsmill: Newsmill) -> None:
    said = newsmill("set", "fetch.contact=https://who.test/", "retry.delays_s=[1, 2]", "log_level=debug")
    assert (said.code, said.err) == (0, "")
    loaded = load_settings()
    assert (loaded.fetch.contact, loaded.retry.delays_s, loaded.log_level) == ("https://who.test/", [1, 2], "debug")
    assert stat.S_IMODE(FILE.stat().st_mode) == 0o600


def test_what_else_stands_in_the_file_stays(newsmill: Newsmill) -> None:
    FILE.parent.mkdir()
    FILE.write_text("# mine\n[fetch]\nmin_gap_s = 7  # they asked for it\n\n[poll]\nkeep_polls = 3\n")
    newsmill("set", "fetch.deadline_s=9", "fetch.min_gap_s=8", "database_url=postgresql://h/n")
    text = FILE.read_text()
    assert "# mine" in text
    assert "# they asked for it" in text
    loaded = load_settings()
    assert (loaded.fetch.min_gap_s, loaded.fetch.deadline_s, loaded.poll.keep_polls, loaded.database_url) == (8, 9, 3, "postgresql://h/n")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("fetch.contact=nobody", "https://"),
        ("fetch.contact=me@example.org", "example"),
        ("fetch.nope=1", "fetch.nope is not a setting"),
        ("fetch=1", "fetch is not a setting"),
        ("web.port=x", "web.port"),
        ("retry.delays_s=60,300", "JSON"),
        ("fetch.min_gap_s", "NAME=VALUE"),
        ("data_dir=elsewhere", "NEWSMILL_DATA_DIR"),
    ],
)
def test_a_wrong_setting_is_refused_and_not_written(newsmill: Newsmill, given: str, words: str) -> None:
    said = newsmill("set", "fetch.min_gap_s=8", given)
    assert said.code == 2
    assert words in said.err
    assert not FILE.exists()


def test_where_no_file_can_be_written_the_environment_is_named(newsmill: Newsmill, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = newsmill("--data", str(tmp_path / "file" / "data"), "set", "fetch.contact=https://who.test/")
    assert said.code == 1
    assert "set NEWSMILL_FETCH__CONTACT in the environment, with docker compose in .env" in said.err


def test_it_is_said_where_the_environment_is_stronger(newsmill: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_FETCH__MIN_GAP_S", "3")
    assert "NEWSMILL_FETCH__MIN_GAP_S is set in the environment, which takes precedence" in newsmill("set", "fetch.min_gap_s=8").err


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The contact addresses that `up` has started with."""
    contacts: list[str] = []
    monkeypatch.setattr("cli.local.up.run_up", lambda settings, _: contacts.append(settings.fetch.contact) or 0)
    return contacts


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_settings, "somebody_is_there", lambda: True)


def test_up_keeps_the_contact_that_it_is_given(newsmill: Newsmill, started: list[str]) -> None:
    assert newsmill("up", "--contact", "https://who.test/").code == 0
    assert newsmill("up").code == 0
    assert started == ["https://who.test/"] * 2
    said = newsmill("up", "--contact", "nobody")
    assert (said.code, len(started)) == (2, 2)


def test_up_asks_for_the_contact_on_a_terminal_until_it_is_one(newsmill: Newsmill, started: list[str], terminal: None) -> None:
    said = newsmill("up", given="nobody\nhttps://who.test/\n")
    assert said.code == 0
    assert "not valid" in said.err
    assert started == ["https://who.test/"]


def test_up_asks_for_the_contact_once_also_where_the_answer_is_none(newsmill: Newsmill, started: list[str], terminal: None) -> None:
    assert "Your address" in newsmill("up", given="\n").out
    assert "Your address" not in newsmill("up", given="https://who.test/\n").out
    assert started == ["", ""]


def test_up_asks_nobody_without_a_terminal(newsmill: Newsmill, started: list[str]) -> None:
    assert "Your address" not in newsmill("up", given="https://who.test/\n").out
    assert started == [""]


def test_up_says_in_one_line_that_the_contact_is_missing() -> None:
    from cli.local.announce import where_things_are

    (line,) = [line for line in where_things_are(Settings()) if "contact" in line]
    assert "only loopback addresses are fetched" in line
    assert "newsmill set fetch.contact=" in line


def test_status_says_that_the_contact_is_missing_until_it_is_set(unknown: Newsmill) -> None:
    assert unknown("status").lines[0].startswith("No contact address is set, so only loopback addresses are fetched.")
    assert unknown("status", "--json").objects[0]["contact"] == ""
    unknown("set", "fetch.contact=https://who.test/")
    assert "contact" not in unknown("status").out


@pytest.mark.parametrize("command", [("add", "--no-check", "https://site.test/feed"), ("enqueue", "https://site.test/a"), ("import", "-")])
def test_whoever_hands_in_addresses_hears_that_the_contact_is_missing(unknown: Newsmill, command: tuple[str, ...]) -> None:
    assert "newsmill set fetch.contact=ADDRESS" in unknown(*command, given="https://site.test/feed\n").err
    own_machine = [part.replace("site.test", "127.0.0.1:9") for part in command]
    assert "contact" not in unknown(*own_machine, given="http://127.0.0.1:9/feed\n").err


def test_add_without_a_contact_says_exactly_what_to_do(unknown: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.fetch.connect.resolve", lambda *_: ["93.184.215.14"])  # which is not dialled
    said = unknown("add", "http://site.test/feed")
    assert said.code == 1
    assert "newsmill set fetch.contact=ADDRESS" in said.err


def test_retry_by_code_polls_the_feeds_that_failed_with_it_too(stack: Newsmill, conn: psycopg.Connection) -> None:
    feed, _ = feeds.add(conn, "https://a.test/feed")
    feeds.add(conn, "https://b.test/feed")
    conn.execute("UPDATE feeds SET failures = 2, code = 'no_contact', next_poll_at = now() + interval '1 h'")
    ended(conn, "https://a.test/1", "failed", "no_contact")
    assert stack("retry", "--code", "no_contact", "--host", "a.test").out == "1 link and 1 feed sent again\n"
    assert conn.execute("SELECT id FROM feeds WHERE next_poll_at <= now()").fetchall() == [(feed,)]


def test_commands_speak_of_the_running_stack(newsmill: Newsmill, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    data = tmp_path / "data"
    given = Settings(data_dir=data, database_url="postgresql://me:s3cret@127.0.0.1:1/n", log_level="debug")
    given = given.model_copy(update={"fetch": given.fetch.model_copy(update={"min_gap_s": 9.0, "deadline_s": 8.0})})
    monkeypatch.setenv("NEWSMILL_FETCH__DEADLINE_S", "7")

    def shown() -> dict[str, object]:
        (found,) = newsmill("doctor", "--config", "--json").objects
        return {name: (found[name]["value"], found[name]["from"]) for name in ("fetch.min_gap_s", "fetch.deadline_s", "database_url")}

    with locked(data), running_settings.left(given):
        assert stat.S_IMODE((data / "run/settings.json").stat().st_mode) == 0o600
        assert shown() == {
            "fetch.min_gap_s": (9.0, "the running `newsmill up`"),
            "fetch.deadline_s": (7.0, "environment"),
            "database_url": ("postgresql://me:***@127.0.0.1:1/n", "the running `newsmill up`"),
        }
    (data / "run/settings.json").write_text(given.model_dump_json())  # as a killed run leaves it
    assert not is_held(data)
    assert shown()["fetch.min_gap_s"] == (5.0, "default")


def test_to_ask_whether_a_folder_is_held_keeps_nobody_from_starting(tmp_path: Path) -> None:
    with locked(tmp_path), (tmp_path / "lock").open("rb"):
        assert is_held(tmp_path)
    assert not is_held(tmp_path)
    assert not is_held(tmp_path / "missing")
    with locked(tmp_path):
        assert is_held(tmp_path)


def test_a_change_of_the_own_file_is_noticed_and_a_wrong_one_is_told(tmp_path: Path) -> None:
    file, said = tmp_path / "newsmill.toml", list[str]()
    other = Settings(log_level="debug")
    answers: list[Settings | SettingsError] = [SettingsError("web.port is not valid."), Settings(), other]

    def read() -> Settings:
        answer = answers.pop(0)
        if isinstance(answer, SettingsError):
            raise answer
        return answer

    changes = Changes(file, read, Settings())

    def look() -> None:
        changes.due_at = 0.0
        changes.tick(said.append)

    look()
    assert (said, changes.found) == ([], None)
    file.write_text("[web]\nport = 'x'\n")
    look()
    look()
    assert changes.found is None
    assert len(said) == 1
    assert "web.port is not valid." in said[0]
    file.write_text("# only a comment\n")
    look()
    assert (len(said), changes.found) == (1, None)
    file.unlink()
    look()
    assert changes.found is other


def test_the_lock_is_for_its_owner_alone_also_where_an_older_version_left_it(tmp_path: Path) -> None:
    (tmp_path / "lock").touch(mode=0o644)
    (tmp_path / "lock").chmod(0o644)
    with locked(tmp_path):
        assert stat.S_IMODE((tmp_path / "lock").stat().st_mode) == 0o600
    (tmp_path / "lock").unlink()
    with locked(tmp_path):
        assert stat.S_IMODE((tmp_path / "lock").stat().st_mode) == 0o600
