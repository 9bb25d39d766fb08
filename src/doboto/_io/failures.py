"""What a transport met, as an exception of ours that says how far the request had come."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import (
    DOBOTOCertificateException,
    DOBOTOConnectionException,
    DOBOTOException,
    DOBOTOTimeoutException,
    Stage,
)

#: What failed at each stage.
FAILED: Mapping[Stage, str] = {
    Stage.WAIT: "no connection of the pool became free",
    Stage.RESOLVE: "cannot resolve the host name {peer}",
    Stage.PROXY: "cannot connect through the proxy {peer}",
    Stage.CONNECT: "cannot connect to {peer}",
    Stage.TLS: "the TLS handshake with {peer} failed",
    Stage.EXCHANGE: "no valid response from {peer}",
}


def map_exception(failure: Exception, stage: Stage, peer: str) -> DOBOTOException:
    """Return an exception with the text of what went wrong and without its traceback, whose frames hold the token.

    Args:
        failure: What went wrong.
        stage: What was being done; only in `Stage.EXCHANGE` something may have been sent.
        peer: With which host and port.
    """
    sent = stage is Stage.EXCHANGE
    failed = FAILED[stage].format(peer=peer)
    reason = reason_of(failure)
    if isinstance(failure, TimeoutError):
        why = f" ({reason})" if str(failure) else ""  # that of asyncio says nothing
        return DOBOTOTimeoutException(f"{failed} in time{why}", sent=sent, stage=stage)
    import ssl  # plain HTTP does without it, and it takes long

    if isinstance(failure, ssl.SSLCertVerificationError):
        message = f"{failed}: its certificate is not trusted ({reason}); ca_file names the authorities to trust"
        return DOBOTOCertificateException(message, sent=sent, stage=stage)
    return DOBOTOConnectionException(f"{failed} ({reason})", sent=sent, stage=stage)


def reason_of(failure: Exception) -> str:
    """Return why something failed, in words: the system's, the exception's, or, if it has none, its name."""
    known = failure.strerror if isinstance(failure, OSError) else None
    return " ".join((known or str(failure) or type(failure).__name__).split())
