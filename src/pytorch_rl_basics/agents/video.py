"""Short videos of agents, with controls, for notebooks and pages."""

import base64
import html
import subprocess
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# The same frames give the same bytes: one thread, no dates, on any CPU.
ENCODER = (
    *("-an", "-c:v", "libx264", "-crf", "28", "-pix_fmt", "yuv420p", "-threads", "1"),
    *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1"),
    *("-x264-params", "cpu-independent=1", "-movflags", "+faststart"),
)


class Video:
    """An H.264 mp4 of frames, which notebooks show with controls.

    Args:
        frames: RGB images, uint8 arrays of one shape (H, W, 3), as ``env.render()`` gives them.
        description: a caption, which screen readers read.
        fps: frames per second.

    Raises:
        ImportError: the package ``imageio-ffmpeg`` is not installed.
        ValueError: no frames, a frame of another shape or dtype, or ``fps`` not above 0.

    The mp4's bytes are in ``data``, and those of a PNG of the middle frame, which is shown until
    the video plays, in ``poster``. Odd sizes grow by one row or column of pixels, because yuv420p,
    the colours that every browser plays, needs even ones.

    >>> frames = [np.full((48, 64, 3), 10 * shade, dtype=np.uint8) for shade in range(15)]
    >>> Video(frames, "A square that gets lighter.")
    Video of 0.5 s, 64 x 48 pixels: A square that gets lighter.
    """

    def __init__(
        self, frames: Sequence[NDArray[np.uint8]], description: str, fps: float = 30
    ) -> None:
        _require_frames(frames)
        if fps <= 0:
            raise ValueError(f"Video: fps is {fps}, but a number above 0 is expected.")
        odd_rows, odd_columns = frames[0].shape[0] % 2, frames[0].shape[1] % 2
        even = ((0, odd_rows), (0, odd_columns), (0, 0))
        self.height, self.width = frames[0].shape[0] + odd_rows, frames[0].shape[1] + odd_columns
        self.description = description
        self.seconds = len(frames) / fps
        raw = [np.pad(frame, even, mode="edge").tobytes() for frame in frames]
        size = f"{self.width}x{self.height}"
        self.data = _encode(b"".join(raw), size, fps, "video.mp4", ENCODER)
        self.poster = _encode(raw[len(raw) // 2], size, fps, "poster.png")

    def __repr__(self) -> str:
        size = f"{self.width} x {self.height} pixels"
        return f"Video of {self.seconds:.1f} s, {size}: {self.description}"

    def _repr_html_(self) -> str:
        """Write the player that notebooks and pages show; it does not start by itself."""
        source, poster = (base64.b64encode(file).decode() for file in (self.data, self.poster))
        return (
            '<figure class="video">'
            f'<video controls preload="metadata" playsinline width="{self.width}" '
            f'height="{self.height}" style="max-width: 100%; height: auto" '
            f'aria-label="{html.escape(self.description)}" poster="data:image/png;base64,{poster}">'
            f'<source src="data:video/mp4;base64,{source}" type="video/mp4"></video>'
            f"<figcaption>{html.escape(self.description, quote=False)}</figcaption>"
            "</figure>"
        )

    def save(self, path: str | Path) -> None:
        """Write the mp4 to a file."""
        Path(path).write_bytes(self.data)


def _require_frames(frames: Sequence[NDArray[np.uint8]]) -> None:
    """Accept at least one frame, all of them uint8 of one shape (H, W, 3)."""
    if len(frames) == 0:
        raise ValueError("Video: there are no frames. Collect env.render() after each step.")
    first = getattr(frames[0], "shape", None)
    for number, frame in enumerate(frames):
        if not isinstance(frame, np.ndarray):
            raise ValueError(
                f"Video: frame {number} is of type {type(frame).__name__}, but a uint8 array of "
                'shape (H, W, 3) is expected. Make the environment with render_mode="rgb_array".'
            )
        if frame.ndim != 3 or frame.shape[-1] != 3 or 0 in frame.shape or frame.dtype != np.uint8:
            raise ValueError(
                f"Video: frame {number} has shape {frame.shape} and dtype {frame.dtype}, but a "
                "uint8 array of shape (H, W, 3) is expected: red, green and blue from 0 to 255."
            )
        if frame.shape != first:
            raise ValueError(
                f"Video: frame {number} has shape {frame.shape}, but frame 0 has {first}. "
                "Bring all frames to one shape."
            )


def _encode(raw: bytes, size: str, fps: float, name: str, options: Sequence[str] = ()) -> bytes:
    """Turn raw RGB pixels into a file of the kind that its name says."""
    try:
        ffmpeg = import_module("imageio_ffmpeg")
    except ImportError as error:
        raise ImportError(
            "Video needs the package imageio-ffmpeg, which brings the encoder. "
            "Install it with: pip install imageio-ffmpeg"
        ) from error
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)  # a file, since +faststart moves the index to the front
        source = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", str(fps), "-i", "-")
        subprocess.run(
            [ffmpeg.get_ffmpeg_exe(), "-v", "error", *source, *options, str(path)],
            input=raw,
            check=True,
        )
        return path.read_bytes()
