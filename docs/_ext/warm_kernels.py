"""Kernels of Markdown pages that need not import torch: they fork from a process that has."""

import multiprocessing
import os
from importlib.metadata import EntryPoint
from typing import Any

from ipykernel.kernelapp import IPKernelApp
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner
from sphinx.application import Sphinx

METHOD = "forkserver"
IMPORTED = [__name__, "gymnasium", "torch"]  # not matplotlib, whose backend is a kernel's own


def run_kernel(arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """Be a kernel, in a process of its own."""
    os.environ.update(environment)
    os.chdir(folder)
    IPKernelApp.launch_instance(arguments)


class WarmProvisioner(LocalProvisioner):
    """Starts kernels as forks, where Jupyter starts programs."""

    async def launch_kernel(self, cmd: list[str], **settings: Any) -> dict:
        """Start a kernel, and give its process what Jupyter expects of one."""
        arguments = cmd[cmd.index("-f") :], str(settings["cwd"]), dict(settings["env"])
        process = multiprocessing.get_context(METHOD).Process(target=run_kernel, args=arguments)
        process.start()
        process.poll = lambda: process.exitcode
        process.wait = process.join
        process.send_signal = lambda signal: os.kill(process.pid, signal)
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
