"""object has no attribute 'item'

The value is a plain Python number already, so it needs no `.item()`.

AttributeError: 'float' object has no attribute 'item'
"""

reward = 1.0
total = 0
total += reward.item()

# %%
total += float(reward)  # works for numbers and for tensors
print(total)
