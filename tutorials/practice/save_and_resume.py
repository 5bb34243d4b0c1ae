"""
Save and resume
===============

You stop a training, and continue it exactly as if it had never stopped. Then you play the saved
agent, with this library and without it.
"""

# %%
# What a checkpoint must hold
# ---------------------------
# A checkpoint is a file from which a training continues. It holds all that the next update needs:
#
# - **the networks**, also a :term:`target network`,
# - **the optimizer**: Adam keeps two averages of each parameter's gradient,
# - **the random states**: torch's, from which the actions are drawn, and those of NumPy, Python and
#   the GPU (``torch.cuda.get_rng_state_all``), if you draw from them,
# - **the environments**, which are in the middle of an :term:`episode`, and the last observations,
# - **the progress**, the schedule of the learning rate and the :term:`replay buffer`.
#
# This small PPO keeps them in attributes. It takes a checkpoint between two updates, so that no part
# of a :term:`rollout` is missing. ``pickle`` turns the environments into bytes.

import pickle
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from torch import nn

import pytorch_rl_basics as rl
from pytorch_rl_basics.agents import greedy_returns, vector_env

torch.set_num_threads(1)
VERSION = 1  # of the checkpoint: count up when you change what it holds


class Training:
    """PPO on CartPole; ``ends`` counts the episodes that ended in each rollout."""

    def __init__(self, hidden=(64, 64), seed=0):
        torch.manual_seed(seed)
        actor, critic = rl.PolicyNetwork(hidden=hidden), rl.ValueNetwork(hidden=hidden)
        self.networks = nn.ModuleDict({"actor": actor, "critic": critic})
        self.optimizer = torch.optim.Adam(self.networks.parameters(), lr=0.005, fused=True)
        self.hidden, self.ends, envs = list(hidden), [], vector_env("CartPole-v1", 16)
        self.acting = envs, envs.reset(seed=seed)[0], torch.ones(16, dtype=torch.bool)

    def update(self):
        actor, critic = self.networks.values()
        (envs, observations, valid), rows = self.acting, []
        for _ in range(64):
            states = torch.as_tensor(observations)  # (N, d)
            with torch.no_grad():
                actions, log_probs = rl.sample_actions(actor, states)  # (N,)
            observations, *outcome, _ = envs.step(actions.numpy())
            rewards, terminated, truncated = map(torch.as_tensor, outcome)
            done = terminated | truncated
            rows.append((states, actions, log_probs, rewards, terminated, done, valid))
            valid = ~done  # the next step resets
        self.acting = envs, observations, valid
        states, actions, old, rewards, *ends, valid = map(torch.stack, zip(*rows, strict=True))
        last = torch.as_tensor(observations)[None]  # (1, N, d)
        values = critic(torch.cat([states, last])).detach()  # (T + 1, N)
        advantages = rl.gae(rewards, values[:-1], values[1:], *ends, 0.98, 0.95)  # (T, N)
        targets = advantages + values[:-1]
        for _ in range(6):  # reset steps are left out
            log_probs = rl.select_log_probs(actor(states[valid]), actions[valid])  # (B,)
            loss = rl.clipped_surrogate(log_probs, old[valid], advantages[valid])
            loss = loss + nn.functional.mse_loss(critic(states[valid]), targets[valid])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        self.ends.append(int(ends[1].sum()))

    def checkpoint(self):
        try:
            acting = pickle.dumps(self.acting)
        except (pickle.PicklingError, TypeError, AttributeError):
            acting = None
        parts = {"networks": self.networks.state_dict(), "optimizer": self.optimizer.state_dict()}
        parts |= {"random": torch.get_rng_state(), "acting": acting, "ends": self.ends}
        return parts | {"version": VERSION, "hidden": self.hidden}

    def load(self, file, **changes):
        checkpoint = load_checkpoint(file, self.networks) | changes
        self.optimizer.load_state_dict(checkpoint["optimizer"])
        self.ends = checkpoint["ends"]
        if checkpoint["acting"] is not None:
            self.acting = pickle.loads(checkpoint["acting"])
        torch.set_rng_state(checkpoint["random"])


# %%
# ``map_location="cpu"`` reads a file from a GPU on any machine. ``load_state_dict`` copies the numbers
# to the network's device. ``weights_only=True``, the default, reads only tensors, numbers, text and
# bytes: any other object could run code. So ``load_checkpoint`` is safe with any file. But
# ``Training.load`` unpickles the environments: resume only from your own files.


def load_checkpoint(file, networks, device="cpu"):
    """Read a checkpoint into networks on a device; a ValueError says what does not fit."""
    message = f"There is no device {device!r} here. Use device='cpu'."
    try:
        networks.to(device)
        message = f"{file} is missing, damaged or no checkpoint. Use another file."
        checkpoint = torch.load(file, map_location="cpu", weights_only=True)
        if (version := checkpoint["version"]) > VERSION:
            message = f"{file} has version {version}, above {VERSION}. Update this program."
            raise ValueError
        if not {"hidden", "optimizer", "random", "acting", "ends"} <= checkpoint.keys():
            raise ValueError
        hidden = checkpoint["hidden"]
        message = f"{file} has other networks. Build them as it was made, with hidden={hidden}."
        networks.load_state_dict(checkpoint["networks"])
    except Exception as error:
        raise ValueError(message) from error
    return checkpoint


def train(folder, updates):
    """Train for a number of updates in all, from the folder's last.pt if there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    training, part = Training(), folder / "part.pt"
    if (folder / "last.pt").exists():
        training.load(folder / "last.pt")
    while len(training.ends) < updates:
        training.update()
        best = training.ends[-1] == min(training.ends)
        for name in ("best.pt", "last.pt") if best else ("last.pt",):
            torch.save(training.checkpoint(), part)
            part.replace(folder / name)
    return training


# %%
# ``train`` renames a file when it is complete, so a process that is killed leaves the old one. Resume
# from ``last.pt``, and play ``best.pt``: an agent can get worse again. Here the best one has the
# fewest ends of episodes. ``ends`` is in the checkpoint, so a resumed training keeps a better file.
#
# To use this for yourself, put the code down to here and ``train(Path("run"), 100)`` into a file. Stop
# it with Ctrl-C, and run it again: it goes on.
#
# Train for 10 updates, and for 4. ``train(root / "first", 10)`` would continue the shorter training.
# Continue it four times by hand instead. Each of the first three runs replaces one part: the
# optimizer, the random state, or the environments with their episodes (*acting*). The last run
# replaces nothing. Its line is dashed.

temporary = tempfile.TemporaryDirectory()  # take a folder that stays
root = Path(temporary.name)
whole, _ = train(root / "whole", 10), train(root / "first", 4)

fig, ax = plt.subplots(figsize=(6, 3.4), layout="constrained")
ax.plot(whole.ends, lw=5, label="without a break")
new = Training(seed=1).checkpoint() | {"acting": None}
for part in ("optimizer", "random", "acting", "nothing"):
    training = Training(seed=2)
    training.load(root / "first" / "last.pt", **{part: new.get(part)})
    while len(training.ends) < 10:
        training.update()
    same = all(map(torch.equal, training.networks.parameters(), whole.networks.parameters()))
    print(f"{part:9} replaced, the same parameters at the end:", same)
    ax.plot(training.ends, "k--" if same else "-", label=f"{part} replaced")
    # sphinx_gallery_start_ignore
    assert same == (training.ends == whole.ends) == (part == "nothing")
    assert min(training.ends) < training.ends[0] / 4
# sphinx_gallery_end_ignore
ax.set(title="PPO with and without a break", xlabel="update", ylabel="ended episodes")
ax.legend()
plt.show()

# %%
# With the whole checkpoint, all parameters are the same to the last bit. The tests of this site
# compare a new process in the same way. It needs the same machine and packages, the CPU and one
# thread: :doc:`/tutorials/pitfalls/seeding` explains why. If a part is missing, nothing fails, and the
# agent still learns. So compare once for your own agent.
#
# An environment with a window, other processes or a simulator in C often cannot be pickled. Then
# ``checkpoint`` stores None, and ``load`` keeps the first episodes of the new ``Training``: give it
# another seed. That is another training, and a correct one. But each resume starts new episodes: if you
# resume for every update, no episode gets past 64 steps.
#
# Play a saved agent, with and without this library
# -------------------------------------------------
# The file holds the parameters by name, so a program that has only torch can build the same layers. If
# your agent scales its observations, save these numbers, too.
#
# The plain agents' ``train`` returns its networks, so you can save their ``state_dict()``. An improved
# agent returns a record, which does not hold the networks: before its ``return run``, add
# ``torch.save(q.state_dict(), "q.pt")``. So it is in DQN. In PPO and SAC the network that acts has
# another name.

best, networks = root / "whole" / "best.pt", Training().networks
load_checkpoint(best, networks)
saved = torch.load(best, map_location="cpu", weights_only=True)["networks"]
actor = nn.Sequential(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 2))
actor.load_state_dict({name: saved[f"actor.layers.{name}"] for name in actor.state_dict()})
states = torch.randn(100, 4)
print("the same logits:", torch.equal(actor(states), networks["actor"](states)))
returns = greedy_returns(
    lambda x: actor(torch.as_tensor(x)).argmax(-1).numpy(), "CartPole-v1", episodes=20, seed=1000
)
print(f"mean return of 20 new episodes: {returns.mean():.0f}")
# sphinx_gallery_start_ignore
assert torch.equal(actor(states), networks["actor"](states))
assert returns.mean() > 100
# sphinx_gallery_end_ignore

# %%
# The best of ten counts is partly luck, so report new episodes: :doc:`/tutorials/practice/evaluate`.
#
# When a file does not fit
# ------------------------
# A device that is not there, half a file, a newer version, and other networks:

half, newer = root / "half.pt", root / "newer.pt"
half.write_bytes(best.read_bytes()[:10_000])
torch.save(torch.load(best) | {"version": VERSION + 1}, newer)
networks = Training(hidden=(32,)).networks
for file, device in ((best, "cuda:99"), (half, "cpu"), (newer, "cpu"), (best, "cpu")):
    try:
        load_checkpoint(file, networks, device)
    except ValueError as error:
        print(str(error).replace(f"{root}/", ""))
temporary.cleanup()
