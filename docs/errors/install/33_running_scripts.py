"""cannot be loaded because running scripts is disabled on this system

Windows does not let PowerShell run script files, such as the one that activates a virtual
environment, until you allow it for your account.

see: install
recorded: https://github.com/microsoft/vscode-python/issues/2559

File Activate.ps1 cannot be loaded because running scripts is disabled on this system. For more
information, see about_Execution_Policies
"""

# $ .venv\Scripts\activate

# %%
# $ Set-ExecutionPolicy -Scope CurrentUser RemoteSigned
# $ .venv\Scripts\activate
