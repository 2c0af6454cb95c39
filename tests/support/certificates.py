"""Certificates made on the spot: a root, a firm's PKCS#12, and a time-stamp authority that answers on loopback."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from nianjian.engines.kernel import clock
from nianjian.features.dossier.signatures import append_signature, open_signer

asn1_keys: Any = import_module("asn1crypto.keys")  # a library without types
asn1: Any = import_module("asn1crypto.x509")
tsp: Any = import_module("asn1crypto.tsp")
PASSWORD = "kept nowhere"  # noqa: S105 -- of a certificate that lives as long as the test


@dataclass(frozen=True)
class Held:
    """A key with its certificate."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def root(name: str = "示例根证书") -> Held:
    """A root of one's own."""
    return _issued(name, None, ca=True)


def leaf(name: str, issuer: Held, *, stamps: bool = False, days: int = 30) -> Held:
    """A certificate under a root; ``stamps``: for time stamps; ``days`` below 0: over already."""
    return _issued(name, issuer, ca=False, stamps=stamps, days=days)


def p12(identity: Held, path: Path, issuer: Held | None = None) -> Path:
    """Key and certificate as a PKCS#12 file."""
    chain = None if issuer is None else [issuer.certificate]
    sealed = serialization.BestAvailableEncryption(PASSWORD.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"firm", identity.key, identity.certificate, chain, sealed))
    return path


def _issued(name: str, issuer: Held | None, *, ca: bool, stamps: bool = False, days: int = 30) -> Held:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    by = subject if issuer is None else issuer.certificate.subject
    signing = key if issuer is None else issuer.key
    now = clock.now()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not ca, content_commitment=not ca, key_encipherment=False, data_encipherment=False,
                key_agreement=False, key_cert_sign=ca, crl_sign=ca, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
    )  # fmt: skip
    if stamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Held(key, builder.sign(signing, hashes.SHA256()))


@contextmanager
def authority(identity: Held) -> Iterator[str]:
    """A time-stamp authority (RFC 3161) on loopback; its address."""
    der = identity.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    stamper = DummyTimeStamper(
        asn1.Certificate.load(identity.certificate.public_bytes(serialization.Encoding.DER)),
        asn1_keys.PrivateKeyInfo.load(der),
    )

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            body = stamper.request_tsa_response(request).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing is printed."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def signed(body: bytes) -> bytes:
    """A PDF with the signature of a firm that nobody knows."""
    ca = root()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "plain.pdf").write_bytes(body)
        signer = open_signer(p12(leaf("示例科技有限公司", ca), folder / "firm.p12", ca), PASSWORD, now=clock.now())
        append_signature(folder / "plain.pdf", folder / "signed.pdf", signer)
        return (folder / "signed.pdf").read_bytes()
