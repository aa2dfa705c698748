"""What a recording may be: told by its first bytes, never by what somebody says.

Whatever else comes where a sound was expected, such as a page that says "not found",
is none. Sources: RFC 2361 and RFC 3190 (WAV), ISO 11172-3 (MP3), RFC 3533 (Ogg),
ISO 14496-12 (MP4), RFC 9559 (WebM), RFC 9639 (FLAC).
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

#: So many bytes tell what a file is.
HEAD = 64
# Pictures come in the same container.
MP4_BRANDS = (b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"dash", b"3gp")
CHUNKS = 64  # of a WAV file that are looked through for its sound


@dataclass(frozen=True)
class Kind:
    """A kind of sound file."""

    mimetype: str
    extension: str


WAV = Kind("audio/wav", "wav")
MP3 = Kind("audio/mpeg", "mp3")
OGG = Kind("audio/ogg", "ogg")
MP4 = Kind("audio/mp4", "m4a")
WEBM = Kind("audio/webm", "webm")
FLAC = Kind("audio/flac", "flac")


def kind_of(head: bytes) -> Kind | None:
    """Return what kind of sound begins with these bytes, ``None`` for anything else.

    :param head: the first `HEAD` bytes, fewer only when the file is shorter
    """
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return WAV
    if head[:4] == b"OggS":
        return OGG
    if head[:4] == b"fLaC":
        return FLAC
    if head[4:8] == b"ftyp" and head[8:12].startswith(MP4_BRANDS):
        return MP4
    if head[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in head[:HEAD]:
        return WEBM
    if head[:3] == b"ID3" or _is_mp3_frame(head):
        return MP3
    return None


def _is_mp3_frame(head):
    """Tell whether an MPEG audio frame of layer 3 begins here."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer == 1 and bitrate not in (0, 15) and rate != 3


def seconds_of(file: BinaryIO) -> int:
    """Return how long a WAV file sounds, rounded; 0 when it is not told cheaply."""
    sound, bytes_a_second = _sound_of(file)
    return round(sound / bytes_a_second) if sound and bytes_a_second else 0


def is_empty(file: BinaryIO) -> bool:
    """Tell whether it is a WAV file that has headers and no sound.

    So a PBX leaves it that began to record before anybody picked up.
    """
    return _sound_of(file)[0] == 0


def _sound_of(file):
    """Return how many bytes a WAV file has of sound, and how many are a second.

    Only its headers are read. A size that was never filled in, as by a program that
    writes to a pipe, is what the file has. None and 0 when it is not told.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if kind_of(file.read(12)) != WAV:
        return None, 0
    bytes_a_second = 0
    for _chunk in range(CHUNKS):
        header = file.read(8)
        if len(header) < 8:
            break
        name, length = struct.unpack("<4sI", header)
        start = file.tell()
        if name == b"fmt ":
            form = file.read(12)
            bytes_a_second = struct.unpack("<I", form[8:])[0] if len(form) == 12 else 0
        if name == b"data":
            return min(length, size - start), bytes_a_second
        file.seek(start + length + length % 2)
    return None, 0
