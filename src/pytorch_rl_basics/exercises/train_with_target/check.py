"""How ``train_with_target`` is checked."""

import copy
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from ...checker.example import Example
from ...checker.facts import Facts
from ...checker.networks import (
    DRAWN,
    NUMBERS_OF,
    add_one,
    draw_weights,
    gradients,
    step_by_hand,
    weights,
)
from ...checker.probes import Attempt, Probe
from ...checker.training_events import Events
from ...checker.training_log import LoggedLinear, count_updates, fate, is_numbers, list_facts

Batch = tuple[Tensor, ...]
NAMES = ("states", "actions", "rewards", "next_states", "terminated")


def truth(
    q: Any, q_target: Any, optimizer: Any, batches: Any, gamma: float, sync_every: int = 10
) -> list[float]:
    """Go through the transitions one by one, and set each gradient by hand."""
    losses: list[float] = []
    for batch in batches:
        squares = []
        for state, action, reward, next_state, terminated in zip(*batch, strict=True):
            target = reward.item()
            if not terminated:
                target += gamma * max(q_target(next_state[None])[0].tolist())
            squares.append((q(state[None])[0, int(action)] - target) ** 2)
        loss = torch.stack(squares).sum() / len(squares)
        step_by_hand(q, optimizer, loss)
        losses.append(loss.item())
        if len(losses) % sync_every == 0:
            for parameter, follower in zip(q.parameters(), q_target.parameters(), strict=True):
                follower.data.copy_(parameter.data)
    return losses


class Run:
    """One call of an attempt: two small networks, an optimizer, and batches that watch them."""

    def __init__(
        self,
        number: int,
        size: int,
        actions: int = 3,
        dtype: torch.dtype = torch.float32,
        optimizer: str = "SGD",
        lr: float = 0.1,
        scale: float = 1.0,  # of the rewards
    ) -> None:
        draw = torch.Generator().manual_seed(2)
        self.q, self.q_target = (LoggedLinear(2, actions, dtype=dtype) for _ in range(2))
        draw_weights(draw, self.q, self.q_target)
        self.optimizer = getattr(torch.optim, optimizer)(self.q.parameters(), lr=lr)
        self.batches = [_batch(size, actions, dtype, draw, scale) for _ in range(number)]
        self.before = copy.deepcopy(self.batches)
        self.started = weights(self.q)
        self.target_started = weights(self.q_target)
        self.taken_before_the_first_call = 0
        self.qs: list[Tensor] = []  # after 0, 1, 2, ... batches
        self.targets: list[Tensor] = []

    def generator(self) -> Iterator[Batch]:
        """Give the batches one by one, and note the networks each time that one is asked for."""
        for batch in self.batches:
            self.note()
            if "called" not in self.q.log:
                self.taken_before_the_first_call += 1
            yield batch
        self.note()

    def note(self) -> None:
        """Copy the networks' parameters."""
        self.qs.append(weights(self.q))
        self.targets.append(weights(self.q_target))

    def training_facts(self, attempt: Attempt, *args: Any, lazy: bool = True) -> tuple[Any, Facts]:
        """Call the attempt, and note whether and how it trained at all."""
        batches = self.generator() if lazy else self.batches
        with Events(self.q, self.optimizer, self.q.log):
            result = attempt(self.q, self.q_target, self.optimizer, batches, *args)
        changed = not torch.equal(weights(self.q), self.started)
        facts: Facts = {"q was": fate(self.q.log, changed)}
        facts["updates"] = count_updates(self.q.log, len(self.batches))
        facts["q is in training mode"] = self.q.training
        if lazy:
            facts["batches taken before q was first called"] = self.taken_before_the_first_call
        return result, facts

    def number_facts(self, losses: Any) -> Facts:
        """Note the loss and q's parameters after each step, if losses are returned."""
        facts: Facts = {}
        if not is_numbers(losses):
            return facts
        for step in range(1, len(self.batches) + 1):
            if step <= len(losses):
                facts[f"the loss of batch {step}"] = float(losses[step - 1])
            if step < len(self.qs):
                facts[f"the parameters of q after batch {step}"] = self.qs[step]
        return facts

    def sync_facts(self, *steps: int) -> Facts:
        """Note whose parameters q_target holds after these steps.

        Not after a step with a copy: it may come then, or at the top of the next step.
        """
        label = f"after steps {', '.join(map(str, steps))} q_target is"
        return {label: [self._whose(step) for step in steps if step < len(self.targets)]}

    def _whose(self, step: int) -> str:
        """Say in words which parameters q_target holds after a step."""
        held = self.targets[step]
        if torch.equal(held, self.target_started):
            return "as given"
        for number in range(min(step, len(self.batches)), -1, -1):
            if torch.equal(held, self.qs[number]):
                return f"q after step {number}" if number else "q before step 1"
        moved = step  # the last step in which it changed
        while torch.equal(self.targets[moved - 1], held):
            moved -= 1
        before = self.targets[moved - 1]
        for q in self.qs[moved - 1 : moved + 1]:
            shares = (held - before) / (q - before)
            if 0 < shares.mean() < 1 and torch.allclose(shares, shares.mean(), rtol=0.05, atol=0):
                return "a mix of q and itself"
        return "something else"

    def gradient_facts(self) -> Facts:
        """Note whether gradients were left in q_target, and which inputs were changed."""
        changed = {
            name
            for batch, before in zip(self.batches, self.before, strict=True)
            for name, tensor, old in zip(NAMES, batch, before, strict=True)
            if not torch.equal(tensor, old)
        }
        return {
            "gradients in q_target": "some" if gradients(self.q_target).any() else "none",
            "changed in the batches": sorted(changed),
        }

    def end_facts(self) -> Facts:
        """Note whose parameters q_target holds after the call."""
        self.note()
        return {"after the call q_target is": self._whose(len(self.targets) - 1)}

    def alias_facts(self) -> Facts:
        """Note whether q_target moves when q is trained further."""
        before = weights(self.q_target)
        add_one(self.q)
        moved = not torch.equal(weights(self.q_target), before)
        return {"q_target moves along when q is trained further": moved}

    def start_facts(self) -> Facts:
        """Note whether q_target was overwritten before the first step."""
        held = "as given"
        if len(self.targets) > 1 and torch.equal(self.targets[1], self.started):
            followed = [torch.equal(*pair) for pair in zip(self.targets[1:], self.qs, strict=False)]
            held = "a copy of q, renewed in every step" if all(followed) else "a copy of q"
        return {"in step 1 q_target is": held}


def _batch(
    size: int, actions: int, dtype: torch.dtype, draw: torch.Generator, scale: float
) -> Batch:
    terminated = torch.arange(size) % 40 == 1  # the second, if there are two
    return (
        torch.randn(size, 2, generator=draw).to(dtype),
        torch.randint(actions, (size,), generator=draw),
        torch.randn(size, generator=draw).to(dtype) * scale + 1,
        torch.randn(size, 2, generator=draw).to(dtype),
        terminated,
    )


def without_copies(attempt: Attempt) -> Facts:
    """Train on three batches: targets, gradients, laziness."""
    run = Run(number=3, size=3)
    result, facts = run.training_facts(attempt, 0.8)
    facts |= list_facts(result)
    if is_numbers(result):
        numbers = run.number_facts(result)
        first = {label: fact for label, fact in numbers.items() if label.endswith(" 1")}
        facts |= run.start_facts() | first | run.sync_facts(1, 2, 3) | numbers
    return facts | run.gradient_facts()


def with_copies(attempt: Attempt) -> Facts:
    """Train on eight batches with two copies."""
    run = Run(number=8, size=2)
    result, facts = run.training_facts(attempt, 0.8, 3)
    facts |= run.sync_facts(1, 2, 4, 5, 7, 8) | run.number_facts(result) | run.end_facts()
    return run.alias_facts() | facts


def default_sync(attempt: Attempt) -> Facts:
    """Leave out sync_every."""
    run = Run(number=12, size=2)
    result, _ = run.training_facts(attempt, 0.8)
    return run.sync_facts(1, 9, 11, 12) | run.number_facts(result)


def single_transition(attempt: Attempt) -> Facts:
    """Train on one transition, given in a list, with gamma 0."""
    run = Run(number=1, size=1, actions=2)
    result, facts = run.training_facts(attempt, 0.0, lazy=False)
    run.qs = [run.started, weights(run.q)]
    return facts | run.number_facts(result)


def in_float64(attempt: Attempt, run: Run, *args: Any) -> Facts:
    """Train in float64, and note the numbers alone."""
    result, facts = run.training_facts(attempt, *args)
    return facts | run.number_facts(result)


def example(
    number: int,
    size: int,
    actions: int = 3,
    more: str = ", 0.8",
    *,
    optimizer: str = "SGD(q.parameters(), lr=0.1)",
    double: str = "",
    scale: float = 1.0,
) -> Example:
    """Write a call as code, with so many batches."""
    setup = f"""\
draw = torch.Generator().manual_seed(2)
q, q_target = nn.Linear(2, {actions}){double}, nn.Linear(2, {actions}){double}
{DRAWN.format(network="q")}
{DRAWN.format(network="q_target")}
optimizer = torch.optim.{optimizer}
batches = []
for _ in range({number}):
    states = torch.randn({size}, 2, generator=draw){double}
    actions = torch.randint({actions}, ({size},), generator=draw)
    rewards = torch.randn({size}, generator=draw){double} * {scale} + 1
    next_states = torch.randn({size}, 2, generator=draw){double}
    terminated = torch.arange({size}) == 1
    batches.append((states, actions, rewards, next_states, terminated))
before = {NUMBERS_OF.format(network="q")}"""
    results = {
        "the losses": "result",
        "how far q has moved": f"{NUMBERS_OF.format(network='q')} - before",
        "q_target": NUMBERS_OF.format(network="q_target"),
    }
    call = f"train_with_target(q, q_target, optimizer, iter(batches){more})"
    return Example("train_with_target", setup, call, results)


SGD = "train_with_target(q, q_target, SGD with lr=0.1, a"
ADAM = "train_with_target(q, q_target, Adam with lr=0.05, a"
PROBES = (
    Probe(
        f"{SGD} generator of 3 batches of 3 transitions, gamma=0.8)",
        without_copies,
        example=example(3, 3),
    ),
    Probe(
        f"{SGD} generator of 8 batches, gamma=0.8, sync_every=3)",
        with_copies,
        example=example(8, 2, more=", 0.8, 3"),
    ),
    Probe(f"{SGD} generator of 12 batches, gamma=0.8)", default_sync, example=example(12, 2)),
    Probe(
        f"{SGD} list of 1 batch of 1 transition, gamma=0.0)",
        single_transition,
        example=example(1, 1, 2, ", 0.0"),
    ),
    Probe(
        f"{ADAM} generator of 3 batches in float64, gamma=0.8)",
        lambda attempt: in_float64(
            attempt, Run(3, 4, 2, torch.float64, optimizer="Adam", lr=0.05), 0.8
        ),
        example=example(3, 4, 2, optimizer="Adam(q.parameters(), lr=0.05)", double=".double()"),
    ),
    Probe(
        f"{SGD} generator of 5 large batches with rewards to 300,000, gamma=1.0, 2)",
        lambda attempt: in_float64(attempt, Run(5, 83, 5, torch.float64, scale=1e5), 1.0, 2),
        example=example(5, 83, 5, ", 1.0, 2", double=".double()", scale=1e5),
    ),
)
