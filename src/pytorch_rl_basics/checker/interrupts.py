"""End an attempt when its time is up, and at Ctrl-C even if it catches KeyboardInterrupt."""

from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

HERE = Path(__file__).parent
PACKAGE = str(HERE.parent)
RESTORING = {str(HERE / "sandbox.py"), str(HERE / "settings.py")}  # never interrupted
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
        self._seconds = seconds
        self._handlers: dict[int, Any] = {}

    def __enter__(self) -> Interrupts:
        self._outside = sys._getframe(1)
        if threading.current_thread() is threading.main_thread():  # others get no signals
            if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
                self._handlers[signal.SIGINT] = signal.signal(signal.SIGINT, self._interrupt)
            if self._seconds is not None and not _debugged():
                self._start_timer(self._seconds)
        return self

    def __exit__(self, *error: object) -> None:
        if hasattr(signal, "SIGALRM") and signal.SIGALRM in self._handlers:
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
        if number == signal.SIGINT:
            self.kind = KeyboardInterrupt
            self._start_timer(AGAIN)
        self.kind = self.kind or OutOfTime
        frames, inner = [], frame
        while frame is not None and frame is not self._outside:
            frames.append(frame)
            frame = frame.f_back
        if inner in frames and not any(one.f_code.co_filename in RESTORING for one in frames):
            self._interrupt_again(frames)
            raise self.kind

    def _interrupt_again(self, frames: list[FrameType]) -> None:
        """Raise the exception at the attempt's next line, too: this is in its `except` clause."""

        def trace(frame: FrameType, event: str, arg: object) -> Any:
            if event == "line" and self.kind is not None:
                raise self.kind
            return None if event == "call" else trace

        if sys.gettrace() is None:
            for frame in frames:
                if not frame.f_code.co_filename.startswith(PACKAGE):
                    frame.f_trace = trace
            sys.settrace(trace)


def _debugged() -> bool:
    """Tell whether a debugger runs: it may stop the attempt for as long as its user likes."""
    tracer = sys.gettrace()
    if tracer is not None and not type(tracer).__module__.startswith("coverage"):
        return True
    monitoring = getattr(sys, "monitoring", None)  # since Python 3.12
    return monitoring is not None and monitoring.get_tool(monitoring.DEBUGGER_ID) is not None
