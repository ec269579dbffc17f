"""Every setting of newsmill, typed, with its unit and the reason for its default.

Where a value comes from, strongest first:

1. an environment variable (`NEWSMILL_FETCH__MIN_GAP_S`), or the file that it names (`NEWSMILL_REDIS_URL_FILE`); lists are JSON there, 2.
the user's own file, `newsmill.toml` in the data folder, which `newsmill set` writes, 3. the TOML file named by `NEWSMILL_CONFIG`, else
`config/newsmill.toml` in the working folder, 4. the default in the modules of this package.

If `newsmill up` is running on the same data folder, a command in another terminal also reads the settings of that process
(cli/local/running_settings.py), with a rank between 1 and 2. `data_dir` cannot be set in the user's own file, because that file is in
it. Unknown names are refused.

Each group of settings is a module; `loading` reads them. Every package may import this one. It imports `pipeline.environment` and
`pipeline.wording`.
"""

from pipeline.environment import DELIMITER, PREFIX, SettingsError
from pipeline.settings.fetching import Fetch
from pipeline.settings.loading import (
    OWN_FILE,
    Settings,
    config_file,
    layers,
    load_settings,
    own_file,
    process_settings,
    sections,
    settings,
    valid,
)
from pipeline.settings.mask import mask_url
from pipeline.settings.polling import Poll, WebSub
from pipeline.settings.retry import Retry
from pipeline.settings.section import Section
from pipeline.settings.services import Outputs, Postgres, Store, Web
from pipeline.settings.work import Dispatch, Extract, Files, Stories, Workers

__all__ = [
    "DELIMITER",
    "OWN_FILE",
    "PREFIX",
    "Dispatch",
    "Extract",
    "Fetch",
    "Files",
    "Outputs",
    "Poll",
    "Postgres",
    "Retry",
    "Section",
    "Settings",
    "SettingsError",
    "Store",
    "Stories",
    "Web",
    "WebSub",
    "Workers",
    "config_file",
    "layers",
    "load_settings",
    "mask_url",
    "own_file",
    "process_settings",
    "sections",
    "settings",
    "valid",
]
