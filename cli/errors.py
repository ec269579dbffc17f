"""What a person reads when a command cannot do its work: one sentence that says what to do, and the exit code.

0 it is done, 1 it failed, 2 wrong usage.
"""

from __future__ import annotations

FAILED, WRONG_USAGE = 1, 2


class CliError(Exception):
    """A command cannot go on. The message is one sentence that says what to do."""

    def __init__(self, sentence: str, exit_code: int = FAILED) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


def explain(error: Exception) -> tuple[str, int]:
    """The sentence and the exit code for an error. Everything is imported here, so that only a command that fails waits for it."""
    import psycopg
    from redis.exceptions import RedisError
    from typer import Abort
    from typer.exceptions import TyperException

    from cli.folder import UpError
    from pipeline.outcomes import Failure
    from pipeline.settings import SettingsError
    from pipeline.store import outage

    match error:
        case CliError():
            return str(error), error.exit_code
        case SettingsError():
            return str(error), WRONG_USAGE
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
            return f"The connection to Postgres broke off ({first_line(error)}); try again, and see `newsmill doctor`.", FAILED
        case RedisError():
            return f"Redis does not answer ({first_line(error)}); see `newsmill doctor`.", FAILED
        case OSError():
            return f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.", FAILED
        case UnicodeDecodeError():
            return "The text is not UTF-8; convert it first.", FAILED
        case _:
            return f"A fault in newsmill: {type(error).__name__}: {first_line(error)} (--debug shows where).", FAILED


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].removesuffix(".")


def _usage(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    sentence = error.format_message().rstrip(".") if hasattr(error, "format_message") else str(error)
    return f"{sentence}; see `{context.command_path} --help`." if context else f"{sentence}."
