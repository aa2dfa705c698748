"""Text messages through the PBX: each once, whoever works off the queue."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from setup.simulator import Simulator

from .test_follow_up import wait_for

JOB = "env['sms.sms']._process_queue(); env.cr.commit()"
COUNT = 12


@pytest.fixture
def account(rpc):
    """The PBX's account, which sends the text messages of the company."""
    [pbx_id] = rpc("admin", "telephony.pbx", "search", [])
    with Simulator(speed=0, key="testkey", secret="testsecret") as simulator:
        values = {"api_url": simulator.url, "sms": True}
        rpc("admin", "telephony.pbx", "write", [pbx_id], values)
        yield simulator
        rpc("admin", "telephony.pbx", "write", [pbx_id], {"sms": False})


def test_each_message_is_sent_once(account, databases, database, rpc, query):
    """Agents write at the same moment; three processes work off the queue."""

    def write(text):
        values = {"composition_mode": "numbers", "numbers": "+442079460123"}
        composer = rpc("maya", "sms.composer", "create", {**values, "body": text})
        rpc("maya", "sms.composer", "action_send_sms", [composer])

    texts = [f"Message {each}" for each in range(COUNT)]
    rpc("maya", "sms.composer", "search_count", [])  # logged in before they are many
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, texts))
    jobs = [
        threading.Thread(
            target=databases.shell, args=(database, JOB, "the queue failed")
        )
        for _each in range(2)
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    sent = "SELECT 1 FROM sms_sms WHERE body LIKE 'Message%%' AND state = 'pending'"
    assert wait_for(lambda: len(query(sent)) == COUNT), query(
        "SELECT state, failure_type, count(*) FROM sms_sms GROUP BY 1, 2"
    )
    assert sorted(message["text"] for message in account.messages.outbox) == sorted(
        texts
    )
