"""cannot be interpreted as an integer

`range`, sizes and counts take whole numbers, and `1e4` or a quotient is a float.

TypeError: 'float' object cannot be interpreted as an integer
"""

steps = 1e3
for step in range(steps):
    print(step)

# %%
print(len(range(int(steps))))
