"""Start the kernels of Markdown pages as forks of a process that has imported torch already."""

import multiprocessing
import os
from importlib.metadata import EntryPoint
from multiprocessing import forkserver
from typing import Any

import matplotlib
from ipykernel.iostream import OutStream
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

METHOD = "forkserver"
SERVER = forkserver._forkserver  # what multiprocessing keeps of it
FIGURES = "module://matplotlib_inline.backend_inline"
IMPORTED = [__name__, "gymnasium", "matplotlib.pyplot", "torch._dynamo"]  # optimizers need the last


def run_kernel(arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """Run a kernel in this process, until its parent ends."""
    os.close(SERVER._forkserver_alive_fd)  # only Sphinx is to keep the parent running
    os.environ.update(environment)
    os.chdir(folder)
    matplotlib.rcParams["backend"] = FIGURES
    OutStream.flush_interval = 600  # at a cell's end, not in the middle of a slow line
    parent = f"--IPKernelApp.parent_handle={os.getppid()}"
    IPKernelApp.launch_instance([*arguments, parent, "--log-level=ERROR"])


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


def register(app: Sphinx, env: BuildEnvironment, pages: list[str]) -> None:
    """Let the kernels of these pages start in this way, where the system can."""
    if pages and METHOD in multiprocessing.get_all_start_methods():
        multiprocessing.get_context(METHOD).set_forkserver_preload(IMPORTED)
        if app.parallel > 1:  # pages are read in forks of this process: one server for them all
            forkserver.ensure_running()
            SERVER.ensure_running = lambda: None
        factory = KernelProvisionerFactory.instance()
        factory.provisioners["warm"] = EntryPoint("warm", f"{__name__}:WarmProvisioner", "")
        factory.default_provisioner_name = "warm"


def stop(app: Sphinx, error: Exception | None) -> None:
    """End the process that kernels fork from, and wait for it: its CPU time counts."""
    SERVER._stop()


def setup(app: Sphinx) -> dict:
    """Start before the first page is read, and stop at the end."""
    app.connect("env-before-read-docs", register)
    app.connect("build-finished", stop)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
