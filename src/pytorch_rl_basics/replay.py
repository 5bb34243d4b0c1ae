"""The replay buffer of off-policy agents: transitions in preallocated tensors."""

import torch
from torch import Tensor

from ._validation import expects, require, require_transitions


class ReplayBuffer:
    r"""Keep the latest transitions, and draw batches of them uniformly, with replacement.

    Args:
        capacity: number of transitions kept; a full buffer overwrites its oldest ones.
        state_dim: number of features of a state.
        action_dim: number of components of a continuous action, kept as floats (capacity,
            ``action_dim``). Without it actions are discrete, kept as int64 (capacity,).
        dtype: of states, rewards and continuous actions; torch's default if not given.
        device: the device of the tensors.

    Raises:
        TypeError, ValueError: a size is not a whole number of at least 1.

    All memory is allocated at the start, so the cost of adding and sampling does not grow.
    Experience replay: Lin (1992), https://doi.org/10.1007/BF00992699.

    >>> buffer = ReplayBuffer(capacity=3, state_dim=2)
    >>> states = torch.arange(8.0).reshape(4, 2)
    >>> for action in range(4):
    ...     buffer.add(states[:1], torch.tensor([action]), torch.ones(1), states[1:2],
    ...                torch.tensor([False]))
    >>> len(buffer), buffer.actions  # the fourth replaced the first
    (3, tensor([3, 1, 2]))
    >>> states, actions, rewards, next_states, terminated = buffer.sample(32)
    >>> states.shape, actions.dtype, terminated.dtype
    (torch.Size([32, 2]), torch.int64, torch.bool)
    """

    @expects(capacity="count", state_dim="count")
    def __init__(
        self,
        capacity: int,
        state_dim: int,
        action_dim: int | None = None,
        dtype: torch.dtype | None = None,
        device: torch.device | str | None = None,
    ) -> None:
        if action_dim is not None:
            require("ReplayBuffer", action_dim=(action_dim, "count"))
        floats = torch.zeros(capacity, dtype=dtype, device=device)
        self.capacity = capacity
        self.states = floats.new_zeros(capacity, state_dim)
        self.actions = (
            torch.zeros_like(floats, dtype=torch.int64)
            if action_dim is None
            else floats.new_zeros(capacity, action_dim)
        )
        self.rewards = floats
        self.next_states = torch.zeros_like(self.states)
        self.terminated = torch.zeros_like(floats, dtype=torch.bool)
        self._size = 0
        self._next = 0  # the row that the next transition goes to

    def __len__(self) -> int:
        """Count the transitions stored."""
        return self._size

    def __repr__(self) -> str:
        return f"ReplayBuffer({self._size:,} of {self.capacity:,} transitions)"

    def add(
        self,
        states: Tensor,
        actions: Tensor,
        rewards: Tensor,
        next_states: Tensor,
        terminated: Tensor,
    ) -> None:
        """Store B transitions, overwriting the oldest ones when the buffer is full.

        Args:
            states: float, shape (B, d). Values are copied: no graph is kept.
            actions: int64, shape (B,), or float, shape (B, ``action_dim``).
            rewards: float, shape (B,).
            next_states: the states that really followed, before any reset, float, shape (B, d).
                Gymnasium's vector environments reset in the step after an episode's end: leave
                that step out for the environments that have ended.
            terminated: bool, shape (B,). True where nothing follows; a truncated episode's last
                transition is False.

        Raises:
            TypeError: wrong dtypes.
            ValueError: wrong or different shapes, or B above the capacity. B may be 0.
        """
        parts = (states, actions, rewards, next_states, terminated)
        if all(isinstance(part, Tensor) and part.numel() == 0 for part in parts):
            return
        self._require_fitting(*parts)
        count = len(rewards)
        rows = torch.arange(self._next, self._next + count, device=self.rewards.device)  # (B,)
        rows %= self.capacity  # past the last row comes the first
        self.states[rows] = states.detach()
        self.actions[rows] = actions.detach()
        self.rewards[rows] = rewards.detach()
        self.next_states[rows] = next_states.detach()
        self.terminated[rows] = terminated
        self._next = (self._next + count) % self.capacity
        self._size = min(self._size + count, self.capacity)

    def _require_fitting(self, states: Tensor, actions: Tensor, *rest: Tensor) -> None:
        """Refuse transitions of another kind or size, and more than the buffer can hold."""
        kind = "float (B, a)" if self.actions.is_floating_point() else "int64 (B,)"
        require_transitions("ReplayBuffer.add", states, actions, *rest, kind=kind)
        count = len(states)
        kept_parts = {"states": (states, self.states), "actions": (actions, self.actions)}
        for name, (part, kept) in kept_parts.items():
            if part.shape[1:] != kept.shape[1:]:
                raise ValueError(
                    f"ReplayBuffer.add: {name} has shape {tuple(part.shape)}, but the buffer was "
                    f"made for {(count, *kept.shape[1:])}. Give the constructor these sizes."
                )
        if count > self.capacity:
            raise ValueError(
                f"ReplayBuffer.add: {count} transitions do not fit in a capacity of "
                f"{self.capacity}. Add fewer at a time, or make the buffer larger."
            )

    @expects(batch_size="count")
    def sample(self, batch_size: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Draw a batch uniformly, with replacement, by torch's global generator.

        Args:
            batch_size: number of transitions B; may be larger than what is stored.

        Returns:
            ``states`` (B, d), ``actions`` (B,) or (B, ``action_dim``), ``rewards`` (B,),
            ``next_states`` (B, d), ``terminated`` (B,): copies, in the order in which
            :func:`~pytorch_rl_basics.train_with_target` takes them.

        Raises:
            TypeError, ValueError: ``batch_size`` is not a whole number of at least 1.
            ValueError: nothing is stored yet.
        """
        if self._size == 0:
            raise ValueError("ReplayBuffer.sample: the buffer is empty. Add transitions first.")
        rows = torch.randint(self._size, (batch_size,), device=self.rewards.device)  # (B,)
        return (
            self.states[rows],
            self.actions[rows],
            self.rewards[rows],
            self.next_states[rows],
            self.terminated[rows],
        )
