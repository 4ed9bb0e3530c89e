"""The column types: times stay the same moment, values the same values, words stay within their enum."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.columns import Json, Moment, word
from bot.store.states import State
from bot.values import (
    Card,
    Content,
    Duplicate,
    Evidence,
    Facet,
    FaqPair,
    Hold,
    Kind,
    Note,
    Override,
    Part,
    Remote,
    Segment,
    Statement,
    Variant,
    Warn,
)

DIALECTS: list[Dialect] = [sqlite.dialect(), postgresql.dialect()]
words = st.text(max_size=12)
statements = st.builds(Statement, text=words, evidence=st.lists(words, max_size=2).map(tuple))
parts = st.builds(
    Part, question=st.none() | statements, paragraphs=st.lists(st.lists(statements, max_size=2).map(tuple), max_size=2).map(tuple)
)
segments = st.builds(
    Segment, text=words, length=st.integers(0), limit=st.just(280), has_url=st.booleans(), cost_micros=st.integers(0),
    evidence=st.lists(st.builds(Evidence, sentence=words, text=words), max_size=2).map(tuple),
    facets=st.lists(st.builds(Facet, start=st.integers(0, 9), end=st.integers(0, 9), type=words, value=words), max_size=2).map(tuple),
)
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    Content: st.builds(Content, segments=st.lists(segments, max_size=3).map(tuple), card=st.none() | st.builds(Card, uri=words, title=words, description=words)),
    tuple[Variant, ...]: st.lists(st.builds(Variant, platforms=st.just(("x",)), parts=st.lists(parts, max_size=3).map(tuple)), max_size=2).map(tuple),
    tuple[Duplicate, ...]: st.lists(st.builds(Duplicate, score=st.floats(0, 1), detail=words), max_size=3).map(tuple),
    **{tuple[kind, ...]: st.lists(st.from_type(kind), max_size=3).map(tuple) for kind in (FaqPair, Note, Hold, Warn, Override, Remote, int)},
}  # fmt: skip

both = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
zones = st.timezones() | st.just(UTC)
moments = st.datetimes(datetime(1900, 1, 2), datetime(2999, 12, 30), timezones=zones, allow_imaginary=False)


@both
@settings(max_examples=100, deadline=None)
@given(moment=moments)
def test_a_moment_comes_back_as_the_same_moment_in_utc(dialect: Dialect, moment: datetime) -> None:
    back = Moment().process_result_value(Moment().process_bind_param(moment, dialect), dialect)
    assert back == moment.astimezone(UTC)
    assert back is not None
    assert back.tzinfo is UTC


@settings(max_examples=100, deadline=None)
@given(one=moments, other=moments)
def test_sqlite_stores_moments_in_their_order(one: datetime, other: datetime) -> None:
    process = Moment().bind_processor(DIALECTS[0])
    assert process is not None
    assert (process(one) < process(other)) == (one.astimezone(UTC) < other.astimezone(UTC))


@both
def test_a_naive_time_is_refused(dialect: Dialect) -> None:
    with pytest.raises(ValueError, match="naive"):
        Moment().process_bind_param(datetime(2026, 1, 1), dialect)


def test_a_time_of_a_connection_in_another_zone_is_utc() -> None:
    told = datetime(2026, 1, 1, 5, tzinfo=timezone(timedelta(hours=5)))
    back = Moment().process_result_value(told, DIALECTS[1])
    assert back == told
    assert back is not None
    assert back.tzinfo is UTC


@both
def test_nothing_stays_nothing(dialect: Dialect) -> None:
    for kind in (Moment(), Json(Content)):
        assert kind.process_bind_param(None, dialect) is None
        assert kind.process_result_value(None, dialect) is None


@pytest.mark.parametrize("kind", VALUES, ids=str)
def test_a_value_comes_back_equal(kind: Any) -> None:
    column = Json(kind)

    @settings(max_examples=25, deadline=None)
    @given(VALUES[kind])
    def round_trip(value: Any) -> None:
        stored = column.process_bind_param(value, DIALECTS[0])
        assert isinstance(stored, str)
        assert column.process_result_value(stored, DIALECTS[0]) == value

    round_trip()


@pytest.mark.parametrize("stored", ["", "null", "{", '{"segments": []  , "colour": 1}', "[1]"])
def test_a_stored_value_that_is_not_one_of_ours_is_refused(stored: str) -> None:
    with pytest.raises(ValidationError):
        Json(Content).process_result_value(stored, DIALECTS[0])


@pytest.mark.parametrize("score", [float("inf"), float("nan")])
def test_a_value_that_could_not_be_read_back_is_not_stored(score: float) -> None:
    value = (Duplicate.model_construct(post=1, article=None, score=score, detail=""),)
    with pytest.raises(ValidationError):
        Json(tuple[Duplicate, ...]).process_bind_param(value, DIALECTS[0])


@both
def test_a_word_is_stored_as_its_value_and_comes_back_as_the_member(dialect: Dialect) -> None:
    column = word(State, "state", 16)
    bind, result = column.bind_processor(dialect), column.result_processor(dialect, None)
    assert bind is not None
    assert result is not None
    for state in State:
        stored = bind(state)
        assert stored == state.value
        assert type(stored) is str
        assert bind(stored) == stored
        assert result(stored) is state
    for wrong in ("asleep", "IN_REVIEW", "", 1):
        with pytest.raises(LookupError):
            bind(wrong)
    with pytest.raises(LookupError):
        result("asleep")


@pytest.mark.parametrize(("kind", "length"), [(State, 16), (Kind, 16)])
def test_the_columns_of_words_are_wide_enough(kind: type[State] | type[Kind], length: int) -> None:
    assert max(len(member) for member in kind) <= length
