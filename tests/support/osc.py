"""OSC from the tests to the running program."""
import socket, struct


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Osc:
    def __init__(self, port):
        self.to = ("127.0.0.1", port)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    @staticmethod
    def _padded(data):
        return data + b"\0" * (4 - len(data) % 4)

    def send(self, address, *arguments):
        tags, data = ",", b""
        for a in arguments:
            if isinstance(a, str):
                tags, data = tags + "s", data + self._padded(a.encode())
            elif isinstance(a, int):
                tags, data = tags + "i", data + struct.pack(">i", a)
            else:
                tags, data = tags + "f", data + struct.pack(">f", a)
        self.socket.sendto(self._padded(address.encode()) + self._padded(tags.encode()) + data, self.to)
