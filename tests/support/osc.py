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
        self.socket.sendto(self._message(address, *arguments), self.to)

    def bundle(self, *messages):
        """Several (address, arguments...) that arrive as one packet, so within one frame."""
        data = b"#bundle\0" + struct.pack(">Q", 1)
        for message in map(lambda m: self._message(*m), messages):
            data += struct.pack(">i", len(message)) + message
        self.socket.sendto(data, self.to)

    @classmethod
    def _message(cls, address, *arguments):
        tags, data = ",", b""
        for a in arguments:
            if isinstance(a, str):
                tags, data = tags + "s", data + cls._padded(a.encode())
            elif isinstance(a, int):
                tags, data = tags + "i", data + struct.pack(">i", a)
            else:
                tags, data = tags + "f", data + struct.pack(">f", a)
        return cls._padded(address.encode()) + cls._padded(tags.encode()) + data
