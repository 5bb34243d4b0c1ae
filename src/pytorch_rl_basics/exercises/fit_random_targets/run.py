"""One call of an attempt at ``fit_random_targets``, recorded step by step."""

import contextlib
import io
import re
import sys
from typing import Any

import torch
from torch import Tensor

from ...checker.facts import Facts
from ...checker.networks import draw_weights, gradients, weights
from ...checker.probes import Attempt
from ...checker.training_events import Events
from ...checker.training_log import UPDATED, count_updates, fate, is_numbers, list_facts
from .losses import LossKinds
from .steps import (
    Recorder,
    Step,
    batches_of,
    close,
    count_different,
    related,
    repeats,
    targets_of,
    varying,
)

RIGHT_PRINT = "the loss at each logging step"
LEARNING_RATE = 0.05
ROOM = 100_000  # characters of what is printed
MANY = 3  # times the steps that were asked for; later ones are counted, and not looked at
NUMBER = r"\d+\.?\d*(?:e[+-]?\d+)?"


class Printed(io.StringIO):
    """Note after how many steps something was printed, and pass it on."""

    def __init__(self, run: "Run") -> None:
        super().__init__()
        self.run, self.onward = run, sys.stdout
        self.moments: set[int] = set()

    def write(self, text: str) -> int:
        """Keep a text, and the moment."""
        if text.strip():
            self.moments.add(len(self.run.steps))
        self.onward.write(text)
        return super().write(text[: max(0, ROOM - self.tell())])


class Run:
    """One call of an attempt, step by step."""

    def __init__(
        self,
        steps: int,
        batch_size: int,
        log_every: int,
        optimizer: str = "SGD",
        dtype: torch.dtype = torch.float32,
        bias: float = 0.0,  # added to the model's outputs
    ) -> None:
        self.expected_steps, self.batch_size, self.log_every = steps, batch_size, log_every
        self.model = Recorder(dtype)
        draw = torch.Generator().manual_seed(5)
        draw_weights(draw, self.model)
        self.model.bias.data += bias
        self.far = bias != 0
        self.optimizer: torch.optim.Optimizer = getattr(torch.optim, optimizer)(
            self.model.parameters(), lr=LEARNING_RATE
        )
        self.optimizer.register_step_pre_hook(self._about_to_step)
        self.optimizer.register_step_post_hook(self._stepped)
        self.started = self.before = weights(self.model)
        self.steps: list[Step] = []
        self.backwards = 0
        self.printed = Printed(self)

    def _about_to_step(self, *_: Any) -> None:
        self.before = weights(self.model)

    def _stepped(self, *_: Any) -> None:
        calls, self.model.calls = self.model.calls, []
        if len(self.steps) < MANY * self.expected_steps:
            self.steps.append(Step(calls, gradients(self.model), self.before, weights(self.model)))

    def facts(self, attempt: Attempt) -> Facts:
        """Call the attempt, and note how it trained, what it returned and what it printed."""
        log = self.model.log
        numbers = self.expected_steps, self.batch_size, self.log_every
        with Events(self.model, self.optimizer, log), contextlib.redirect_stdout(self.printed):
            result = attempt(self.model, self.optimizer, *numbers)
        self.backwards = log.count("backward")
        changed = not torch.equal(weights(self.model), self.started)
        facts: Facts = {
            "the model was": fate(log, changed),
            "updates": count_updates(log, self.expected_steps),
            **self._list_facts(result),
            "the model is in training mode": self.model.training,
        }
        learned = facts["the model was"] == UPDATED
        if learned:
            facts |= self._states_facts() | {"each update used": self._gradients_used()}
        return facts | self._losses_facts(result, learned)

    def _list_facts(self, result: Any) -> Facts:
        """Note what is returned; steps that do not divide evenly may be counted from 0 or 1."""
        facts = list_facts(result)
        fewest, most = self.expected_steps // self.log_every, self._most_logs()
        if fewest < most and facts.get("the number of losses") in (str(fewest), str(most)):
            facts["the number of losses"] = f"{fewest} or {most}"
        return facts

    def _most_logs(self) -> int:
        return -(-self.expected_steps // self.log_every)

    def _losses_facts(self, result: Any, learned: bool) -> Facts:
        """Note what the losses are, if they are numbers, and whether they were printed."""
        facts: Facts = {}
        if not is_numbers(result):
            return facts
        losses = [float(loss) for loss in result]
        if learned:
            twice = self.backwards == 2 * len(self.steps)
            kind = LossKinds(self.steps, self.log_every, twice).kind_of(losses)
            facts["the losses are"] = kind
            if "squared errors" in kind:
                facts |= self._targets_facts()
        if not self.far:  # a long number may be printed in other ways
            facts["printed"] = self._what_was_printed(losses)
        return facts

    def _states_facts(self) -> Facts:
        """Note the shape of the states, and how often they were drawn."""
        batches = [states for states, _, _ in batches_of(self.steps)]
        shapes = sorted({str(tuple(states.shape)) for states in batches})
        facts: Facts = {"the states of a step have shape": " or ".join(shapes)}
        if self.batch_size > 3:  # a few whole numbers could be drawn twice by chance
            facts["the states differ between"] = varying(batches)
            facts["different batches of states"] = count_different(batches)
            facts["rows of states are repeated"] = repeats(torch.cat(batches))
        return facts

    def _targets_facts(self) -> Facts:
        """Note how the targets vary, which can be told if the loss is a mean squared error."""
        if self.batch_size <= 3 or self.far:  # far predictions hide the targets' digits
            return {}
        targets = [targets_of(*batch) for batch in batches_of(self.steps)]
        errors = [upstream for _, _, upstream in batches_of(self.steps)]
        return {
            "the targets differ between": varying(targets),
            "the errors differ between": varying(errors),
            "different batches of targets": count_different(targets),
            "rows of targets are repeated": repeats(torch.cat(targets)),
            "the targets depend on the states": related(batches_of(self.steps), targets),
        }

    def _gradients_used(self) -> str:
        """Say of which batches the gradients were that the updates used."""
        so_far, reached = torch.zeros_like(self.started), self.started
        for number, step in enumerate(self.steps, start=1):
            own = step.own_gradient()
            if own is None or not step.used.any():
                return f"its batch's gradient, but update {number} had none"
            so_far += own
            if not close(step.used, own):
                return self._other(number, own, so_far)
            by_hand = step.before - LEARNING_RATE * step.used
            if not torch.equal(step.before, reached) or not (
                isinstance(self.optimizer, torch.optim.Adam)
                or torch.allclose(step.after, by_hand, rtol=1e-4, atol=1e-5)
            ):
                return f"its batch's gradient, but update {number} moved the model otherwise"
            reached = step.after
        return "the gradient of its own batch"

    def _other(self, number: int, own: Tensor, so_far: Tensor) -> str:
        """Say what an update used instead of its own batch's gradient."""
        used = self.steps[number - 1].used
        earlier = self.steps[number - 2].own_gradient() if number > 1 else None
        if close(used, so_far):
            return "the gradients of all batches so far, added up"
        if earlier is not None and close(used, earlier):
            return "the gradient of the batch before"
        share = (used @ own / (own @ own)).item()
        if close(used, share * own):
            return f"{share:.3g} times the gradient of its own batch"
        return f"its batch's gradient up to update {number}, then something else"

    def _what_was_printed(self, losses: list[float]) -> str:
        logs = self.expected_steps // self.log_every
        moments = len(self.printed.moments)
        if not moments:
            return "nothing"
        if moments >= self.expected_steps > self._most_logs():
            return "something at every step"
        if moments < logs:
            return f"something at {moments} of {logs} logging steps"
        shown = [float(number) for number in re.findall(NUMBER, self.printed.getvalue())]
        if all(any(abs(x - loss) < 0.06 * max(1, loss) for x in shown) for loss in losses):
            return RIGHT_PRINT
        return "something else than the losses"


class LightRun(Run):
    """A run that counts its steps and keeps their gradients, to check a hundred of them fast."""

    def _about_to_step(self, *_: Any) -> None:
        pass

    def _stepped(self, *_: Any) -> None:
        calls, self.model.calls = self.model.calls, []
        self.steps.append(Step(calls, self.started, self.started, self.started))

    def facts(self, attempt: Attempt) -> Facts:
        """Leave out the numbers, and note how many steps it made of which size, and its losses."""
        with contextlib.redirect_stdout(self.printed):
            result = attempt(self.model, self.optimizer)
        shapes = sorted({str(tuple(states.shape)) for states, _, _ in batches_of(self.steps)})
        facts: Facts = {
            "updates": str(len(self.steps)),
            **list_facts(result),
            "the states of a step have shape": " or ".join(shapes),
        }
        return facts | self._losses_facts(result, learned=True)
