"""The five pillars of customer-centricity: the spine every practice, question, course, metric and value hangs on."""

from enum import StrEnum


class Pillar(StrEnum):
    """One of the five; labels in both languages are in people/pillars.py."""

    LEADERSHIP = "leadership"
    UNDERSTANDING = "understanding"
    PEOPLE = "people"
    PROCESS = "process"
    MEASUREMENT = "measurement"
