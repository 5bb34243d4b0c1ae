"""Benchmarks of the agents against stable-baselines3: ``nox -s bench``."""
