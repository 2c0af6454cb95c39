"""Certificates of servers and callers by a CA made on the spot, as PEM files that a switch or a person reads."""

from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.support.certificates import Held

from nianjian.engines.kernel import clock


def server(folder: Path, issuer: Held, kind: str, names: list[x509.GeneralName], *, days: int = 30) -> Path:
    """``kind.pem`` with certificate and key; ``days`` below 0: over already."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, kind)]))
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(issuer.key, hashes.SHA256())
    )
    own = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / f"{kind}.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + own)
    return path
