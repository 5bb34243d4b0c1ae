"""End an attempt when its time is up, and at Ctrl-C even if it catches KeyboardInterrupt."""

from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

PACKAGE = str(Path(__file__).parents[1])
RESTORING = tuple(str(Path(__file__).with_name(name)) for name in ("sandbox.py", "settings.py"))
AGAIN = 0.05  # seconds until an attempt that has caught the exception gets the next one


class OutOfTime(BaseException):
    """An attempt took longer than its time limit."""


STOPS = (KeyboardInterrupt, OutOfTime)


class Interrupts:
    """Raise an exception in the block that this encloses, again and again until the block ends.

    Attributes:
        kind: the exception; None if the block was not interrupted.
    """

    __slots__ = ("_handlers", "_outside", "_seconds", "_started", "_timer", "kind")  # no __dict__

    def __init__(self, seconds: float | None) -> None:
        self.kind: type[BaseException] | None = None
        self._seconds, self._handlers = seconds, dict[int, Any]()

    def __enter__(self) -> None:
        self._outside = sys._getframe(1)
        if threading.current_thread() is threading.main_thread():  # others get no signals
            if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
                self._handlers[signal.SIGINT] = signal.signal(signal.SIGINT, self._interrupt)
            if self._seconds is not None and not _debugged():
                self._start_timer(self._seconds)

    def __exit__(self, *error: object) -> None:
        if getattr(signal, "SIGALRM", None) in self._handlers:
            (left, interval), spent = self._timer, time.monotonic() - self._started
            signal.setitimer(signal.ITIMER_REAL, left and max(left - spent, 1e-3), interval)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def _start_timer(self, seconds: float) -> None:
        if hasattr(signal, "SIGALRM") and signal.SIGALRM not in self._handlers:
            self._handlers[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._interrupt)
            self._started = time.monotonic()
            self._timer = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.kind = KeyboardInterrupt if number == signal.SIGINT else self.kind or OutOfTime
        self._start_timer(AGAIN)
        frames = []
        while frame is not None and frame is not self._outside:
            frames.append(frame)
            frame = frame.f_back
        if frames and all(one.f_code.co_filename not in RESTORING for one in frames):
            if sys.gettrace() is None:  # no debugger: raise it once more, in an `except` clause
                sys.settrace(self._trace)
                for one in frames:
                    one.f_trace = self._trace
            raise self.kind

    def _trace(self, frame: FrameType, event: str, arg: object) -> Any:
        """Raise the exception at the attempt's next line; this package goes on."""
        if event == "line" and self.kind and not frame.f_code.co_filename.startswith(PACKAGE):
            raise self.kind
        return None if event == "call" else self._trace


def _debugged() -> bool:
    """Tell whether a debugger runs, which may stop the attempt for as long as its user likes."""
    tracer, monitoring = sys.gettrace(), getattr(sys, "monitoring", None)  # since Python 3.12
    tool = monitoring and monitoring.get_tool(monitoring.DEBUGGER_ID)
    return bool(tool or (tracer and not type(tracer).__module__.startswith("coverage")))
