"""cannot unpack non-iterable NoneType object

The function on the right returned `None`, here because `reset` of your own environment has no
`return`.

TypeError: cannot unpack non-iterable NoneType object
"""


class Corridor:
    def reset(self):
        self.position = 0


observation, info = Corridor().reset()


# %%
class Corridor:
    def reset(self):
        self.position = 0
        return self.position, {}


observation, info = Corridor().reset()
print(observation)
