"""cannot access local variable

The variable is used before the line that sets it, or that line was skipped, such as the body of an
`if` or of a loop that ran zero times.

UnboundLocalError: cannot access local variable 'loss' where it is not associated with a value
"""


def train(batches):
    for batch in batches:
        loss = sum(batch)
    return loss


train([])


# %%
def train(batches):
    loss = None
    for batch in batches:
        loss = sum(batch)
    return loss


print(train([]))
