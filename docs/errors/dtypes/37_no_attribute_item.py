"""object has no attribute 'item'

Only tensors and NumPy's arrays and numbers have `item`: a plain Python number does not need it.

AttributeError: 'float' object has no attribute 'item'
"""

reward = 1.0
total = 0
total += reward.item()

# %%
total += float(reward)  # works for numbers and for tensors
print(total)
