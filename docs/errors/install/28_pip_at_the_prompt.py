"""SyntaxError: invalid syntax

Python cannot parse the line; commands such as `pip install …` are for a terminal and not for
Python's `>>>` prompt.

see: install

File "your line", line 1 pip install torch ^^^^^^^ SyntaxError: invalid syntax
"""

line = "pip install torch"
compile(line, "your line", "exec")
exec(line)

# %%
# $ python -m pip install torch
# In a notebook, in a cell of its own: %pip install torch
print("installed from a terminal or with %pip")
