"""The verbs this room utters. They carry counts of the invited only, never who answered, nor when."""

ROUND_LAUNCHED = "surveys.round_launched"
ROUND_CLOSED = "surveys.round_closed"
ROUND_CANCELLED = "surveys.round_cancelled"
ROUND_LOST = "surveys.round_lost"
