r"""Error loading … or one of its dependencies.

Windows cannot load PyTorch's libraries, most often because the Microsoft Visual C++
Redistributable is missing or old.

see: install
recorded: https://github.com/nagadomi/nunif/issues/701
also: ImportError: DLL load failed while importing _C: The specified module could not be found.
    | https://github.com/pytorch/pytorch/issues/4518

OSError: [WinError 1114] A dynamic link library (DLL) initialization routine failed. Error
loading "...\c10.dll" or one of its dependencies.
"""

import torch

# %%
# install https://aka.ms/vc14/vc_redist.x64.exe, restart Windows, then
# $ py -c "import torch; print(torch.ones(2))"
