"""list index out of range

The list is shorter than the index, or still empty.

IndexError: list index out of range
"""

rewards = [1.0, 0.5]
for step in range(3):
    print(rewards[step])

# %%
for reward in rewards:
    print(reward)
