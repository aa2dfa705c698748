"""A listener at Asterisk's manager interface: all it says, and when it arrived."""

import socket
import threading
import time

from setup.lib.console import Failure
from setup.lib.process import HOST

SECONDS = 30


class Ami:
    """Logged in within the block; ``messages`` grows meanwhile.

    Each is (Unix time, {header: value}). A header that repeats has its values on
    lines of their own.
    """

    def __init__(self, lab):
        self.settings = lab.settings
        self.messages = []
        self.news = threading.Condition()
        self.count = 0
        self.socket = None
        self.over = False

    def __enter__(self):
        port = int(self.settings["AMI_PORT"])
        self.socket = socket.create_connection((HOST, port), SECONDS)
        self.socket.settimeout(None)
        file = self.socket.makefile("rb")
        file.readline()  # the greeting
        threading.Thread(target=self._listen, args=(file,), daemon=True).start()
        user, password = self.settings["AMI_USER"], self.settings["AMI_PASSWORD"]
        self.action("Login", Username=user, Secret=password)
        return self

    def __exit__(self, *_exception):
        self.socket.close()

    def _listen(self, file):
        message = {}
        try:
            for line in file:
                name, _colon, value = line.decode(errors="replace").partition(":")
                if line.strip():
                    value = value.strip("\r\n")[1:]
                    known = message.get(name)
                    message[name] = value if known is None else f"{known}\n{value}"
                elif message:
                    with self.news:
                        self.messages.append((time.time(), message))
                        self.news.notify_all()
                    message = {}
        except (OSError, ValueError):
            pass  # closed from our side
        with self.news:
            self.over = True
            self.news.notify_all()

    def action(self, name, **fields):
        """Ask for an action; the answer's headers.

        :raises Failure: with Asterisk's own words when it refuses
        """
        self.count += 1
        words = {"Action": name, "ActionID": f"lab-{self.count}", **fields}
        text = "".join(f"{key}: {value}\r\n" for key, value in words.items())
        self.socket.sendall(f"{text}\r\n".encode())
        answer = self.wait(
            lambda said: "Response" in said and said["ActionID"] == words["ActionID"]
        )
        if answer["Response"] == "Error":
            raise Failure(f"Asterisk refuses {name}: {answer.get('Message')}")
        return answer

    def wait(self, wanted, *, since=0, seconds=SECONDS):
        """Wait for a message that ``wanted`` takes; its headers.

        :param wanted: a function of the headers, or the name of an event
        :param since: how many messages to leave aside
        :raises Failure: when it does not come
        """
        takes = wanted if callable(wanted) else lambda m: m.get("Event") == wanted
        deadline = time.monotonic() + seconds
        with self.news:
            while True:
                for _at, message in self.messages[since:]:
                    if takes(message):
                        return message
                since = len(self.messages)
                left = deadline - time.monotonic()
                if left <= 0 or self.over:
                    raise Failure(f"Asterisk did not say {wanted} in {seconds} s")
                self.news.wait(left)
