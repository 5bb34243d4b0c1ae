"""Ranks on loopback train as one process does, continue after a kill, and leave nothing running."""

import os
import re
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from benchmarks import results
from benchmarks.scripts import TUTORIALS, definitions

pytest.importorskip("gymnasium")
ROOT, SCRIPT = TUTORIALS.parent, TUTORIALS / "practice/a2c_torchrun.py"
WAYS = ("right", "means of own rows", "the same with equal parts")


@pytest.fixture
def torchrun(tmp_path):
    """Start two ranks for at most 400 s; at the end, none of their processes is running."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    mark = {"PYTHONPATH": path, "STARTED_BY": str(tmp_path), "OMP_NUM_THREADS": "1"}
    options = {"cwd": tmp_path, "env": os.environ | mark, "timeout": 400}

    def run(*command):
        start = "-m torch.distributed.run --nproc-per-node 2 --max-restarts 1 --master-port"
        given = [sys.executable, *start.split(), free_port(), *command]
        return subprocess.run(given, capture_output=True, text=True, check=True, **options).stdout

    yield run
    for file in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            assert f"STARTED_BY={tmp_path}".encode() not in file.read_bytes(), file


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return str(one.getsockname()[1])


def trained(rank, world, way):
    """Train a rank on its share of fixed pieces of 8 environments; give the weights."""
    torch.set_default_dtype(torch.float64)
    page = definitions(SCRIPT)

    def rollouts(envs, actor, seed, device, record):
        torch.manual_seed(1)
        for _ in range(5):
            done = torch.rand(16, 8) < 0.2
            valid = torch.rand(16, 8) < (1 if "equal" in way else torch.arange(1, 9) / 8)
            record(*(part[0].numpy() for part in (done, done, valid)))
            piece = torch.randn(17, 8, 4), torch.randint(2, (16, 8)), torch.rand(16, 8)
            yield [part.chunk(world, dim=1)[rank] for part in (*piece, done, done, valid)]

    page.rollouts = rollouts
    if way != "right":  # each rank divides by its own number of steps
        page.dist = SimpleNamespace(all_reduce=lambda counts: counts.mul_(2))
    options = {"max_steps": 999, "envs": 8, "width": 16, "checkpoint": None, "kill": None}
    _, agent = page.train(SimpleNamespace(**options), rank, world, seed=0)
    return torch.nn.utils.parameters_to_vector(agent.parameters()).detach()


@pytest.mark.usefixtures("float64_by_default")
def test_two_ranks_train_as_one_process_and_means_of_their_own_rows_do_not(torchrun, tmp_path):
    torchrun(__file__)
    for way in WAYS:
        ranks = [torch.load(tmp_path / f"{way} {rank}") for rank in range(2)]
        off = (ranks[0] - trained(0, 1, way)).abs().max()
        assert off > 1e-3 if way == "means of own rows" else off < 1e-9, way
        assert torch.equal(*ranks)


def test_a_job_continues_after_one_of_its_ranks_was_killed(torchrun, tmp_path):
    options = ("--checkpoint", "a2c.pt", "--kill", "25", "--max-steps", "15000")
    printed = torchrun(SCRIPT, *options)
    assert sorted(re.findall(r"Rank (\d) continues after update 20\n", printed)) == ["0", "1"]
    assert re.search(r"2 x 16 environments, 15,\d{3} steps, return \d+\n", printed)
    assert [file.name for file in tmp_path.iterdir()] == ["a2c.pt"]


def test_bad_input_ends_with_a_line_that_says_what_to_do(monkeypatch, capsys):
    page = definitions(SCRIPT)
    assert page.connect(timeout=2) == (0, 1)
    assert "torchrun --standalone --nproc-per-node 2" in capsys.readouterr().out
    for name, value in {"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match="start the script by torchrun"):
        page.connect(timeout=2)
    monkeypatch.setenv("RANK", "2")
    with pytest.raises(SystemExit, match="RANK 2 does not exist in WORLD_SIZE 2"):
        page.connect(timeout=2)
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("MASTER_PORT", free_port())
    with pytest.raises(SystemExit, match=r"waited 2 s for 2 ranks. Start torchrun on each machine"):
        page.connect(timeout=2)
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("MASTER_PORT", str(other.getsockname()[1]))
        with pytest.raises(SystemExit, match=r"is in use. Take another --master-port"):
            page.connect(timeout=2)


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--envs", "0", "must be at least 1"),
        ("--max-steps", "-5", "must be at least 1"),
        ("--seeds", "0", "must be at least 1"),
        ("--checkpoint", "not/here/a2c.pt", "no folder for not/here/a2c.pt: make it first"),
    ],
)
def test_impossible_options_end_with_a_line_that_says_what_to_do(option, value, words):
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, SCRIPT, option, value]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100)
    assert run.returncode == 2
    assert words in run.stderr.splitlines()[-1]


def test_each_rank_of_each_seed_plays_from_another_seed(monkeypatch):
    page, seeds = definitions(SCRIPT), []

    def rollouts(envs, actor, seed, *_):
        seeds.append(seed)
        raise LookupError

    monkeypatch.setattr(page, "rollouts", rollouts)
    monkeypatch.setattr(page, "DistributedDataParallel", lambda module: module)
    options = {"max_steps": 1, "envs": 1, "width": 8, "checkpoint": None, "kill": None}
    for seed, rank in ((0, 0), (0, 1), (1, 0), (1, 1)):
        with pytest.raises(LookupError):
            page.train(SimpleNamespace(**options), rank, 2, seed)
    assert len(set(seeds)) == 4


def test_a_checkpoint_that_does_not_fit_ends_with_a_line_that_says_what_to_do(tmp_path):
    page, file = definitions(SCRIPT), str(tmp_path / "a2c.pt")
    options = {"max_steps": 2_560, "envs": 16, "width": 8, "checkpoint": file, "kill": None}
    page.train(SimpleNamespace(**options), 0, 1, seed=0)
    for change, words in (
        ({}, r"has all 2,\d{3} steps"),
        ({"max_steps": 1e9, "width": 9}, "--width"),
    ):
        with pytest.raises(SystemExit, match=words):
            page.train(SimpleNamespace(**options | change), 0, 1, seed=0)


def test_the_page_quotes_the_benchmark():
    found = results.read(ROOT / "benchmarks/results.json")
    numbers, costs = (found[kind]["a2c"].numbers for kind in ("scaling", "scale"))
    text = (TUTORIALS / "practice/scale_up.py").read_text("utf-8")
    (quoted,) = re.findall(r"^costs = \[(.*?)\]", text, re.MULTILINE)
    assert [float(x) for x in quoted.split(",")] == pytest.approx(numbers["ours"], rel=0.01)
    one, *_, by_32, _, by_512 = numbers["ours"]
    assert one / 20 > by_32 < 4 * by_512
    assert by_32 / numbers["stepping"][3] == pytest.approx(9, abs=0.5)
    cpu = {name.rpartition(" (")[0]: row[0] for name, row in costs.items()}
    fused = cpu["an update, fused Adam"]
    assert 0.13 < 1 - fused / cpu["an update, Adam"] < 0.2
    assert cpu["an update, fused Adam, two threads"] > 1.1 * fused
    assert cpu["an update, fused Adam, torch.compile"] > 0.95 * fused
    one, two = cpu["start only, one process"], cpu["start only, two ranks"]
    ranks, job = cpu["100,000 steps, two ranks"], "20,000 steps at width 1,024"
    assert 1.8 < (ranks - two) / (cpu["100,000 steps, one process"] - one) < 2.5
    assert 0.9 < (cpu[f"{job}, two ranks"] - two) / (cpu[f"{job}, one process"] - one) < 1.1
    assert cpu["100,000 steps, two ranks, one killed"] - ranks < two
    assert cpu["eight seeds of 50,000 steps, two processes"] < 8 * one


if __name__ == "__main__":  # a rank of the first test
    torch.distributed.init_process_group("gloo")
    for each in WAYS:
        torch.save(trained(own := int(os.environ["RANK"]), 2, each), f"{each} {own}")
    torch.distributed.destroy_process_group()
