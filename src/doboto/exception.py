"""The import path of DOBOTO 0.6 programs: `from doboto.exception import DOBOTOException`."""

from .errors import DOBOTOException, DOBOTONotFoundException, DOBOTOPollingException

__all__ = ["DOBOTOException", "DOBOTONotFoundException", "DOBOTOPollingException"]
