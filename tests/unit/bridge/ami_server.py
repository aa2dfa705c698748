"""A manager interface on a real socket, which says whatever it is told to."""

import contextlib
import hashlib
import socket
import threading

from telephony_crm.bridge import ami_message

BANNER = b"Asterisk Call Manager/9.0.0\r\n"
CHALLENGE = "840415273"


class AmiServer:
    """Logs in who knows the secret; as a block, it runs within it.

    :param banner: what it says first
    :param tls: an SSL context
    :ivar received: the bytes that came
    :ivar answers: what an action is answered with, by its name: the bytes of messages,
        with ``{id}`` for the ActionID
    """

    def __init__(self, secret="secret", banner=BANNER, tls=None):
        self.secret, self.banner, self.tls = secret, banner, tls
        self.received, self.answers = b"", {}
        self.connections, self.is_over = [], False
        self.lock = threading.Lock()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_exception):
        with self.lock:
            self.is_over = True
        # Who waits for somebody to connect is not woken by closing alone.
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.drop()

    def drop(self):
        """Close all connections."""
        with self.lock:
            gone, self.connections = self.connections, []
        for connection in gone:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def say(self, data):
        """Send bytes to whoever is connected."""
        with self.lock:
            connected = list(self.connections)
        for connection in connected:
            connection.sendall(data)

    def event(self, name, **headers):
        """Send an event."""
        self.say(ami_message.as_text({"Event": name, **headers}).encode())

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self.socket.accept()
                threading.Thread(
                    target=self._serve, args=[connection], daemon=True
                ).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError):
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            connection.sendall(self.banner)
            with self.lock:
                self.connections.append(connection)
                is_over = self.is_over
            if is_over:
                self.drop()
            parser = ami_message.Parser()
            while data := connection.recv(65_536):
                self.received += data
                for message in parser.feed(data):
                    connection.sendall(self._answer(message))

    def _answer(self, message):
        name, id_ = message.get("Action", "").lower(), message.get("ActionID", "")
        if name in self.answers:
            return self.answers[name].replace(b"{id}", id_.encode())
        answer = {"Response": "Success", "ActionID": id_}
        if name == "challenge":
            answer["Challenge"] = CHALLENGE
        if name == "login":
            key = hashlib.md5(f"{CHALLENGE}{self.secret}".encode()).hexdigest()
            if message.get("Key") != key:
                answer["Response"] = "Error"
                answer["Message"] = "Authentication failed"
        return ami_message.as_text(answer).encode()
