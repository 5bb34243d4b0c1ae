"""FigureCanvasAgg is non-interactive, and thus cannot be shown

matplotlib draws into memory only, because there is no screen or no window toolkit.

recorded: matplotlib/backend_bases.py

UserWarning: FigureCanvasAgg is non-interactive, and thus cannot be shown
"""

import matplotlib.pyplot as plt

plt.plot([1.0, 2.0])
plt.show()

# %%
import io

import matplotlib.pyplot as plt

plt.savefig(io.BytesIO())  # or a file: plt.savefig("returns.png")
plt.close()
