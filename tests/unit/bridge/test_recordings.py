"""Files of the folder of recordings are handed out, and nothing else."""

from telephony_crm.bridge.recordings import Recordings


def test_files_of_the_folder_are_found_and_none_beside_it(tmp_path):
    folder = tmp_path / "monitor"
    folder.mkdir()
    (folder / "call.wav").write_bytes(b"RIFF")
    (tmp_path / "secret").write_text("x")
    recordings = Recordings(str(folder))
    assert recordings.find("call.wav") == folder / "call.wav"
    assert recordings.find("../secret") is None


def test_without_a_folder_nothing_of_the_working_folder_is_touched(
    tmp_path, monkeypatch
):
    (tmp_path / "bridge.ini").write_text("secret")
    monkeypatch.chdir(tmp_path)
    recordings = Recordings("")
    assert recordings.find("bridge.ini") is None
    recordings.remove("bridge.ini")
    assert (tmp_path / "bridge.ini").exists()
