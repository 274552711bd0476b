"""The verbs this room utters. They carry ids and the number invited, never who answered, nor how many did not."""

PROGRAMME_CREATED = "pulses.programme_created"
PROGRAMME_CHANGED = "pulses.programme_changed"
PROGRAMME_STARTED = "pulses.programme_started"
PROGRAMME_PAUSED = "pulses.programme_paused"
PROGRAMME_RESUMED = "pulses.programme_resumed"
PROGRAMME_ENDED = "pulses.programme_ended"
WAVE_LAUNCHED = "pulses.wave_launched"
WAVE_REFUSED = "pulses.wave_refused"
WAVE_REMINDED = "pulses.wave_reminded"
WAVE_ENDED_EARLY = "pulses.wave_ended_early"
BANK_LOADED = "pulses.bank_loaded"

VERBS = (
    PROGRAMME_CREATED,
    PROGRAMME_CHANGED,
    PROGRAMME_STARTED,
    PROGRAMME_PAUSED,
    PROGRAMME_RESUMED,
    PROGRAMME_ENDED,
    WAVE_LAUNCHED,
    WAVE_REFUSED,
    WAVE_REMINDED,
    WAVE_ENDED_EARLY,
    BANK_LOADED,
)
