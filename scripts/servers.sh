#!/usr/bin/env bash
# Install the mail server that the tests run against (Dovecot), where it is missing: as root, else say how.
set -euo pipefail
stamp=$1
command -v dovecot >/dev/null || PATH=$PATH:/usr/sbin command -v dovecot >/dev/null && { touch "$stamp"; exit 0; }
packages="dovecot-imapd dovecot-lmtpd"
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
	echo "The tests need the mail server Dovecot 2.3; install it first, on Debian: sudo apt-get install $packages" >&2
	exit 1
fi
echo "Installing $packages ..." >&2
export DEBIAN_FRONTEND=noninteractive
install_them() { apt-get install -y -qq --no-install-recommends $packages >/dev/null; }
install_them || { apt-get update -qq && install_them; }
touch "$stamp"
