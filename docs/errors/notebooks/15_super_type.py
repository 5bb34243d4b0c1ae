"""super(type, obj): obj must be an instance or subtype of type

The cell with the class was run again, so the old object and the name now belong to two
different classes.

when: sys.version_info < (3, 13)
recorded: Python 3.11
also: TypeError: super(type, obj): obj (instance of Policy) is not an instance or subtype of type
    (Policy). | Python 3.13

TypeError: super(type, obj): obj must be an instance or subtype of type
"""


class Policy:
    def act(self):
        return super(Policy, self).__repr__()


policy = Policy()
Policy = type("Policy", (), {})  # the cell was run again
policy.act()


# %%
class Policy:
    def act(self):
        return super().__repr__()  # needs no name


print(Policy().act().startswith("<"))
