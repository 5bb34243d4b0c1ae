"""The command line: starter files, and a verdict on each, made in a process of its own."""
