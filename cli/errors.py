"""What a person reads if a command fails: one sentence that says what to do, and the exit code.

0 means done, 1 failed, 2 wrong usage.
"""

from __future__ import annotations

import re
from typing import Any

FAILED, WRONG_USAGE = 1, 2


class CliError(Exception):
    """A command cannot continue. The message is one sentence that says what to do."""

    def __init__(self, sentence: str, exit_code: int = FAILED) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


class UpError(Exception):
    """newsmill cannot start here. The message is one sentence that says what to do."""


def explain(error: Exception) -> tuple[str, int]:
    """The sentence and the exit code for an error. Imports are inside, so that only a failing command waits for them."""
    import psycopg
    from redis.exceptions import RedisError
    from typer import Abort
    from typer.exceptions import TyperException

    from pipeline.outcomes import Failure
    from pipeline.settings import SettingsError
    from pipeline.store.db import outage
    from pipeline.store.db.schema import NewerTables
    from workers.messaging.redis_queues import in_words

    match error:
        case CliError():
            return str(error), error.exit_code
        case SettingsError():
            return str(error), WRONG_USAGE
        case NewerTables():
            return str(error), FAILED
        case UpError():
            return str(error), FAILED
        case TyperException():
            return _usage(error), error.exit_code
        case Abort():
            return "Nothing was done.", FAILED
        case Failure():
            return error.detail, FAILED
        case psycopg.errors.UndefinedTable() | psycopg.errors.UndefinedColumn() | psycopg.errors.UndefinedFunction():
            return "The tables of newsmill are missing or older than this version; run `newsmill migrate`.", FAILED
        case psycopg.Error() if (found := outage.of(error)) and found.code != "database_unavailable":
            return found.sentence, FAILED
        case psycopg.OperationalError():
            return "The connection to Postgres broke off; try again, and see `newsmill doctor`.", FAILED
        case RedisError():
            return f"Redis cannot be used: {in_words(error)}; see `newsmill doctor`.", FAILED
        case OSError():
            return f"{error.filename or 'A file'} cannot be used: {reason(error)}.", FAILED
        case UnicodeDecodeError():
            return "The text is not UTF-8; convert it first.", FAILED
        case _:
            return f"An error in newsmill: {type(error).__name__}: {first_line(error)} (--debug shows where).", FAILED


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].removesuffix(".")


def reason(error: Exception) -> str:
    """Why a file could not be read or written, or why its content is unusable."""
    return (error.strerror or "the system refuses it") if isinstance(error, OSError) else "its content was not written by newsmill"


def _usage(error: Exception) -> str:
    """What was typed wrongly, in our words. The library's messages differ between versions and name things that nobody typed."""
    context = getattr(error, "ctx", None)
    sentence = _wrong(error, getattr(error, "param", None))
    return f"{sentence}; see `{context.command_path} --help`." if context else f"{sentence}."


def _wrong(error: Any, parameter: Any) -> str:
    from pydantic import ValidationError

    from pipeline.wording.validation_messages import of_value

    text = str(error.format_message()).rstrip(".")
    match type(error).__name__:
        case "NoSuchOption":
            alike = f" (similar: {', '.join(sorted(error.possibilities))})" if error.possibilities else ""
            return f"There is no option {error.option_name}{alike}"
        case "BadOptionUsage":
            return f"{error.option_name} takes no value" if "not take" in text else f"{error.option_name} needs a value"
        case "MissingParameter":
            return f"{_name(parameter)} is missing"
        case "BadParameter" if parameter is not None and (choices := re.search(r"is not one of (.*)", text)):
            return f"{_name(parameter)} must be one of {choices[1]}"
        case "BadParameter" if parameter is not None and isinstance(error.__cause__, ValidationError):
            return f"{_name(parameter)} {of_value(error.__cause__.errors()[0])}"
        case "BadParameter" if parameter is not None:
            return f"{_name(parameter)}: {error.message.rstrip('.')}"
        case "UsageError" if found := re.search(r"[Nn]o such command ['\"](.*)['\"]", text):
            return f"There is no command {found[1]}"
        case "UsageError" if found := re.search(r"extra arguments?(?:\(s\))? \((.*)\)", text):
            return f"There is one argument too many: {found[1]}"
        case "UsageError" if "Missing command" in text:
            return "The command is missing"
    return text


def _name(parameter: Any) -> str:
    """An option or an argument as the help shows it."""
    if parameter.param_type_name == "option":
        return str(max(parameter.opts, key=len))
    return str(parameter.metavar or parameter.name)
