"""Reads from SFTP servers whose host key this machine knows."""

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem


class KnownSftp(SFTPFileSystem):  # type: ignore[misc]  # fsspec and paramiko come without types
    """fsspec's SFTP, which by default trusts any server, restricted to host keys in the user's ~/.ssh/known_hosts.

    An unknown or changed key raises paramiko's SSHException, so that no other server can supply an issue.
    """

    def _connect(self) -> None:
        self.client = paramiko.SSHClient()
        self.client.load_system_host_keys()
        self.client.set_missing_host_key_policy(paramiko.RejectPolicy())
        self.client.connect(self.host, **self.ssh_kwargs)
        self.ftp = self.client.open_sftp()

    def close(self) -> None:
        """Close the connection."""
        self.client.close()
