"""What the agents cost, beside stable-baselines3: measured by ``nox -s bench``."""
