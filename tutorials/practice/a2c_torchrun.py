r"""
A2C with torchrun
=================

``torchrun --standalone --nproc-per-node 2 a2c_torchrun.py`` starts this script in two processes, the
*ranks*. Each plays its own environments, and all average their gradients. With ``--max-restarts 3``
before its name and ``--checkpoint a2c.pt`` after it, the job continues when a rank was killed.
:doc:`/tutorials/practice/scale_up` says when this pays.
"""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import partial
from multiprocessing import get_context

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from pytorch_rl_basics import PolicyNetwork, ValueNetwork, gae, sample_actions, select_log_probs
from pytorch_rl_basics.agents import TrainingRun, vector_env

torch.set_num_threads(1)  # one core per process
parser = argparse.ArgumentParser(description="Train A2C, alone or under torchrun.")
parser.add_argument("--max-steps", type=int, default=20_000, help="environment steps of all ranks")
parser.add_argument("--envs", type=int, default=16, help="environments of each rank")
parser.add_argument("--width", type=int, default=64, help="units of each hidden layer")
parser.add_argument("--timeout", type=int, default=60, help="seconds to wait for another rank")
parser.add_argument("--checkpoint", help="file to continue from, and to write to")
parser.add_argument("--kill", type=int, help="update after which the last rank is killed, once")
parser.add_argument("--seeds", type=int, help="train so many alone, in a pool of processes")


def connect(timeout):
    """Join the other ranks; give the number of this one, and how many there are."""
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    if not 0 <= rank < world:
        sys.exit(f"RANK {rank} does not exist in WORLD_SIZE {world}: start the script by torchrun.")
    if world == 1:
        print("One process. For two: torchrun --standalone --nproc-per-node 2 a2c_torchrun.py")
        return rank, world
    backend, wait = "nccl" if torch.cuda.is_available() else "gloo", timedelta(seconds=timeout)
    start = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    try:
        store, *_ = next(dist.rendezvous("env://", rank, world, timeout=wait))
        store = dist.PrefixStore(start, store)  # or a restart finds the addresses of dead ranks
        dist.init_process_group(backend, store=store, rank=rank, world_size=world, timeout=wait)
    except ValueError:
        sys.exit("WORLD_SIZE is set, but no address: start the script by torchrun.")
    except RuntimeError as error:
        if "EADDRINUSE" in str(error):
            sys.exit(f"Port {os.environ['MASTER_PORT']} is in use. Take another --master-port.")
        sys.exit(
            f"Rank {rank} waited {timeout} s for {world} ranks. Start torchrun on each machine, "
            "with the same --nnodes, --nproc-per-node, --master-addr and --master-port."
        )
    return rank, world


@torch.no_grad()
def rollouts(envs, actor, seed, device, record):
    """Yield 16 steps of N environments: states (17, N, d) and five tensors (16, N)."""
    observations, _ = envs.reset(seed=seed)
    valid = np.ones(envs.num_envs, dtype=bool)  # (N,), False where a step is a reset
    while True:
        rows = []
        for _ in range(16):
            states = torch.as_tensor(observations, device=device)
            actions, _ = sample_actions(actor, states)  # (N,)
            observations, rewards, terminated, truncated, _ = envs.step(actions.cpu().numpy())
            done = terminated | truncated
            record(rewards, done, valid)
            row = (states, actions, rewards.astype(np.float32), terminated, done, valid)
            rows.append([torch.as_tensor(part, device=device) for part in row])
            valid = ~done
        states, *others = map(torch.stack, zip(*rows, strict=True))
        yield torch.cat([states, torch.as_tensor(observations, device=device)[None]]), *others


# %%
# Networks and losses are those of :doc:`/tutorials/algorithms/actor_critic`. With several ranks:
#
# - **Seeds.** All have the same first weights and different episodes. ``SeedSequence`` mixes seed, rank and
#   update: with ``seed + rank``, rank 1 of seed 0 would play what rank 0 of seed 1 plays.
# - **The mean.** ``DistributedDataParallel`` averages the gradients of the ranks, which have different
#   numbers of valid steps. So each loss is a sum, divided by the mean number of steps per rank.
# - **The end.** Every rank counts the steps of all, so all leave the loop after the same update.


def train(options, rank, world, seed):
    """Train with the other ranks; give the returns of this rank's episodes, and the agent."""
    device = f"cuda:{os.environ.get('LOCAL_RANK', 0)}" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(seed)
    hidden, file = (options.width, options.width), options.checkpoint
    agent = nn.ModuleList([PolicyNetwork(hidden=hidden), ValueNetwork(hidden=hidden)]).to(device)
    adam = torch.optim.Adam(agent.parameters(), lr=0.005, fused=True)
    updates = before = 0  # before: environment steps before this start
    if file and os.path.exists(file):
        try:
            saved = torch.load(file, map_location=device, weights_only=True)
            agent.load_state_dict(saved["agent"])
            adam.load_state_dict(saved["adam"])
            updates, before = saved["updates"], saved["env_steps"]
        except Exception:
            sys.exit(f"{file} is damaged or has another --width. Give its width or another file.")
        if before >= options.max_steps:
            sys.exit(f"{file} has all {before:,} steps. Give more --max-steps, or another file.")
        print(f"Rank {rank} continues after update {updates}", flush=True)
    actor, critic = map(DistributedDataParallel, agent) if world > 1 else agent
    own_seed = int(np.random.SeedSequence([seed, rank, updates]).generate_state(1)[0])
    torch.manual_seed(own_seed)
    run, envs = TrainingRun(policy=None), vector_env("CartPole-v1", options.envs)
    with run.recording(options.max_steps):
        for piece in rollouts(envs, agent[0], own_seed, device, run.record):
            states, actions, rewards, terminated, done, valid = piece
            with torch.no_grad():
                values = agent[1](states)  # (T + 1, N)
            advantages = gae(rewards, values[:-1], values[1:], terminated, done, 0.98, 0.98)
            targets, weights = (advantages + values[:-1])[valid], advantages[valid]  # (B,)
            counts = torch.tensor([int(valid.sum()), run.env_steps], device=device)
            if world > 1:
                dist.all_reduce(counts)  # sums over all ranks
            states, actions = states[:-1][valid], actions[valid]  # (B, d), (B,)
            actor_losses = -select_log_probs(actor(states), actions) * weights  # (B,)
            losses = actor_losses + 0.5 * (critic(states) - targets).square()
            adam.zero_grad()
            (losses.sum() / (counts[0] / world)).backward()
            adam.step()
            updates, env_steps = updates + 1, before + int(counts[1])
            last = env_steps >= options.max_steps
            if file and rank == 0 and (last or updates % 10 == 0):
                saved = {"agent": agent.state_dict(), "adam": adam.state_dict()}
                torch.save({**saved, "updates": updates, "env_steps": env_steps}, f"{file}.part")
                os.replace(f"{file}.part", file)  # a crash while writing leaves the old file
            killed = os.environ.get("TORCHELASTIC_RESTART_COUNT") != "0"  # in an earlier start
            if updates == options.kill and rank == world - 1 and not killed:
                os.kill(os.getpid(), 9)
            if last:
                break
    if rank == 0:
        mean = np.mean(run.episode_returns[-50:])
        steps = f"{world} x {options.envs} environments, {env_steps:,} steps"
        print(f"seed {seed}: {steps}, return {mean:.0f}")
    return run.episode_returns, agent


if __name__ == "__main__":  # not in a new process of the pool, which reads this file, too
    options = parser.parse_args([] if "ipykernel" in sys.modules else None)
    if options.seeds and options.checkpoint:
        parser.error("all seeds would write to the same checkpoint: leave out one of the two")
    numbers = (options.max_steps, options.envs, options.width, options.timeout, options.seeds)
    if any(number is not None and number < 1 for number in numbers):
        parser.error("--max-steps, --envs, --width, --timeout and --seeds must be at least 1")
    if not os.path.isdir(os.path.dirname(options.checkpoint or "") or "."):
        parser.error(f"there is no folder for {options.checkpoint}: make it first")
    if options.seeds:
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            list(pool.map(partial(train, options, 0, 1), range(options.seeds)))
        sys.exit()
    rank, world = connect(options.timeout)
    returns, _ = train(options, rank, world, seed=0)
    if world > 1:
        dist.destroy_process_group()
    else:
        plt.plot(np.convolve(returns, np.ones(20) / 20, "valid"))
        plt.title("A2C in one process: mean return of 20 episodes")
        plt.show()
