"""The state table: exactly the moves of the design, and no way from one state to another but these."""

from __future__ import annotations

import ast
import inspect
from enum import StrEnum
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import StateError
from bot.store import states
from bot.store.states import TABLE, ArticleState, DeliveryState, Move, State, after

# As the design's page has it: from | event | to; several froms share a line, several events answer to as many tos.
DESIGN = """
in_review                 | approve                                            | approved
in_review, approved       | revise                                             | in_review
approved                  | unapprove                                          | in_review
in_review, approved       | reject · cancel                                    | rejected · cancelled
approved                  | miss                                               | missed
missed                    | approve                                            | approved
approved                  | claim                                              | publishing
publishing                | all sent                                           | published
publishing                | not sent, nothing out                              | approved
publishing                | not sent, part out                                 | publishing
publishing                | refused, nothing out                               | failed
failed                    | retry                                              | approved
publishing                | refused, part out · interrupted                    | stopped · stopped
publishing                | unknown, being looked up                           | publishing
publishing                | unknown, not to be settled by looking              | uncertain
uncertain                 | resolved: all sent · resolved: part sent · resolved: nothing sent | published · publishing · approved
stopped, uncertain        | resume · abandon · unwind                          | publishing · abandoned · withdrawn
published, abandoned      | unwind                                             | withdrawn
"""


def by_the_design() -> set[tuple[str, str, str]]:
    moves: set[tuple[str, str, str]] = set()
    for line in DESIGN.strip().splitlines():
        froms, events, tos = (part.strip() for part in line.split("|"))
        for source in froms.split(", "):
            moves |= {(source, event, to) for event, to in zip(events.split(" · "), tos.split(" · "), strict=True)}
    return moves


def reachable(start: State) -> set[State]:
    seen, todo = set[State](), [start]
    while todo:
        here = todo.pop()
        for (source, _), to in TABLE.items():
            if source is here and to not in seen:
                seen.add(to)
                todo.append(to)
    return seen


def test_the_table_is_the_designs() -> None:
    assert {(str(source), str(move), str(to)) for (source, move), to in TABLE.items()} == by_the_design()


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Move)
def test_no_other_move_is_possible(state: State, move: Move) -> None:
    allowed = {(source, event): to for source, event, to in by_the_design()}
    if (state, move) in allowed:
        assert after(state, move) is State(allowed[state, move])
    else:
        with pytest.raises(StateError, match=f"the post is {state}; .* is not possible"):
            after(state, move)


def test_every_state_can_be_reached_from_review() -> None:
    assert reachable(State.IN_REVIEW) == set(State)


def test_every_move_is_possible_somewhere() -> None:
    assert {move for _, move in TABLE} == set(Move)


def test_what_is_published_is_never_sent_again() -> None:
    assert reachable(State.PUBLISHED) == {State.WITHDRAWN}


def test_some_ends_are_final() -> None:
    assert {state for state in State if not reachable(state)} == {State.REJECTED, State.CANCELLED, State.WITHDRAWN}


def test_only_a_claim_a_resume_or_a_partly_sent_thread_leads_into_publishing() -> None:
    into = {(source, move) for (source, move), to in TABLE.items() if to is State.PUBLISHING and source is not State.PUBLISHING}
    assert into == {
        (State.APPROVED, Move.CLAIM), (State.STOPPED, Move.RESUME), (State.UNCERTAIN, Move.RESUME),
        (State.UNCERTAIN, Move.RESOLVED_PART),
    }


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(Move), max_size=30))
def test_no_walk_leaves_the_enum_or_sends_what_was_not_approved(moves: list[Move]) -> None:
    state, approved = State.IN_REVIEW, False
    for move in moves:
        try:
            state = after(state, move)
        except StateError:
            assert (state, move) not in TABLE
            continue
        assert isinstance(state, State)
        approved = approved or move is Move.APPROVE
        if state in {State.PUBLISHING, State.PUBLISHED, State.UNCERTAIN, State.STOPPED}:
            assert approved


@pytest.mark.parametrize("enum", [ArticleState, DeliveryState, State])
def test_every_state_says_what_it_means(enum: type[StrEnum]) -> None:
    tree = ast.parse(inspect.getsource(states))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == enum.__name__)
    said = {
        line.targets[0].id: following.value.value
        for line, following in pairwise(body)
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
        and isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant) and isinstance(following.value.value, str)
    }
    assert set(said) == set(enum.__members__)
    assert all(meaning.endswith(".") and "\n" not in meaning for meaning in said.values())
