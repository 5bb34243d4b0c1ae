"""The networks: an MLP for exercise 2, and the Q, policy and value networks of the agents."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from ._validation import expects


@expects(state_dim="count", hidden="count", n_actions="count")
def build_mlp(state_dim: int = 4, hidden: int = 64, n_actions: int = 2) -> nn.Module:
    """Build a multilayer perceptron with one hidden layer: linear, ReLU, linear.

    Args:
        state_dim: number of features of a state.
        hidden: number of hidden units.
        n_actions: number of outputs, one per action.

    Returns:
        A module that maps (B, ``state_dim``) to (B, ``n_actions``), with no output activation,
        since Q-values and logits may be any real number.

    Raises:
        TypeError, ValueError: a size is not a whole number of at least 1.

    Counted as in Goodfellow et al., Deep Learning (2016), chapter 6: two layers of weights.

    >>> build_mlp()
    Sequential(
      (0): Linear(in_features=4, out_features=64, bias=True)
      (1): ReLU()
      (2): Linear(in_features=64, out_features=2, bias=True)
    )
    """
    return nn.Sequential(
        nn.Linear(state_dim, hidden),
        nn.ReLU(),
        nn.Linear(hidden, n_actions),
    )


class QNetwork(nn.Module):
    """Estimate the value of every action: states (B, state_dim) to Q-values (B, n_actions).

    Two hidden layers of ``hidden`` units with ReLU, and no output activation, as in Mnih et al.
    (2015), https://doi.org/10.1038/nature14236, without the convolutions.

    >>> import torch
    >>> QNetwork()(torch.zeros(8, 4)).shape
    torch.Size([8, 2])
    """

    @expects(state_dim="count", n_actions="count", hidden="count")
    def __init__(self, state_dim: int = 4, n_actions: int = 2, hidden: int = 64) -> None:
        super().__init__()
        self.layers = _mlp((state_dim, hidden, hidden, n_actions), nn.ReLU)

    def forward(self, states: Tensor) -> Tensor:
        """Map states (B, state_dim) to Q-values (B, n_actions)."""
        outputs: Tensor = self.layers(states)
        return outputs


class PolicyNetwork(nn.Module):
    """Score actions for a softmax: states (B, state_dim) to logits (B, n_actions).

    The probabilities are the softmax of the logits: Sutton and Barto, Reinforcement Learning
    (2018), equation 13.2. Without a hidden layer (the default) the policy is linear.

    >>> PolicyNetwork()
    PolicyNetwork(
      (layers): Sequential(
        (0): Linear(in_features=4, out_features=2, bias=True)
      )
    )
    """

    @expects(state_dim="count", n_actions="count", hidden="counts")
    def __init__(
        self,
        state_dim: int = 4,
        n_actions: int = 2,
        hidden: Sequence[int] = (),
        activation: Callable[[], nn.Module] = nn.Tanh,
    ) -> None:
        super().__init__()
        self.layers = _mlp((state_dim, *hidden, n_actions), activation)

    def forward(self, states: Tensor) -> Tensor:
        """Map states (B, state_dim) to logits (B, n_actions)."""
        outputs: Tensor = self.layers(states)
        return outputs


class ValueNetwork(nn.Module):
    """Estimate the return from a state: states (B, state_dim) to values (B,).

    One value per state, without a dimension of size 1, which would broadcast by accident against
    returns of shape (B,). The critic of Sutton and Barto (2018), section 13.5.

    >>> import torch
    >>> ValueNetwork()(torch.zeros(8, 4)).shape
    torch.Size([8])
    """

    @expects(state_dim="count", hidden="counts")
    def __init__(
        self,
        state_dim: int = 4,
        hidden: Sequence[int] = (64, 64),
        activation: Callable[[], nn.Module] = nn.Tanh,
    ) -> None:
        super().__init__()
        self.layers = _mlp((state_dim, *hidden, 1), activation)

    def forward(self, states: Tensor) -> Tensor:
        """Map states (B, state_dim) to values (B,)."""
        values: Tensor = self.layers(states).squeeze(-1)  # (B, 1) -> (B,)
        return values


class GaussianPolicy(nn.Module):
    """Predict a Gaussian over actions: states (B, state_dim) to mean and log_std, (B, action_dim).

    Both are of the Gaussian before squashing; ``log_std`` is kept in [-5, 2], so that
    density and noise stay finite. The policy of Haarnoja et al. (2018),
    https://arxiv.org/abs/1812.05905.

    >>> mean, log_std = GaussianPolicy()(torch.zeros(8, 3))
    >>> mean.shape, log_std.shape
    (torch.Size([8, 1]), torch.Size([8, 1]))
    """

    @expects(state_dim="count", action_dim="count", hidden="counts")
    def __init__(
        self, state_dim: int = 3, action_dim: int = 1, hidden: Sequence[int] = (64, 64)
    ) -> None:
        super().__init__()
        self.layers = _mlp((state_dim, *hidden, 2 * action_dim), nn.ReLU)

    def forward(self, states: Tensor) -> tuple[Tensor, Tensor]:
        """Map states (B, state_dim) to mean and log_std, both (B, action_dim)."""
        mean, log_std = self.layers(states).chunk(2, dim=-1)  # (B, 2d) -> (B, d), (B, d)
        return mean, log_std.clamp(-5, 2)


class TwinCritic(nn.Module):
    """Estimate Q-values twice: states (B, state_dim), actions (B, action_dim) to (B, 2).

    The two networks share nothing. The smaller of their values overestimates less: Fujimoto et
    al. (2018), https://arxiv.org/abs/1802.09477.

    >>> TwinCritic()(torch.zeros(8, 3), torch.zeros(8, 1)).shape
    torch.Size([8, 2])
    """

    @expects(state_dim="count", action_dim="count", hidden="counts")
    def __init__(
        self, state_dim: int = 3, action_dim: int = 1, hidden: Sequence[int] = (64, 64)
    ) -> None:
        super().__init__()
        self.first = _mlp((state_dim + action_dim, *hidden, 1), nn.ReLU)
        self.second = _mlp((state_dim + action_dim, *hidden, 1), nn.ReLU)

    def forward(self, states: Tensor, actions: Tensor) -> Tensor:
        """Map states (B, state_dim) and actions (B, action_dim) to two Q-values per row, (B, 2)."""
        pairs = torch.cat([states, actions], dim=-1)  # (B, state_dim + action_dim)
        return torch.cat([self.first(pairs), self.second(pairs)], dim=-1)  # (B, 2)


def _mlp(sizes: Sequence[int], activation: Callable[[], nn.Module]) -> nn.Sequential:
    """Alternate linear layers and activations, ending with a linear layer."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*layers[:-1])
