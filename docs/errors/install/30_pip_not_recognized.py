"""is not recognized as an internal or external command

Windows does not find the program, because Python was installed without "Add python.exe to
PATH"; the command `py` finds it.

see: install
recorded: https://github.com/elebumm/RedditVideoMakerBot/issues/2145
also: pip: command not found | bash, on a Linux without pip
also: The term 'pip' is not recognized as the name of a cmdlet, function, script file, or
    operable program. | https://github.com/alekxeyuk/Skribbl.io-Bot/issues/43

'pip' is not recognized as an internal or external command, operable program or batch file.
"""

# $ pip install torch

# %%
# on Windows:
# $ py -m pip install torch
# on macOS and Linux:
# $ python3 -m pip install torch
