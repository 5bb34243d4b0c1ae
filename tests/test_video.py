"""Videos: small, the same each time, playable, and honest about bad frames."""

import base64
import re
import subprocess
import sys

import numpy as np
import pytest

from pytorch_rl_basics.agents import Video


@pytest.fixture(scope="module")
def frames():
    """A white image on which a dark bar moves to the right."""
    images = []
    for step in range(12):
        image = np.full((40, 60, 3), 255, dtype=np.uint8)
        image[:, 4 * step : 4 * step + 8] = (200, 30, 90)
        images.append(image)
    return images


@pytest.fixture(scope="module")
def video(frames):
    pytest.importorskip("imageio_ffmpeg")
    return Video(frames, "A bar moves & stops.", fps=24)


def decode(video):
    """Give the frames of an mp4, and what ffmpeg says about its stream."""
    ffmpeg = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    command = [ffmpeg, "-i", "-", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    done = subprocess.run(command, input=video.data, capture_output=True, check=True)
    pixels = np.frombuffer(done.stdout, np.uint8)
    about = re.search(r"Stream #0:0.*", done.stderr.decode())[0]
    return pixels.reshape(-1, video.height, video.width, 3), about


def test_it_decodes_to_the_frames_it_was_given(video, frames):
    decoded, about = decode(video)
    assert all(part in about for part in ("h264", "yuv420p", "60x40", "24 fps"))
    assert len(decoded) == len(frames)
    for shown, given in zip(decoded, frames, strict=True):
        assert abs(shown.astype(int) - given.astype(int)).mean() < 6  # of 255


def test_it_is_an_mp4_that_plays_before_it_is_loaded(video):
    assert video.data[4:8] == b"ftyp"
    assert video.data.index(b"moov") < video.data.index(b"mdat")  # +faststart


def test_save_writes_these_bytes(video, tmp_path):
    video.save(tmp_path / "bar.mp4")
    assert (tmp_path / "bar.mp4").read_bytes() == video.data


def test_the_same_frames_give_the_same_bytes(video, frames):
    assert Video(frames, "Another text.", fps=24).data == video.data
    assert Video(frames[:-1], "A bar moves & stops.", fps=24).data != video.data


@pytest.mark.parametrize("shape", [(33, 47, 3), (33, 48, 3), (34, 47, 3), (1, 1, 3)])
def test_odd_sizes_grow_by_one(shape):
    pytest.importorskip("imageio_ffmpeg")
    video = Video([np.full(shape, 255, dtype=np.uint8)], "White.")
    assert (video.height, video.width) == (shape[0] + shape[0] % 2, shape[1] + shape[1] % 2)
    (frame,), _ = decode(video)
    assert frame.min() > 250  # grown by copies of the edge, not by a black border


def test_how_it_shows_itself(video):
    shown = video._repr_html_()
    assert 'width="60" height="40"' in shown
    assert 'aria-label="A bar moves &amp; stops."' in shown
    assert "<figcaption>A bar moves &amp; stops.</figcaption>" in shown
    player = re.search("<video[^>]*>", shown)[0]
    assert "controls" in player
    assert "autoplay" not in player
    assert "loop" not in player
    poster = re.search(r'poster="data:image/png;base64,([^"]+)"', player)[1]
    assert base64.b64decode(poster) == video.poster
    encoded = re.search(r'src="data:video/mp4;base64,([^"]+)"', shown)[1]
    assert base64.b64decode(encoded) == video.data
    assert repr(video) == "Video of 0.5 s, 60 x 40 pixels: A bar moves & stops."


def test_cartpole_fits_in_40_kb():
    pytest.importorskip("imageio_ffmpeg")
    env = pytest.importorskip("gymnasium").make("CartPole-v1", render_mode="rgb_array")
    env.reset(seed=0)
    env.action_space.seed(0)
    frames = []
    while len(frames) < 150:
        frames.append(env.render())
        _, _, terminated, truncated, _ = env.step(env.action_space.sample())
        if terminated or truncated:
            env.reset()
    env.close()
    assert len(Video(frames, "CartPole.").data) <= 40_000


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([], "there are no frames"),
        ([None], 'frame 0 is of type NoneType.*render_mode="rgb_array"'),
        ([np.zeros((4, 4), dtype=np.uint8)], r"shape \(4, 4\)"),
        ([np.zeros((4, 4, 4), dtype=np.uint8)], r"shape \(4, 4, 4\)"),
        ([np.zeros((0, 4, 3), dtype=np.uint8)], r"shape \(0, 4, 3\)"),
        ([np.zeros((4, 4, 3))], "dtype float64"),
        ([np.zeros((n, 4, 3), dtype=np.uint8) for n in (4, 6)], r"frame 1 .* frame 0 has \(4, 4"),
    ],
)
def test_bad_frames_are_named(bad, message):
    with pytest.raises(ValueError, match=message):
        Video(bad, "Nothing.")


@pytest.mark.parametrize("fps", [0, -1])
def test_time_does_not_stand_still(frames, fps):
    with pytest.raises(ValueError, match=f"fps is {fps}"):
        Video(frames, "Nothing.", fps=fps)


def test_without_the_encoder_it_says_what_to_install(frames, monkeypatch):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)  # import then fails
    with pytest.raises(ImportError, match="pip install imageio-ffmpeg"):
        Video(frames, "Nothing.")
