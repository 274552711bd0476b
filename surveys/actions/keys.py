"""Key pairs: made by the seal worker, one claimed by each launch."""

import uuid

from django.conf import settings

from surveys import keyring
from surveys.models import KeyPair

KEYS_IN_STOCK = 20


class NoKeyInStock(Exception):
    """The seal worker has not made a key pair yet; the next sweep tries again."""


def stock_keys(wanted: int = KEYS_IN_STOCK) -> int:
    """Fill the stock of unused key pairs; only the seal worker may do this. Returns how many were made."""
    missing = wanted - KeyPair.objects.filter(state=KeyPair.State.STOCK).count()
    for _ in range(missing):
        pair_id = uuid.uuid4()
        public = keyring.make(settings.KEY_DIR, pair_id)
        KeyPair.objects.create(id=pair_id, public=public)
    return max(missing, 0)


def claim_key() -> KeyPair:
    """Take an unused pair for a round, together with what else the transaction does. Raises NoKeyInStock."""
    claimed = KeyPair.objects.raw(
        "UPDATE surveys_keypair SET state = 'claimed' WHERE id = (SELECT id FROM surveys_keypair"
        " WHERE state = 'stock' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *"
    )
    for pair in claimed:
        return pair
    raise NoKeyInStock
