"""Recordings with real sound: two voices babbling, as a WAV file."""

from __future__ import annotations

import array
import io
import math
import random
import wave

RATE = 8000  # samples a second, as on the telephone
LONGEST = 600  # seconds
VOICES = (118, 205)  # fundamental frequencies in Hz: a low and a high voice


def speech(seconds: int, seed: str) -> bytes:
    """A WAV file (mono, 16 bit) of that length; the same seed gives the same file."""
    rng = random.Random(seed)
    wanted = min(max(seconds, 1), LONGEST) * RATE
    # a few syllables of each voice, computed once and put together at random
    syllables = [[_syllable(pitch, rng) for _ in range(6)] for pitch in VOICES]
    samples = array.array("h")
    voice = 0
    while len(samples) < wanted:
        for _ in range(rng.randint(4, 14)):
            samples.extend(rng.choice(syllables[voice]))
        samples.extend(array.array("h", bytes(2 * int(RATE * rng.uniform(0.2, 0.6)))))
        voice = 1 - voice
    return _file(samples[:wanted])


def _syllable(pitch, rng):
    """Some harmonics under an envelope that swells and fades."""
    length = int(RATE * rng.uniform(0.12, 0.24))
    pitch *= rng.uniform(0.9, 1.15)
    strengths = [rng.uniform(0.2, 1) / order for order in range(1, 7)]
    samples = array.array("h")
    for index in range(length):
        swing = 2 * math.pi * pitch * index / RATE
        value = sum(
            strength * math.sin(order * swing)
            for order, strength in enumerate(strengths, 1)
        )
        envelope = math.sin(math.pi * index / length)
        samples.append(int(6000 * value * envelope))
    return samples


def _file(samples):
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()
