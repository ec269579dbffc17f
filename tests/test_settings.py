"""Settings: defaults, overrides, and refusals that name what is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest
import redis
from pydantic import ValidationError

from pipeline.fetch.robots.robots_rules import product_token
from pipeline.settings import Fetch, SettingsError, load_settings, mask_url, sections, valid
from pipeline.settings.loading import RENAMED


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # away from the repository's own config/


def test_the_environment_goes_before_the_file_and_the_file_before_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("config").mkdir()
    Path("config/newsmill.toml").write_text("[fetch]\nmin_gap_s = 7\ndeadline_s = 9\n")
    monkeypatch.setenv("NEWSMILL_FETCH__MIN_GAP_S", "3")
    loaded = load_settings()
    assert (loaded.fetch.min_gap_s, loaded.fetch.deadline_s, loaded.fetch.max_redirects) == (3, 9, 10)


def test_lists_are_json_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_RETRY__DELAYS_S", "[1, 2]")
    monkeypatch.setenv("NEWSMILL_FETCH__ALLOW_NETWORKS", '["127.0.0.0/8", "::1/128"]')
    loaded = load_settings()
    assert loaded.retry.delays_s == [1, 2]
    assert loaded.fetch.allow_networks == ["127.0.0.0/8", "::1/128"]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("NEWSMILL_FETCH__MIN_GAPS", "3", ["NEWSMILL_FETCH__MIN_GAPS", "not a setting"]),
        ("NEWSMILL_DATABASEURL", "x", ["NEWSMILL_DATABASEURL", "not a setting"]),
        ("NEWSMILL_FETCH__MIN_GAP_S", "soon", ["fetch.min_gap_s", "NEWSMILL_FETCH__MIN_GAP_S", "number", "soon"]),
        ("NEWSMILL_FETCH__MIN_GAP_S", "-1", ["fetch.min_gap_s", "must be 0 or more"]),
        ("NEWSMILL_FETCH__ALLOW_NETWORKS", '["localhost"]', ["fetch.allow_networks", "localhost"]),
        ("NEWSMILL_FETCH__ALLOW_NETWORKS", '["*"]', ["fetch.allow_networks", "*"]),
        ("NEWSMILL_LOG_LEVEL", "loud", ["log_level", "'debug', 'info', 'warning' or 'error'", "loud"]),
        ("NEWSMILL_RETRY__DELAYS_S", "60,300", ["NEWSMILL_RETRY__DELAYS_S"]),
        ("NEWSMILL_CONFIG", "missing.toml", ["NEWSMILL_CONFIG", "missing.toml"]),
    ],
)
def test_a_wrong_setting_is_refused_by_name(name: str, value: str, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    assert all(word in str(refusal.value) for word in words), str(refusal.value)


@pytest.mark.parametrize(
    ("text", "word"), [("[fetch]\nmin_gaps = 3\n", "fetch.min_gaps"), ("[fetchh]\n", "fetchh"), ("fetch = [\n", "not valid TOML")]
)
def test_a_wrong_file_is_refused(text: str, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("own.toml").write_text(text)
    monkeypatch.setenv("NEWSMILL_CONFIG", "own.toml")
    with pytest.raises(SettingsError, match=word):
        load_settings()


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_an_old_name_is_refused_with_the_new_one_named(old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    section, _, name = old.partition(".")
    Path("own.toml").write_text(f"[{section}]\n{name} = 1\n")
    monkeypatch.setenv("NEWSMILL_CONFIG", "own.toml")
    with pytest.raises(SettingsError, match=f"{name}.* is now {new}"):
        load_settings()
    monkeypatch.delenv("NEWSMILL_CONFIG")
    monkeypatch.setenv(f"NEWSMILL_{section}__{name}".upper(), "1")
    with pytest.raises(SettingsError, match=f" is now {new}"):
        load_settings()
    with pytest.raises(SettingsError, match=f" is now {new}"):
        valid(old, "1")
    assert new.partition(".")[2] in sections()[section].model_fields


def test_a_password_is_hidden_from_people() -> None:
    assert mask_url("postgresql://news:secret@db:5432/news") == "postgresql://news:***@db:5432/news"
    assert mask_url("redis://:secret@redis:6379/0") == "redis://:***@redis:6379/0"
    assert mask_url("redis://redis:6379/0") == "redis://redis:6379/0"


@pytest.mark.parametrize(
    ("contact", "good"),
    [
        ("", True),
        ("https://news.test/bot", True),
        ("bot@news.test", True),
        ("https://news.test/bot; bot@news.test", True),
        ("mailto:bot@news.test", True),
        ("https://operator.example/bot", False),
        ("you@example.com", False),
        ("https://www.example.org/bot", False),
        ("me", False),
        ("https://news.test/bot)", False),
        ("bot@news.test\r\nX-Evil: 1", False),
        ("b\u00f6t@news.test", False),
    ],
)
def test_the_contact_is_an_address_and_no_placeholder(contact: str, good: bool) -> None:
    if good:
        assert Fetch(contact=contact).contact == contact
    else:
        with pytest.raises(ValidationError, match="contact"):
            Fetch(contact=contact)


@pytest.mark.parametrize(
    ("user_agent", "good"),
    [
        ("newsmill/0.1", True),
        ("NewsBot", True),
        ("news-bot_x/1.2 extra", True),
        ("7news/1", False),
        ("", False),
        ("news bot\n", False),
        ("news.bot/1", False),
        ("Mozilla/5.0 (X11; Linux x86_64)", False),
    ],
)
def test_the_user_agent_begins_with_the_name_that_robots_txt_knows_and_is_no_browser(user_agent: str, good: bool) -> None:
    if good:
        assert product_token(Fetch(user_agent=user_agent).user_agent) == re.split("[/ ]", user_agent.lower())[0]
    else:
        with pytest.raises(ValidationError, match="user_agent"):
            Fetch(user_agent=user_agent)


def test_start_refuses_a_placeholder_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_FETCH__CONTACT", "https://operator.example/bot")
    with pytest.raises(SettingsError, match=r"NEWSMILL_FETCH__CONTACT.*write an address of yours"):
        load_settings()


def test_the_users_own_file_beside_the_data_goes_before_the_shared_one_and_after_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("config", "data"):
        Path(folder).mkdir()
    Path("config/newsmill.toml").write_text("[fetch]\nmin_gap_s = 7\ndeadline_s = 9\nmax_redirects = 4\n")
    Path("data/newsmill.toml").write_text("[fetch]\nmin_gap_s = 8\ndeadline_s = 11\n")
    monkeypatch.setenv("NEWSMILL_FETCH__MIN_GAP_S", "3")
    loaded = load_settings()
    assert (loaded.fetch.min_gap_s, loaded.fetch.deadline_s, loaded.fetch.max_redirects) == (3, 11, 4)


@pytest.mark.parametrize("how", ["environment", "file"])
def test_the_users_own_file_is_looked_for_in_the_data_folder_that_is_set(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("config", "data", "mine"):
        Path(folder).mkdir()
    Path("data/newsmill.toml").write_text("[fetch]\nmin_gap_s = 8\n")
    Path("mine/newsmill.toml").write_text("[fetch]\nmin_gap_s = 9\n")
    if how == "environment":
        monkeypatch.setenv("NEWSMILL_DATA_DIR", "mine")
    else:
        Path("config/newsmill.toml").write_text('data_dir = "mine"\n')
    assert load_settings().fetch.min_gap_s == 9


@pytest.mark.parametrize(
    ("text", "words"),
    [('data_dir = "x"\n', "NEWSMILL_DATA_DIR"), ("fetch = [\n", "data/newsmill.toml is not valid TOML"), ("[nope]\n", "nope")],
)
def test_a_wrong_file_of_the_users_own_is_refused(text: str, words: str) -> None:
    Path("data").mkdir()
    Path("data/newsmill.toml").write_text(text)
    with pytest.raises(SettingsError, match=words):
        load_settings()


def test_what_a_running_stack_works_with_goes_before_the_files_and_after_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("data").mkdir()
    Path("data/newsmill.toml").write_text("[fetch]\nmin_gap_s = 8\ndeadline_s = 11\nmax_redirects = 4\n")
    monkeypatch.setenv("NEWSMILL_FETCH__MIN_GAP_S", "3")
    loaded = load_settings({"fetch": {"min_gap_s": 5, "deadline_s": 12}, "log_level": "debug"})
    assert (loaded.fetch.min_gap_s, loaded.fetch.deadline_s, loaded.fetch.max_redirects, loaded.log_level) == (3, 12, 4, "debug")


def test_a_variable_may_name_a_file_that_holds_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("url").write_text("redis://:s3cret@queue:6379/0\n")
    Path("hosts").write_text('["news.test"]')
    monkeypatch.setenv("NEWSMILL_REDIS_URL_FILE", "url")
    monkeypatch.setenv("NEWSMILL_WEB__ALLOWED_HOSTS_FILE", "hosts")
    monkeypatch.setenv("NEWSMILL_DATABASE_URL_FILE", "")  # as Compose leaves what is not set
    loaded = load_settings()
    assert (loaded.redis_url, loaded.web.allowed_hosts, loaded.database_url) == ("redis://:s3cret@queue:6379/0", ["news.test"], "")


@pytest.mark.parametrize("password", ["plain", "a@b:c/d#e?f%g é"])
def test_a_password_of_its_own_goes_into_the_address_that_holds_none(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("secret").write_text(password + "\n")
    monkeypatch.setenv("NEWSMILL_DATABASE_URL", "postgresql://newsmill@db:5432/newsmill")
    monkeypatch.setenv("NEWSMILL_DATABASE_PASSWORD_FILE", "secret")
    monkeypatch.setenv("NEWSMILL_REDIS_URL", "redis://queue:6379/0")
    monkeypatch.setenv("NEWSMILL_REDIS_PASSWORD", password)
    loaded = load_settings()
    assert psycopg.conninfo.conninfo_to_dict(loaded.database_url)["password"] == password
    assert redis.connection.parse_url(loaded.redis_url) == {"host": "queue", "port": 6379, "db": 0, "password": password}
    for url in ("redis://:other@queue:6379/0", "redis://[queue", "no address"):
        monkeypatch.setenv("NEWSMILL_REDIS_URL", url)
        assert load_settings().redis_url == url


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"NEWSMILL_REDIS_URL_FILE": "missing"}, "NEWSMILL_REDIS_URL_FILE names missing, which cannot be read: No such file"),
        (
            {"NEWSMILL_REDIS_URL_FILE": "here", "NEWSMILL_REDIS_URL": "redis://x"},
            "NEWSMILL_REDIS_URL and NEWSMILL_REDIS_URL_FILE are both set",
        ),
        ({"NEWSMILL_REDISURL_FILE": "here"}, "NEWSMILL_REDISURL is not a setting"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(variables: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("here").write_text("redis://y")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=words):
        load_settings()
