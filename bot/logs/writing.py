"""The log of the worker, and of the libraries it uses: one line an event, or one JSON object, through structlog and past the redactor."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Literal, Protocol

from bot.logs import redact

Clean = Callable[[str], str]
"""Makes one line of a text, without what could drive a terminal."""
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_OURS = "bot"


class Log(Protocol):
    """Takes an event in words, with what it is about as fields: `post`, `deliveries`, `account`, `state`."""

    def __call__(self, text: str, /, level: str = "info", **fields: object) -> None: ...


@contextmanager
def writing(form: Literal["lines", "json"], level: str, clean: Clean) -> Iterator[Log]:
    """Write the log to standard error while the block runs: our own events from `level` on, the libraries' warnings (at debug, all they say)."""
    import structlog

    before: list[Any] = [structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, structlog.processors.TimeStamper("iso", utc=True, key="at"), structlog.processors.format_exc_info]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _redacted, _Json() if form == "json" else _Line(clean)],
    )
    with _handling(_Stderr(formatter), LEVELS[level]):
        ours = structlog.wrap_logger(logging.getLogger(_OURS), processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter], wrapper_class=structlog.stdlib.BoundLogger)

        def log(text: str, /, level: str = "info", **fields: object) -> None:
            ours.log(LEVELS[level], text, **fields)

        yield log


@contextmanager
def _handling(handler: logging.Handler, level: int) -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger(_OURS)
    was = (root.level, ours.level, root.handlers[:], sys.excepthook, threading.excepthook)
    root.handlers[:] = [handler]
    root.setLevel(level if level <= logging.DEBUG else max(level, logging.WARNING))
    ours.setLevel(level)
    logging.captureWarnings(True)
    threading.excepthook = _died
    try:
        yield
    finally:
        logging.captureWarnings(False)
        root.handlers[:] = was[2]
        root.setLevel(was[0])
        ours.setLevel(was[1])
        sys.excepthook, threading.excepthook = was[3], was[4]


def _died(ended: threading.ExceptHookArgs) -> None:
    """A thread ended by an exception nobody caught."""
    if ended.exc_value is not None:
        info = (ended.exc_type, ended.exc_value, ended.exc_traceback)
        logging.getLogger(_OURS).error("a thread ended: %s", type(ended.exc_value).__name__, exc_info=info)


class _Stderr(logging.Handler):
    """Standard error as it is at that moment. What can not be written or formatted stops nothing, and is not shown raw."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception as error:
            line = f"a log line of {record.name} could not be written ({type(error).__name__})"
        try:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):  # nobody reads it any more
            return


Event = MutableMapping[str, Any]


def _redacted(_logger: Any, _method: str, event: Event) -> Event:
    """Take the secrets out of everything that is said, tracebacks included."""
    found = redact.known().value(dict(event))
    assert isinstance(found, dict)
    return found


class _Line:
    """The event as people read it; of libraries, with their name."""

    def __init__(self, clean: Clean) -> None:
        self._clean = clean

    def __call__(self, _logger: Any, _method: str, event: Event) -> str:
        text = self._clean(str(event.get("event", "")))
        if event.get("logger") != _OURS:
            text = f"{event.get('level', '')} {event.get('logger', '')}: {text}"
        ids = [str(one) for one in event.get("deliveries") or ()]
        if ids:
            text += f" [{'delivery' if len(ids) == 1 else 'deliveries'} {' '.join(ids)}]"
        trace = [self._clean(line) for line in str(event.get("exception") or "").splitlines()]
        return "\n".join([text, *(f"    {line}" for line in trace if line)])


class _Json:
    """The event as one JSON object: when, how grave, what, and the fields."""

    def __call__(self, _logger: Any, _method: str, event: Event) -> str:
        import json

        first = {key: event[key] for key in ("at", "level", "logger", "event") if key in event}
        return json.dumps({**first, **{key: value for key, value in event.items() if key not in first}})


def trace(error: BaseException) -> str:
    """A traceback without secrets."""
    return redact.hidden("".join(traceback.format_exception(error)))
