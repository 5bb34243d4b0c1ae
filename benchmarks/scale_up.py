"""What CPU time it costs to scale A2C up: optimizers, messages, ranks, a killed rank, a pool."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from typing import Any

import torch
from tqdm import tqdm

from pytorch_rl_basics import ValueNetwork, train_step

from .scripts import TUTORIALS

dist: Any = torch.distributed  # whose types lack what is used here
ONE = f"{TUTORIALS}/practice/a2c_torchrun.py --max-steps"
TWO = f"-m torch.distributed.run --nproc-per-node 2 --max-restarts 1 --master-port 29511 {ONE}"
JOBS = {
    "start only, one process": f"{ONE} 1",
    "start only, two ranks": f"{TWO} 1",
    "100,000 steps, one process": f"{ONE} 100000 --envs 32",
    "100,000 steps, two ranks": f"{TWO} 100000",
    "100,000 steps, two ranks, one killed": f"{TWO} 100000 --kill 100 --checkpoint a2c.pt",
    "20,000 steps at width 1,024, one process": f"{ONE} 20000 --width 1024 --envs 128",
    "20,000 steps at width 1,024, two ranks": f"{TWO} 20000 --width 1024 --envs 64",
    "eight seeds of 50,000 steps, two processes": f"{ONE} 50000 --seeds 8",
}


def up() -> dict[str, list[float]]:
    """Give the CPU time of each row: milliseconds of calls, seconds of whole jobs."""
    rows, batch = {}, (torch.randn(1_024, 4), torch.randn(1_024))
    for name in ("Adam", "fused Adam", "fused Adam, two threads", "fused Adam, torch.compile"):
        torch.set_num_threads(1 + ("threads" in name))
        critic = ValueNetwork(hidden=(64, 64))
        adam = torch.optim.Adam(critic.parameters(), fused="fused" in name)
        model = torch.compile(critic) if "compile" in name else critic
        fewest = fewest_seconds(200, train_step, model, adam, *batch)
        rows[f"an update, {name} (ms)"] = [1e3 * fewest]
    torch.set_num_threads(1)
    with ThreadPoolExecutor(2) as pool:
        rows |= next(pool.map(messages, range(2), [dist.HashStore()] * 2))
    for name, command in tqdm(JOBS.items(), "jobs"):
        with TemporaryDirectory() as folder:
            given = [sys.executable, *command.split()]
            job = partial(subprocess.run, given, check=True, cwd=folder, timeout=900)
            rows[f"{name} (s)"] = [fewest_seconds(1, job, who=RUSAGE_CHILDREN)]
    return rows


def messages(rank: int, store: object) -> dict[str, list[float]]:
    """Be one of two ranks that sum as many numbers as three critics have parameters."""
    group, rows = dist.ProcessGroupGloo(store, rank, 2, timedelta(seconds=60)), {}
    for numbers in (4_545, 1_055_745, 9_021_001):  # width 64, 1,024 and 3,000
        message = torch.randn(numbers)
        fewest = fewest_seconds(50, lambda sent: group.allreduce([sent]).wait(), message)
        rows[f"a message of {numbers:,} numbers (ms)"] = [1e3 * fewest]
    return rows


def fewest_seconds(
    calls: int, call: Callable[..., object], *arguments: object, who: int = RUSAGE_SELF
) -> float:
    """Give the fewest CPU seconds of several calls, of all threads or of all children."""
    seconds = []
    for _ in range(calls):
        before = sum(getrusage(who)[:2])
        call(*arguments)
        seconds.append(sum(getrusage(who)[:2]) - before)
    return min(seconds)
