"""What a transport met, as an exception of ours."""

from __future__ import annotations

import ssl

from ..errors import (
    DOBOTOCertificateException,
    DOBOTOConnectionException,
    DOBOTOException,
    DOBOTOTimeoutException,
)


def map_exception(failure: Exception, *, connected: bool) -> DOBOTOException:
    """An exception with the text of what went wrong and without its traceback, whose frames hold the token.

    Args:
        failure: What went wrong.
        connected: Whether there was a connection to the API, so that something may have been sent.
    """
    message = f"{type(failure).__name__.removesuffix('Error')}: {failure}".replace("\n", " ")
    if isinstance(failure, TimeoutError):
        return DOBOTOTimeoutException(f"no reply in time ({message})", sent=connected)
    if isinstance(failure, ssl.SSLCertVerificationError):
        return DOBOTOCertificateException(f"not trusted ({message}); ca_file names whom to trust", sent=connected)
    return DOBOTOConnectionException(f"no reply ({message})", sent=connected)
