"""The recording of a call, from the PBX to who listens, and what is in it."""

import array
import io
import math
import wave

from setup.asterisk.tone import RATE

TONE = 440  # of the caller, in Hz: see `setup.asterisk.phones`
QUIET = 300  # of 32768
FRAME = 0.1  # seconds


def stored(office, call):
    """Have the recordings of a call fetched, again if they were; ids of what sounds."""
    query = (
        "SELECT id, state FROM telephony_call_recording WHERE call_id = %s ORDER BY id"
    )
    office.query(
        "UPDATE telephony_call_recording SET state = 'waiting', attempts = 0,"
        " retry_at = now() AT TIME ZONE 'UTC' - interval '1 s' WHERE call_id = %s",
        call["id"],
    )
    model, name = "ir.model.data", "ir_cron_recording_fetch"
    job = office.admin(model, "check_object_reference", "telephony_crm", name)[1]
    office.admin("ir.cron", "method_direct_trigger", [job])
    found = office.query(query, call["id"])
    assert {state for _id, state in found} <= {"stored", "empty"}
    return [recording for recording, state in found if state == "stored"]


def listen(office, login, recording):
    """The sound as somebody's browser gets it."""
    office.rpc(login, "telephony.call", "get_cards")  # logs in
    session = office.rpc.sessions[login]
    answer = session.get(f"{office.stack.url}/telephony/recording/{recording}")
    assert answer.status_code == 200, answer.text[:500]
    return read(answer.content)


def read(content):
    """What is in a WAV file of one channel."""
    with wave.open(io.BytesIO(content)) as file:
        samples = array.array("h", file.readframes(file.getnframes()))
        return Sound(samples, file.getframerate())


class Sound:
    """What is in samples of 16 bits."""

    def __init__(self, samples, rate=RATE):
        self.samples = samples
        self.rate = rate

    @property
    def seconds(self):
        """Its length."""
        return len(self.samples) / self.rate

    @property
    def strength(self):
        """The root of the mean square of all samples."""
        return math.sqrt(sum(one**2 for one in self.samples) / len(self.samples))

    def parts(self, hertz=TONE):
        """The strength of a tone, and of all that is not this tone."""
        step = round(self.rate * FRAME)
        waves = [2 * math.pi * hertz * index / self.rate for index in range(step)]
        cosines, sines = list(map(math.cos, waves)), list(map(math.sin, waves))
        tone = rest = 0
        starts = range(0, len(self.samples) - step + 1, step)
        for start in starts:
            frame = self.samples[start : start + step]
            parts = (
                sum(map(float.__mul__, map(float, frame), wave_))
                for wave_ in (cosines, sines)
            )
            power = 2 * sum((part / step) ** 2 for part in parts)
            tone += power
            rest += max(0, sum(one**2 for one in frame) / step - power)
        return math.sqrt(tone / len(starts)), math.sqrt(rest / len(starts))
