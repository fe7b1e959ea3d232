"""GraphQL over HTTP: single questions, and a load generator that costs little beside the servers it measures.

The generator keeps its connections busy from one thread with prepared requests and only as much parsing as the
length of an answer needs; a thread and an HTTP library per connection would take as much CPU as the faster server.
"""

import http.client
import json
import selectors
import socket
import time
from dataclasses import dataclass, field


def request(query: str, variables: dict, port: int) -> bytes:
    body = json.dumps({"query": query, "variables": variables}).encode()
    head = f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def ask(port: int, query: str, variables: dict | None = None) -> dict:
    """The data of one answer; RuntimeError with the first message if it has errors."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    body = json.dumps({"query": query, "variables": variables or {}})
    try:
        connection.request("POST", "/graphql", body, {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
    except http.client.HTTPException as error:
        raise OSError(f"no answer from port {port}: {error}") from error
    finally:
        connection.close()
    if answer.get("errors"):
        raise RuntimeError(answer["errors"][0]["message"])
    return answer["data"]


class Connection:
    """One kept connection: sends the same request again and again, says when an answer is complete."""

    def __init__(self, port: int, request: bytes):
        self.request = request
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=300)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray(1 << 20)
        self.began = 0.0

    def send(self) -> None:
        self.head, self.size, self.missing = b"", 0, None
        self.began = time.perf_counter()
        self.socket.sendall(self.request)

    def receive(self) -> bool:
        """Takes what has arrived; whether the answer is complete. RuntimeError for anything but a 200."""
        count = self.socket.recv_into(self.buffer)
        if count == 0:
            raise RuntimeError("the server closed the connection")
        if self.missing is None:
            self.head += bytes(self.buffer[:count])
            head, found, body = self.head.partition(b"\r\n\r\n")
            if not found:
                return False
            lines = head.split(b"\r\n")
            if lines[0].split(b" ")[1] != b"200":
                raise RuntimeError(f"the server answered {lines[0].decode()}")
            lengths = [line for line in lines if line.lower().startswith(b"content-length:")]
            if not lengths:
                raise RuntimeError("the answer tells no length")
            self.size = int(lengths[0].split(b":")[1])
            self.missing = self.size - len(body)
        else:
            self.missing -= count
        return self.missing <= 0


@dataclass
class Load:
    """What a load gave: the seconds of each answer, how long it all took, the bytes of one answer."""

    times: list[float] = field(default_factory=list)
    seconds: float = 0
    size: int = 0


def load(port: int, request: bytes, clients: int, seconds: float) -> Load:
    """Keeps `clients` requests under way for `seconds`; each client asks at least once."""
    found, began = Load(), time.perf_counter()
    with selectors.DefaultSelector() as ready:
        connections = [Connection(port, request) for _ in range(clients)]
        for one in connections:
            one.send()
            ready.register(one.socket, selectors.EVENT_READ, one)
        busy = clients
        while busy:
            for key, _ in ready.select(300):
                one = key.data
                if not one.receive():
                    continue
                now = time.perf_counter()
                found.times.append(now - one.began)
                found.size = one.size
                if now - began < seconds:
                    one.send()
                else:
                    ready.unregister(one.socket)
                    one.socket.close()
                    busy -= 1
    found.seconds = time.perf_counter() - began
    return found
