"""A server of our own with a certificate of our own, on loopback: the outside world, made small."""

import datetime
import ipaddress
import re
import socket
import ssl
import threading
from contextlib import contextmanager

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A file with the key and the certificate of `peer.example`, which signs for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "peer.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("peer.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    place = tmp_path_factory.mktemp("tls") / "peer.pem"
    place.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return place


class Peer:
    """What reached it, and the port it listens at."""

    def __init__(self, port):
        self.port = port
        self.connections = 0
        self.asked = []


def _whole(held):
    """A request with its body, which may come in a read of its own."""
    said = held.recv(100_000)
    length = re.search(rb"Content-Length: (\d+)", said)
    while length and len(said.partition(b"\r\n\r\n")[2]) < int(length.group(1)):
        said += held.recv(100_000)
    return said


@pytest.fixture
def peer(certificate):
    """`with peer(say) as it`: `say(socket)` is called for each connection, inside TLS, after the request's head."""

    @contextmanager
    def serve(say):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        listener = socket.create_server(("127.0.0.1", 0))
        it = Peer(listener.getsockname()[1])

        def run():
            while True:
                try:
                    plain, _ = listener.accept()
                except OSError:
                    return
                it.connections += 1
                try:
                    with context.wrap_socket(plain, server_side=True) as held:
                        it.asked.append(_whole(held))
                        say(held)
                except (OSError, ssl.SSLError):
                    pass

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield it
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join(5)

    return serve


@pytest.fixture
def trust(certificate):
    return lambda: ssl.create_default_context(cafile=certificate)


@pytest.fixture
def loopback_alone():
    return lambda address: address == ipaddress.ip_address("127.0.0.1")
