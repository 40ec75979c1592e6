"""Where ztui keeps what: the four XDG folders, on every platform. Nothing is created before it is needed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from platformdirs.unix import Unix

from ztui.errors import ConfigError
from ztui.store.atomic import make_private_folder


@dataclass(frozen=True, slots=True)
class Locations:
    """The folders: `config_dir` (profiles), `state_dir` (ledger, archives, crash notes), `data_dir` (saved mappings),
    `cache_dir` (access tokens, metadata). Folders are made with mode 0700 by the methods that hand out files in them.
    """

    config_dir: Path
    state_dir: Path
    data_dir: Path
    cache_dir: Path

    @classmethod
    def default(cls) -> Locations:
        """The user's folders: `XDG_CONFIG_HOME` and friends, else `~/.config`, `~/.local/state`, ...; also on macOS.

        Raises ConfigError HOME_MISSING when there is no home (a container's user without an entry in passwd).
        """
        dirs = Unix("ztui", appauthor=False)
        try:
            return cls(
                config_dir=dirs.user_config_path,
                state_dir=dirs.user_state_path,
                data_dir=dirs.user_data_path,
                cache_dir=dirs.user_cache_path,
            )
        except RuntimeError as reason:
            facts = {"reason": "HOME is not set, and the system knows none for this user"}
            raise ConfigError("HOME_MISSING", details=facts) from reason

    @classmethod
    def under(cls, root: Path) -> Locations:
        """Four folders below `root`: what throw-away sessions and tests use."""
        return cls(root / "config", root / "state", root / "data", root / "cache")

    @property
    def profiles_file(self) -> Path:
        """`profiles.toml`, which people may edit by hand."""
        return self.config_dir / "profiles.toml"

    @property
    def recent_file(self) -> Path:
        """The files opened lately."""
        return self.state_dir / "recent.json"

    @property
    def mappings_dir(self) -> Path:
        """Mappings remembered per header signature."""
        return self.data_dir / "mappings"

    @property
    def unsent_dir(self) -> Path:
        """Mappings changed by hand and not sent yet, per file."""
        return self.state_dir / "unsent"

    @property
    def tokens_file(self) -> Path:
        """Access tokens until they expire."""
        return self.cache_dir / "tokens.json"

    @property
    def crash_dir(self) -> Path:
        """Notes about unexpected errors."""
        return self.state_dir / "crashes"

    def ensure(self, folder: Path) -> Path:
        """Create one of these folders, mode 0700, and return it. Raises StoreError (read-only home, full disk)."""
        return make_private_folder(folder)
