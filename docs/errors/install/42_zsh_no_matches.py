"""zsh: no matches found

In zsh, the shell of macOS, square brackets are a pattern for file names unless they are in
quotes.

see: install
recorded: https://github.com/Farama-Foundation/Gymnasium/issues/948

zsh: no matches found: gymnasium[box2d]
"""

# $ pip install gymnasium[box2d]

# %%
# $ python -m pip install "gymnasium[box2d]"
