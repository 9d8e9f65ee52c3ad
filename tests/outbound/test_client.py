"""Nothing inside is ever knocked at, whatever address somebody gives; and no server holds us up."""

import ipaddress
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

import outbound
from outbound import Answer, Client, NotAllowed, Unanswered
from outbound.addresses import is_public
from tests.outbound.hostile import HOSTILE, LEADS_TO

ROOT = Path(settings.BASE_DIR)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Told: yes\r\n\r\nok"


def dns(host, port):
    """Names as the hostile give them out; the rest is public and never reached."""
    if host not in LEADS_TO:
        raise OSError("no such name")
    return LEADS_TO[host]


def test_the_corpus_is_large():
    assert len(HOSTILE) >= 200
    assert len(set(HOSTILE)) == len(HOSTILE)


@pytest.fixture
def listener():
    """Counts who knocks at loopback."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        held.setblocking(False)
        yield held


def test_no_hostile_address_is_connected_to(listener):
    port = listener.getsockname()[1]
    client = Client(seconds=2, resolver=dns, ports=frozenset({443, port}))
    for url in [*HOSTILE, *(url.replace(":443/", f":{port}/") for url in HOSTILE)]:
        with pytest.raises(NotAllowed):
            client.request("GET", url)
    for host in ("loop.example", "both.example", "mapped.example"):
        with pytest.raises(NotAllowed):
            client.request("GET", f"https://{host}:{port}/")
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_what_is_refused_is_said_without_repeating_it():
    with pytest.raises(NotAllowed) as refused:
        Client().request("GET", "https://user:hunter2@example.org/")
    assert "hunter2" not in str(refused.value)
    assert str(refused.value).endswith(".")


def test_a_name_that_answers_differently_the_second_time_gains_nothing(peer, trust, loopback_alone):
    """Rebinding: the name is asked for once, and what was looked at is what is connected to."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    asked = []

    def resolver(host, port):
        asked.append(host)
        return next(answers)

    with peer(lambda held: held.sendall(OK)) as it:
        client = Client(resolver=resolver, allows=loopback_alone, trust=trust, ports=frozenset({it.port}))
        assert client.request("GET", f"https://peer.example:{it.port}/").status == 200
        with pytest.raises(NotAllowed):
            client.request("GET", f"https://peer.example:{it.port}/")
    assert asked == ["peer.example"] * 2
    assert it.connections == 1


@pytest.fixture
def small(trust, loopback_alone):
    """A client for our own peer, with small limits."""

    def make(it, **more):
        limits = {"seconds": 1.0, "most_read": 1000, "most_sent": 1000, **more}
        return Client(
            resolver=lambda host, port: ["127.0.0.1"],
            allows=loopback_alone,
            trust=trust,
            ports=frozenset({it.port}),
            **limits,
        )

    return make


def test_a_request_arrives_whole_and_its_answer_comes_back(peer, small):
    with peer(lambda held: held.sendall(OK)) as it:
        answer = small(it).request(
            "POST", f"https://peer.example:{it.port}/hook?a=b", headers={"Webhook-Id": "7"}, body=b'{"a":1}'
        )
    assert answer == Answer(200, {"content-length": "2", "x-told": "yes"}, b"ok")
    head, _, body = it.asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?a=b HTTP/1.1\r\nHost: peer.example:")
    assert b"Webhook-Id: 7" in head
    assert body == b'{"a":1}'


def test_a_redirect_is_an_answer_and_is_not_followed(peer, small):
    said = b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    with peer(lambda held: held.sendall(said)) as it:
        assert small(it).request("GET", f"https://peer.example:{it.port}/").status == 302
    assert it.connections == 1


def test_an_answer_that_is_too_large_is_not_read_to_its_end(peer, small):
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + b"x" * 5000
    with peer(lambda held: held.sendall(said)) as it, pytest.raises(Unanswered, match="more than 1000 bytes"):
        small(it).request("GET", f"https://peer.example:{it.port}/")


def drip(held):
    """A byte every 50 ms: each read is quick, the whole never ends."""
    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1000:
        held.sendall(bytes([byte]))
        time.sleep(0.05)


@pytest.mark.parametrize("say", [drip, lambda held: time.sleep(1.2)], ids=["drips", "says nothing"])
def test_the_whole_has_a_limit_and_not_only_each_read(peer, small, say):
    with peer(say) as it, pytest.raises(Unanswered):
        small(it, seconds=0.5).request("GET", f"https://peer.example:{it.port}/")


def test_a_name_that_takes_for_ever_to_look_up_is_given_up(small):
    client = Client(seconds=0.2, resolver=lambda host, port: time.sleep(1) or ["127.0.0.1"])
    with pytest.raises(NotAllowed, match="no address"):
        client.request("GET", "https://slow.example/")


def test_a_certificate_of_another_name_is_no_answer(peer, small):
    with (
        peer(lambda held: held.sendall(OK)) as it,
        pytest.raises(Unanswered, match="SSLCertVerificationError"),
    ):
        small(it).request("GET", f"https://other.example:{it.port}/")
    assert it.asked == []


@pytest.mark.parametrize(
    "headers",
    [{"X": "a\r\nHost: evil"}, {"X: y\r\n": "z"}, {"Host": "evil"}, {"content-length": "9"}, {"X": "é"}],
)
def test_headers_cannot_smuggle(small, peer, headers):
    with peer(lambda held: held.sendall(OK)) as it, pytest.raises(NotAllowed):
        small(it).request("GET", f"https://peer.example:{it.port}/", headers=headers)
    assert it.connections == 0


def test_more_than_is_meant_to_leave_does_not(small, peer):
    with peer(lambda held: held.sendall(OK)) as it, pytest.raises(NotAllowed, match="1000 bytes"):
        small(it).request("POST", f"https://peer.example:{it.port}/", body=b"x" * 1001)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "8.8.8.8"])
def test_public_addresses_are_public(address):
    assert is_public(ipaddress.ip_address(address))


def test_the_service_s_own_limits_are_the_strict_ones():
    assert Client().allows is is_public
    assert Client().ports == {443}
    for way in (lambda url: outbound.send(url, b""), outbound.fetch):
        with pytest.raises(NotAllowed):
            way("https://127.0.0.1/")


@pytest.mark.parametrize(
    "text",
    ["import urllib.request\n", "from urllib.request import urlopen\n", "import http.client\n", "import requests\n",
     "import httpx\n", "import aiohttp\n", "import socket\n", "import urllib3\n"],
)  # fmt: skip
def test_nothing_else_may_open_a_connection(text):
    """The rule is ruff's TID251; here it is seen to bark at a file of the product."""
    done = subprocess.run(
        [
            Path(sys.executable).with_name("ruff"),
            "check",
            "--select",
            "TID251",
            "--stdin-filename",
            "deployments/x.py",
            "-",
        ],
        input=text,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, text
    assert "outbound" in done.stdout


def test_nobody_loosens_the_limits_of_the_client():
    """`Client(...)` with limits of one's own is for tests; the product calls send() and fetch()."""
    loose = [
        str(path.relative_to(ROOT))
        for folder in ("config", "portal", "public", "api", "deployments", "coordination", "register", "directory",
                       "events", "jobs", "forces")
        for path in (ROOT / folder).rglob("*.py")
        if "outbound" in (text := path.read_text()) and ("Client(" in text or "outbound.client" in text)
    ]  # fmt: skip
    assert loose == []
