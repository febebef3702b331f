import pytest

from postroom.errors import PluginError, TransientError
from postroom.notifiers.public_address import only_public, resolve


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_public_addresses_pass(address: str) -> None:
    only_public("hooks.example", [address])  # Raises where it is refused.


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b:1::", "64:ff9b:1:ffff::5db8:d70e", "::7f00:1", "::5db8:d70e",
        "::ffff:0:7f00:1", "::ffff:0:5db8:d70e",
    ],
)  # fmt: skip
def test_addresses_of_the_own_network_are_refused(address: str) -> None:
    with pytest.raises(PluginError, match="not in the public internet"):
        only_public("hooks.example", ["93.184.215.14", address])


async def test_an_unknown_name_is_for_later() -> None:
    with pytest.raises(TransientError, match="cannot be resolved"):
        await resolve("a" * 300, 443)
