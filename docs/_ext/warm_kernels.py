"""Start the kernels of Markdown pages as forks of a process that has imported torch already."""

import multiprocessing
import os
from importlib.metadata import EntryPoint
from typing import Any

from ipykernel.iostream import OutStream
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner
from sphinx.application import Sphinx

METHOD = "forkserver"
IMPORTED = [__name__, "gymnasium", "torch"]  # not matplotlib, whose backend is a kernel's own


def run_kernel(arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """Run a kernel in this process, until its parent ends."""
    os.environ.update(environment)
    os.chdir(folder)
    OutStream.flush_interval = 600  # at a cell's end, not in the middle of a slow line
    IPKernelApp.launch_instance([*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])


class WarmProvisioner(LocalProvisioner):
    """Start kernels as forks, where Jupyter starts programs."""

    async def launch_kernel(self, cmd: list[str], **settings: Any) -> dict:
        """Start a kernel, and give its process what Jupyter expects of one."""
        arguments = cmd[cmd.index("-f") :], str(settings.get("cwd", ".")), dict(settings["env"])
        process = multiprocessing.get_context(METHOD).Process(target=run_kernel, args=arguments)
        process.start()
        process.poll = lambda: process.exitcode
        process.wait = lambda: (process.join(), process.exitcode)[1]
        process.send_signal = lambda signal: process.is_alive() and os.kill(process.pid, signal)
        process.stdin = process.stdout = process.stderr = None
        self.process, self.pid = process, process.pid
        return self.connection_info


def register(app: Sphinx) -> None:
    """Let all kernels of the build start in this way, where the system can."""
    if METHOD in multiprocessing.get_all_start_methods():
        multiprocessing.get_context(METHOD).set_forkserver_preload(IMPORTED)
        factory = KernelProvisionerFactory.instance()
        factory.provisioners["warm"] = EntryPoint("warm", f"{__name__}:WarmProvisioner", "")
        factory.default_provisioner_name = "warm"


def setup(app: Sphinx) -> dict:
    """Register before the first page is read."""
    app.connect("builder-inited", register)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
