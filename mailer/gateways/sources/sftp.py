"""Speaks with an SFTP server, and only with one whose key this machine already knows."""

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem


class KnownSftp(SFTPFileSystem):  # type: ignore[misc]  # fsspec and paramiko come without types
    """fsspec's SFTP, which left alone trusts whatever server answers: nobody may pass off an issue as the editors'.

    The keys are those of the user's ~/.ssh/known_hosts; an unknown or changed one raises paramiko's SSHException.
    """

    def _connect(self) -> None:
        self.client = paramiko.SSHClient()
        self.client.load_system_host_keys()
        self.client.set_missing_host_key_policy(paramiko.RejectPolicy())
        self.client.connect(self.host, **self.ssh_kwargs)
        self.ftp = self.client.open_sftp()

    def close(self) -> None:
        """End the conversation."""
        self.client.close()
