"""The search page: articles, counts over time, groups, words and samples of one query, or counts of up to five side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from psycopg import Connection

from pipeline.normalise.urls import MAX_CHARS
from pipeline.search import calendar
from pipeline.search.errors import QueryError
from pipeline.search.estimate import Number
from pipeline.search.highlights import WIDTH, Passage, passage
from pipeline.search.parse import parse
from pipeline.search.tree import wanted
from pipeline.store.search import asking, counting, finding, results, sampling
from pipeline.store.search.asking import Question
from pipeline.store.search.counting import Counted, Group
from pipeline.store.search.finding import Hit
from web.access.guard import Asking
from web.api.search.articles import SHORT, place
from web.context import Database
from web.http.problems import Problem
from web.http.tables import CSV, as_csv, cursor
from web.pages.charts import Chart, chart
from web.pages.search_form import SearchForm
from web.templating import render

ON_A_PAGE, IN_A_SAMPLE, GROUPS, WORDS = 20, 20, 50, 60
SVG = "image/svg+xml"

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Form = Annotated[SearchForm, Query()]


@dataclass(frozen=True, slots=True)
class Asked:
    """One query of the page. `problem` says why it cannot be run; then there is no question. `counted` is None if no number is shown."""

    typed: str
    question: Question | None = None
    problem: str = ""
    counted: Counted | None = None

    @property
    def total(self) -> Number | None:
        return self.counted.total if self.counted else None


@dataclass(frozen=True, slots=True)
class Found:
    """One article of a list. Title and passage are split at the words of the query: every second part is such a word."""

    row: results.Result
    title: list[str]
    text: list[str]
    cut: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class OverTime:
    """The counts of each query over the same units of time. Each row of `rows` is a key, with one group (or None) for each query."""

    chart: Chart
    rows: list[tuple[str, list[Group | None]]]


@router.get("/find")
def find(q: Annotated[str, Query(max_length=MAX_CHARS)]) -> Response:
    """Handle the search box at the top of each page: trace a URL, or search words."""
    typed = q.strip()
    if typed.lower().startswith(("http://", "https://")) and " " not in typed:
        return RedirectResponse(f"/links?url={quote(typed, safe='')}", 303)
    return RedirectResponse(f"/search?{urlencode({'q': typed})}", 303)


@router.get("/search")
def search_page(conn: Database, caller: Asking, form: Form) -> HTMLResponse:
    asked = [_counted(conn, form, _asked(conn, form, typed), number) for number, typed in enumerate(form.queries)]
    one = asked[form.number]
    shown: dict[str, object] = {"found": [], "following": "", "groups": [], "left_out": 0, "words": None}
    if one.question is not None:
        shown |= _shown(conn, form, one, one.question, SHORT if not caller.may("text") else WIDTH)
    shown["over_time"] = _over_time(form, asked) if form.view == "time" else None
    status = 422 if all(a.problem for a in asked) else 200
    return HTMLResponse(render("search.html", form=form, asked=asked, number=form.number, **shown), status)


@router.get("/search/over-time.svg")
def chart_alone(conn: Database, form: Form) -> Response:
    """Download the chart of the page."""
    form = form.model_copy(update={"view": "time"})
    drawn = _over_time(form, _runnable(conn, form)).chart
    return Response(render("chart.svg", chart=drawn), media_type=SVG, headers=_file("over-time.svg"))


@router.get("/search/over-time.csv")
def counts_as_csv(conn: Database, form: Form) -> Response:
    """Download the table of the page."""
    form = form.model_copy(update={"view": "time"})
    asked = _runnable(conn, form)
    names = [str(a.question.text) if a.question else "" for a in asked]
    columns = [form.over, *(f"{name} {what}" for name in names for what in ("articles", "low", "high", *(["share"] if form.share else [])))]
    rows = ([key, *(cell for group in groups for cell in _cells(group, share=form.share))] for key, groups in _over_time(form, asked).rows)
    return Response(as_csv(columns, rows), media_type=CSV, headers=_file("over-time.csv"))


@router.get("/search/groups.csv")
def groups_as_csv(conn: Database, form: Form) -> Response:
    """Download all groups of the page's query, also those that the page does not show."""
    form = form.model_copy(update={"view": "groups"})
    one = _runnable(conn, form)[form.number]
    assert one.counted is not None  # since the view is groups
    groups, _ = counting.rows(one.counted, form.by, len(one.counted.groups))
    share = form.share and form.by in counting.ROW
    columns = [form.by, "articles", "low", "high", *(["share"] if share else [])]
    return Response(
        as_csv(columns, ([group.key, *_cells(group, share=share)] for group in groups)), media_type=CSV, headers=_file("groups.csv")
    )


def _asked(conn: Connection, form: SearchForm, typed: str) -> Asked:
    try:
        parse(typed)  # alone first, so that an error names a place in what was typed
        return Asked(typed, asking.ask(conn, form.filtered(typed), dedupe=form.dedupe))
    except QueryError as error:
        return Asked(typed, problem=str(error))


def _counted(conn: Connection, form: SearchForm, one: Asked, number: int) -> Asked:
    """The query with the numbers that the view shows: those of its groups give the total too."""
    if one.question is None or not (form.q or form.view != "articles"):
        return one
    by = form.over if form.view == "time" else form.by if form.view == "groups" and number == form.number else ""
    return replace(one, counted=counting.count(conn, one.question.tree, by, share=form.share and by in counting.ROW))


def _runnable(conn: Connection, form: SearchForm) -> list[Asked]:
    """The queries of a file, counted. Raises Problem 422: a file cannot say beside it which of them failed."""
    asked = [_asked(conn, form, typed) for typed in form.queries]
    for one in asked:
        if one.problem:
            raise Problem(422, "bad_query", one.problem)
    return [_counted(conn, form, one, number) for number, one in enumerate(asked)]


def _shown(conn: Connection, form: SearchForm, one: Asked, question: Question, width: int) -> dict[str, object]:
    """What the chosen view shows of one query."""
    match form.view:
        case "articles" if form.sort == "relevance":
            return {"found": _found(conn, finding.relevant(conn, question.tree, ON_A_PAGE), question, width)}
        case "articles":
            hits = finding.newest(conn, question.tree, ON_A_PAGE + 1, place(form.cursor or None))
            page, more = hits[:ON_A_PAGE], len(hits) > ON_A_PAGE
            following = cursor(page[-1].at.isoformat(), page[-1].article_id) if more else ""
            return {"found": _found(conn, page, question, width), "following": following}
        case "sample":
            return {"found": _found(conn, sampling.sample(conn, question.tree, IN_A_SAMPLE, form.seed), question, width)}
        case "words":
            return {"words": sampling.words(conn, question.tree, WORDS, form.seed)}
        case "groups" if one.counted is not None:
            groups, left_out = counting.rows(one.counted, form.by, GROUPS)
            return {"groups": groups, "left_out": left_out}
    return {}


def _found(conn: Connection, hits: Sequence[Hit], question: Question, width: int) -> list[Found]:
    words = wanted(question.tree)

    def one(row: results.Result) -> Found:
        text = passage(row.text, words, width)
        return Found(row, _parts(passage(row.title, words, width=1_000)), _parts(text), text.cut)

    return [one(row) for row in results.results(conn, hits)]


def _parts(shown: Passage) -> list[str]:
    parts, at = [], 0
    for start, end in shown.marks:
        parts += [shown.text[at:start], shown.text[start:end]]
        at = end
    return [*parts, shown.text[at:]]


def _over_time(form: SearchForm, asked: Sequence[Asked]) -> OverTime:
    """The counts of the queries that can be run."""
    runnable = [
        (one, {group.key: group for group in counting.rows(one.counted, form.over, 0)[0]}) for one in asked if one.counted is not None
    ]
    keys = _keys({key for _, groups in runnable for key in groups}, form.over)
    values = [(one.typed or "all articles", [_value(groups.get(key), share=form.share) for key in keys]) for one, groups in runnable]
    rows = [(key, [groups.get(key) for _, groups in runnable]) for key in keys]
    return OverTime(chart([_short(key, form.over) for key in keys], values, percent=form.share), rows)


def _keys(found: set[str], unit: calendar.Unit) -> list[str]:
    """All units from the first to the last, also those without a match."""
    if not found:
        return []
    first, last = date.fromisoformat(min(found)), date.fromisoformat(max(found))
    return [day.isoformat() for day in calendar.units(first, last + timedelta(days=1), unit)]


def _short(key: str, unit: calendar.Unit) -> str:
    return {"month": key[:7], "year": key[:4]}.get(unit, key)


def _value(group: Group | None, *, share: bool) -> float:
    if group is None:
        return 0.0
    return (group.share or 0.0) if share else group.number.value


def _cells(group: Group | None, *, share: bool) -> list[object]:
    numbers: list[object] = [0, 0, 0] if group is None else [group.number.value, group.number.low, group.number.high]
    return [*numbers, *([group.share if group else None] if share else [])]


def _file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="newsmill-{name}"'}
