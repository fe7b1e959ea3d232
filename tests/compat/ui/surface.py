"""Sends two servers on the same storage the same requests to everything but the answers of single operations: other
ways to submit a query, files, pages, websockets. Compares statuses, kinds of content and bodies.

Usage: surface.py REFERENCE_URL URL

Of servers under a path prefix the addresses include it (http://127.0.0.1:3000/prefix); then what lies outside of it is
compared too. The reference speaks the websocket protocol `graphql-ws` alone: what `graphql-transport-ws` says is compared
with the same conversation there, and its own rules with the protocol's.

Closes with 'N passed, N failed'; exit status 1 if any failed.
"""

import asyncio
import gzip
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid

import websockets
from facts import Facts

HEADERS = ("content-type", "content-encoding", "content-disposition", "cache-control", "x-content-type-options", "referrer-policy", "location")
RUN = "query($id: ID!) { runOrError(runId: $id) { __typename ... on Run { runId status } } }"

# Differences that are meant, each with its reason. Where the reference breaks down (500, "Internal Server Error") any
# answer will do.
MEANT = {
    "no notebook": "what is missing is told whether or not nbconvert is installed; none is needed here",
    "a notebook of an unknown location": "the same",
    "materialization: GET": "405 in place of a page that is none",
    "observation: GET": "405 in place of a page that is none",
    "check: GET": "405 in place of a page that is none",
    "materialization: wrong metadata": "the reference words it as its type checker does",
    "observation: wrong metadata": "the reference words it as its type checker does, and names a materialization",
    "check: wrong metadata": "the reference words it as its type checker does",
    "observation: no asset": "the reference names the path of materializations",
    "check: no asset": "the reference names a path that it does not have",
    "a compressed answer": "answers are compressed for those who take it",
    "websocket, a query": "queries are answered over websockets too",
    "websocket, without a beginning": "queries are answered over websockets too",
    "websocket, a query, graphql-transport-ws": "queries are answered over websockets too",
}


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def send(url: str, method: str, path: str, body: bytes | None = None, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"{url}{path}", body, named, method=method)
    try:
        answer = urllib.request.build_opener(NoRedirect).open(request, timeout=60)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        content = answer.read()
        kept = {name: answer.headers.get(name) for name in HEADERS}
        kind = kept["content-type"]
        kept["content-type"] = kind and kind.split(";")[0].strip()
        if kept["content-encoding"] == "gzip":
            content = gzip.decompress(content)
        # An address on the server itself is the same with and without the server's name.
        if kept["location"]:
            server = urllib.parse.urlsplit(url)
            kept["location"] = kept["location"].removeprefix(f"{server.scheme}://{server.netloc}")
        return answer.status, kept, content


def multipart(fields: dict[str, str]) -> tuple[bytes, str]:
    edge = uuid.uuid4().hex
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    return ("".join(parts) + f"--{edge}--\r\n").encode(), f"multipart/form-data; boundary={edge}"


def requests(facts: Facts):
    """Title, method, path, body, headers; and how the body is compared: exactly, as JSON, or not at all."""
    run = next(one for one in facts.runs if any(event.get("fileKey") for event in one["eventConnection"]["events"]))
    run_id = run["runId"]
    variables = {"id": run_id}
    as_json = {"Content-Type": "application/json"}
    q = urllib.parse.quote
    one = json.dumps({"query": RUN, "variables": variables}).encode()
    yield "a query", "POST", "/graphql", one, as_json, "json"
    yield "a query with its name in the address", "POST", "/graphql?op=Run", one, as_json, "json"
    yield "variables as text", "POST", "/graphql", json.dumps({"query": RUN, "variables": json.dumps(variables)}).encode(), as_json, "json"
    yield "variables that are no JSON", "POST", "/graphql", json.dumps({"query": RUN, "variables": "{"}).encode(), as_json, "status"
    yield "a missing variable", "POST", "/graphql", json.dumps({"query": RUN}).encode(), as_json, "status"
    yield "no query", "POST", "/graphql", b"{}", as_json, "exact"
    yield "no JSON", "POST", "/graphql", b"{", as_json, "status"
    yield "a list of queries", "POST", "/graphql", b"[" + one + b"," + one + b"]", as_json, "status"
    yield "a document that is none", "POST", "/graphql", b'{"query": "{"}', as_json, "status"
    yield "an unknown field", "POST", "/graphql", b'{"query": "{ nothing }"}', as_json, "status"
    yield "two operations, one named", "POST", "/graphql", json.dumps({"query": "query A { version } query B { __typename }", "operationName": "B"}).encode(), as_json, "json"
    yield "two operations, none named", "POST", "/graphql", json.dumps({"query": "query A { version } query B { __typename }"}).encode(), as_json, "status"
    yield "a document alone", "POST", "/graphql", b"{ version }", {"Content-Type": "application/graphql"}, "json"
    yield "a form", "POST", "/graphql", urllib.parse.urlencode({"query": "{ version }"}).encode(), {"Content-Type": "application/x-www-form-urlencoded"}, "status"
    body, kind = multipart({"operations": json.dumps({"query": "{ version }", "variables": {}}), "map": "{}"})
    yield "multipart", "POST", "/graphql", body, {"Content-Type": kind}, "json"
    body, kind = multipart({"operations": "{"})
    yield "multipart that is none", "POST", "/graphql", body, {"Content-Type": kind}, "status"
    yield "a query in the address", "GET", f"/graphql?query={q('{ version }')}", None, {"Accept": "application/json"}, "json"
    yield "a query and variables in the address", "GET", f"/graphql?query={q(RUN)}&variables={q(json.dumps(variables))}", None, {"Accept": "application/json"}, "json"
    yield "a mutation in the address", "GET", f"/graphql?query={q('mutation { setNuxSeen }')}", None, {"Accept": "application/json"}, "status"
    yield "nothing in the address", "GET", "/graphql", None, {"Accept": "application/json"}, "exact"
    yield "the editor", "GET", "/graphql", None, {"Accept": "text/html"}, "status"
    for method in ("PUT", "DELETE"):
        yield f"{method} of the API", method, "/graphql", None, {}, "status"
    yield "the versions", "GET", "/server_info", None, {}, "status"
    yield "the versions under the old name", "GET", "/dagit_info", None, {}, "status"
    yield "a run for debugging", "GET", f"/download_debug/{run_id}", None, {}, "status"
    yield "an unknown run for debugging", "GET", "/download_debug/none", None, {}, "status"
    key = next(event["fileKey"] for event in run["eventConnection"]["events"] if event.get("fileKey"))
    for end in ("out", "err"):
        yield f"captured {end}", "GET", f"/logs/{run_id}/compute_logs/{key}/{end}", None, {}, "exact"
        yield f"no captured {end}", "GET", f"/logs/{run_id}/compute_logs/none/{end}", None, {}, "status"
    yield "a log that is none", "GET", "/logs/none", None, {}, "status"
    yield "no notebook", "GET", "/notebook", None, {}, "status"
    yield "a notebook of an unknown location", "GET", "/notebook?path=a.ipynb&repoLocName=none", None, {}, "status"
    for what, extra in (("materialization", {}), ("observation", {}), ("check", {"check_name": "none", "passed": True})):
        base = f"/report_asset_{what}"
        yield f"{what}: no asset", "POST", f"{base}/", b"{}", as_json, "json"
        yield f"{what}: by address", "POST", f"{base}/surface/asset", json.dumps(extra).encode(), as_json, "json"
        yield f"{what}: by body", "POST", f"{base}/", json.dumps({"asset_key": "surface", **extra}).encode(), as_json, "json"
        yield f"{what}: with metadata", "POST", f"{base}/surface", json.dumps({"metadata": {"n": 1}, **extra}).encode(), as_json, "json"
        yield f"{what}: wrong metadata", "POST", f"{base}/surface", json.dumps({"metadata": 3, **extra}).encode(), as_json, "json"
        yield f"{what}: unknown parameter", "POST", f"{base}/surface?colour=red", json.dumps(extra).encode(), as_json, "json"
        yield f"{what}: no JSON", "POST", f"{base}/surface", b"{", as_json, "status"
        yield f"{what}: GET", "GET", f"{base}/surface", None, {}, "status"
        yield f"{what}: without a slash", "POST", base, b"{}", as_json, "status"
    yield "a page", "GET", "/runs", None, {"Accept": "text/html"}, "status"
    yield "a page deep down", "GET", "/locations/a/jobs/b/playground", None, {"Accept": "text/html"}, "status"
    yield "a compressed answer", "POST", "/graphql", json.dumps({"query": "{ __schema { types { name } } }"}).encode(), {**as_json, "Accept-Encoding": "gzip"}, "status"


def outside(prefix: str):
    """Requests beside a path prefix; the paths are those of the whole host."""
    as_json = {"Content-Type": "application/json"}
    yield "outside: the root", "GET", "/", None, {"Accept": "text/html"}, "status"
    yield "outside: a page", "GET", "/runs", None, {"Accept": "text/html"}, "status"
    yield "outside: the API", "POST", "/graphql", b'{"query": "{ version }"}', as_json, "status"
    yield "outside: the versions", "GET", "/server_info", None, {}, "status"
    yield "outside: a report", "POST", "/report_asset_materialization/surface", b"{}", as_json, "status"
    yield "outside: the prefix without a slash", "GET", prefix, None, {"Accept": "text/html"}, "status"
    yield "outside: the prefix with a slash", "GET", f"{prefix}/", None, {"Accept": "text/html"}, "status"
    yield "outside: what only begins like the prefix", "GET", f"{prefix}er/server_info", None, {}, "status"


def decoded(body: bytes):
    try:
        return json.loads(body)
    except ValueError:
        return body


def difference(how: str, expected, actual) -> str | None:
    if expected[0] == 500 and expected[2] == b"Internal Server Error":
        return None
    if expected[0] != actual[0]:
        return f"status {expected[0]}, here {actual[0]} ({expected[2][:120]!r}, here {actual[2][:120]!r})"
    for name, value in expected[1].items():
        # Of a refusal the kind of text does not matter.
        if value and value != actual[1][name] and not (name == "content-type" and expected[0] == 405):
            return f"{name} {value}, here {actual[1][name]}"
    if actual[1]["content-encoding"] and not expected[1]["content-encoding"]:
        return "compressed here"
    same = {"status": lambda _: None, "json": decoded, "exact": bytes}[how]
    if same(expected[2]) != same(actual[2]):
        return f"{expected[2][:200]!r}, here {actual[2][:200]!r}"
    return None


async def converse(url: str, protocol: str, messages: list[dict], until: str, limit: float = 8) -> list:
    """What a server says, up to a kind of message or until it is silent."""
    said = []
    address = f"ws{url.removeprefix('http')}/graphql"
    try:
        async with websockets.connect(address, subprotocols=[protocol], open_timeout=10, max_size=None) as socket:
            said.append({"protocol": socket.subprotocol})
            for message in messages:
                await socket.send(json.dumps(message))
            while True:
                answer = json.loads(await asyncio.wait_for(socket.recv(), limit))
                if answer["type"] not in {"ka", "ping", "pong"}:
                    said.append(answer)
                if answer["type"] == until:
                    return said
    except TimeoutError:
        return said
    except websockets.ConnectionClosed as closed:
        return [*said, {"closed": closed.rcvd and closed.rcvd.code}]
    except websockets.InvalidStatus as refused:
        return [{"refused": refused.response.status_code}]


LOGS = "subscription($runId: ID!, $cursor: String) { pipelineRunLogs(runId: $runId, cursor: $cursor) { __typename ... on PipelineRunLogsSubscriptionSuccess { hasMorePastEvents cursor messages { __typename ... on MessageEvent { message stepKey level eventType } } } ... on PipelineRunLogsSubscriptionFailure { message missingRunId } } }"
CAPTURED = "subscription($logKey: [String!]!, $cursor: String) { capturedLogs(logKey: $logKey, cursor: $cursor) { stdout stderr cursor } }"


def conversations(facts: Facts):
    run = next(one for one in facts.runs if one["status"] == "SUCCESS" and any(event.get("fileKey") for event in one["eventConnection"]["events"]))
    key = next(event["fileKey"] for event in run["eventConnection"]["events"] if event.get("fileKey"))
    init = {"type": "connection_init", "payload": {}}
    start = lambda query, variables, id="1": {"type": "start", "id": id, "payload": {"query": query, "variables": variables}}  # noqa: A002, E731
    legacy = "graphql-ws"
    yield "log of a run", legacy, [init, start(LOGS, {"runId": run["runId"], "cursor": None})], "data"
    yield "log of no run", legacy, [init, start(LOGS, {"runId": "none", "cursor": None})], "data"
    yield "captured output", legacy, [init, start(CAPTURED, {"logKey": [run["runId"], "compute_logs", key], "cursor": None})], "data"
    yield "a query", legacy, [init, start("{ version }", {})], "complete"
    yield "a query that is none", legacy, [init, start("{", {})], "error"
    yield "an unknown field", legacy, [init, start("subscription { nothing }", {})], "error"
    yield "started and stopped", legacy, [init, start(LOGS, {"runId": run["runId"], "cursor": None}), {"type": "stop", "id": "1"}], "complete"
    yield "without a beginning", legacy, [start("{ version }", {})], "complete"
    yield "the end", legacy, [init, {"type": "connection_terminate"}], "never"


TRANSPORT = "graphql-transport-ws"
NAMES = {"start": "subscribe", "stop": "complete"}


def transported(facts: Facts):
    """The conversations that both protocols have: title, messages, until; each once in both."""
    for title, protocol, messages, until in conversations(facts):
        if all(one["type"] in {"connection_init", "start"} for one in messages) and messages[0]["type"] == "connection_init":
            translated = [{**one, "type": NAMES.get(one["type"], one["type"])} for one in messages]
            yield title, (protocol, messages, until), (TRANSPORT, translated, {"data": "next"}.get(until, until))


def rules():
    """What the protocol itself asks for: title, messages, until, what is to be said."""
    init, ack = {"type": "connection_init"}, {"type": "connection_ack"}
    begun = [{"protocol": TRANSPORT}, ack]
    subscribe = {"type": "subscribe", "id": "1", "payload": {"query": "subscription { locationStateChangeEvents { __typename } }"}}
    yield "before it is acknowledged", [subscribe], "never", [{"protocol": TRANSPORT}, {"closed": 4401}]
    yield "begun twice", [init, init], "never", [*begun, {"closed": 4429}]
    yield "the same id twice", [init, subscribe, subscribe], "never", [*begun, {"closed": 4409}]
    yield "a message that is none", [init, {"type": "start"}], "never", [*begun, {"closed": 4400}]
    yield "ended by the client", [init, subscribe, {"type": "complete", "id": "1"}, subscribe, {"type": "ping"}], "never", begun


def comparable(said: list) -> list:
    """Of errors only that there is one: their words are the GraphQL library's."""
    alike = []
    for one in said:
        kind = {"next": "data"}.get(one.get("type"), one.get("type"))
        if kind == "error":
            alike.append({"type": kind, "id": one.get("id")})
        elif kind:
            alike.append({**one, "type": kind})
        elif "protocol" not in one:
            alike.append(one)
    return alike


def main() -> int:
    reference, url = sys.argv[1:3]
    facts = Facts(reference)
    passed = failed = 0

    def count(title: str, found: str | None) -> None:
        nonlocal passed, failed
        if found and title in MEANT:
            passed += 1
            print(f"{title}: differs as meant: {MEANT[title]}")
        elif found:
            failed += 1
            print(f"{title}: {found}")
        else:
            passed += 1

    for title, method, path, body, headers, how in requests(facts):
        count(title, difference(how, *(send(one, method, path, body, **headers) for one in (reference, url))))
    hosts = [urllib.parse.urlsplit(one) for one in (reference, url)]
    if prefix := hosts[0].path.rstrip("/"):
        for title, method, path, body, headers, how in outside(prefix):
            count(title, difference(how, *(send(f"{one.scheme}://{one.netloc}", method, path, body, **headers) for one in hosts)))

    def compare(title: str, expected: list, actual: list) -> None:
        count(title, None if expected == actual else f"{json.dumps(expected)[:300]}, here {json.dumps(actual)[:300]}")

    def say(one: str, protocol: str, messages: list[dict], until: str) -> list:
        return asyncio.run(converse(one, protocol, messages, until))

    for title, protocol, messages, until in conversations(facts):
        expected, actual = (say(one, protocol, messages, until) for one in (reference, url))
        compare(f"websocket, {title}", [expected[0], *comparable(expected)], [actual[0], *comparable(actual)])
    for title, legacy, transport in transported(facts):
        expected, actual = comparable(say(reference, *legacy)), comparable(say(url, *transport))
        compare(f"websocket, {title}, {TRANSPORT}", expected, actual)
    for title, messages, until, expected in rules():
        compare(f"websocket, {title}, {TRANSPORT}", expected, say(url, TRANSPORT, messages, until))
    print(f"{passed} passed, {failed} failed")
    return int(bool(failed) or not passed)


if __name__ == "__main__":
    sys.exit(main())
