"""TLS towards mail servers and token endpoints: one way to make a context, and words for what goes wrong."""

import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from postroom.errors import ConfigurationError

# The numbers are OpenSSL's verification errors (X509_V_ERR_… in x509_vfy.h).
_CERTIFICATE_PROBLEMS = {
    9: ("is not valid yet", "Set the clock of this machine right, or have the server's administrator renew it."),
    10: ("has expired", "Ask the server's administrator to renew it; until then nothing is sent or read there."),
    18: ("is signed by itself", "Save the server's certificate as a PEM file and name it as ca_file."),
    19: ("comes from an unknown authority", "Save the authority's certificate as a PEM file and name it as ca_file."),
    20: ("comes from an unknown authority", "Save the authority's certificate as a PEM file and name it as ca_file."),
    21: ("comes without its chain", "Ask the server's administrator to install the intermediate certificates."),
    23: ("was revoked", "Ask the server's administrator for a new one."),
    62: ("is for another name", "Use the host name that stands in the certificate."),
    64: ("is for another address", "Use the host name that stands in the certificate, not an IP address."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsProblem:
    """What went wrong in one sentence, and what to do."""

    message: str
    hint: str


def client_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """Return a context that checks certificates and names, against `ca_file` alone or the system's authorities.

    TLS 1.2 is the least (RFC 8996). Making one takes some milliseconds: keep it.

    Raises:
        ConfigurationError: `ca_file` cannot be read or holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise ConfigurationError(
            f"The ca_file {str(ca_file)!r} cannot be used: {error.strerror or 'it holds no certificate'}.",
            hint="Name a file with certificates in PEM form that Postroom may read.",
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def tls_problem(error: BaseException, *, host: str) -> TlsProblem | None:
    """Return what `error`, or an error that caused it, says about TLS with `host`; None where it says nothing.

    `host` has its port behind it, save that of https.
    """
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if cause is None:
        return None
    if isinstance(cause, ssl.SSLCertVerificationError):
        place = host if host.rpartition(":")[2].isdecimal() else f"{host}:443"
        unknown = ("is not accepted", f"Look at it with: openssl s_client -connect {place}")
        problem, hint = _CERTIFICATE_PROBLEMS.get(cause.verify_code, unknown)
        return TlsProblem(message=f"The certificate of {host} {problem}.", hint=hint)
    if cause.reason in {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"}:
        return TlsProblem(
            message=f"{host} does not begin with TLS on this port.",
            hint="Set security to starttls (usual on ports 587 and 143) or use the port for TLS (465, 993).",
        )
    return TlsProblem(
        message=f"TLS with {host} failed ({cause.reason or 'no reason given'}).",
        hint="The server may be too old for TLS 1.2; ask its administrator.",
    )


def is_loopback(host: str) -> bool:
    """Return whether `host` is this machine itself, as `localhost`, an address of 127.0.0.0/8, or ::1."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.rstrip(".").lower() == "localhost"
