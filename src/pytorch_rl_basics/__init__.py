"""The PyTorch that reinforcement learning needs: small functions that agents are built of."""

from . import _torch  # noqa: F401 (first: it names a file that hides a module)
from .checker.report import Report
from .checking import check, own_or_reference
from .exercises import hint, solution
from .gradients import cubic_gradient, sum_gradient
from .losses import clipped_surrogate, policy_loss
from .networks import (
    GaussianPolicy,
    PolicyNetwork,
    QNetwork,
    TwinCritic,
    ValueNetwork,
    build_mlp,
)
from .policies import (
    entropy,
    epsilon_greedy,
    sample_actions,
    select_log_probs,
    squashed_gaussian_log_prob,
)
from .replay import ReplayBuffer
from .returns import discounted_returns, gae, td_target
from .training import (
    fit_random_targets,
    mse_backward,
    polyak_update,
    train_step,
    train_with_target,
)
from .xray import XRay, xray

__all__ = [
    "GaussianPolicy",
    "PolicyNetwork",
    "QNetwork",
    "ReplayBuffer",
    "Report",
    "TwinCritic",
    "ValueNetwork",
    "XRay",
    "build_mlp",
    "check",
    "clipped_surrogate",
    "cubic_gradient",
    "discounted_returns",
    "entropy",
    "epsilon_greedy",
    "fit_random_targets",
    "gae",
    "hint",
    "mse_backward",
    "own_or_reference",
    "policy_loss",
    "polyak_update",
    "sample_actions",
    "select_log_probs",
    "solution",
    "squashed_gaussian_log_prob",
    "sum_gradient",
    "td_target",
    "train_step",
    "train_with_target",
    "xray",
]
