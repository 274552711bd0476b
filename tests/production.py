"""The settings of the portal as `make lint` judges them: a customer's, but for what only this machine can answer."""

from portal.settings import *  # noqa: F403
from portal.settings import SILENCED_SYSTEM_CHECKS as SILENCED

# Whether this machine swaps, or has a folder for evidence, says nothing about the code.
SILENCED_SYSTEM_CHECKS = [*SILENCED, "portal.W002", "assessments.E001"]
