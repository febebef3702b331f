"""Secrets that the other side renews by itself, as some token endpoints do with refresh tokens: kept in the account."""

import structlog

from postroom.actions.accounts_sealed import place_of
from postroom.interfaces.stores import Stores
from postroom.model.account import Account
from postroom.providers import Renewed
from postroom.sealing import Seal

log = structlog.get_logger()


def kept_renewed(stores: Stores, seal: Seal, account: Account) -> Renewed:
    """Return what stores the renewed secrets of `account`, without counting that as a change: nothing is opened anew.

    Where a person changed the account meanwhile, or never stored it, theirs stays. StoreError where it cannot be
    stored; until it is, a crash loses the secret.
    """

    async def renewed(path: str, secret: str) -> None:
        sealed = seal.close(secret, place=f"{place_of(account.family, account.name)}/{path}")
        if not await stores.accounts.reseal(account, {path: sealed}):
            log.info("renewed_secret_not_kept", family=account.family.value, name=account.name, setting=path)

    return renewed
