"""Every setting of newsmill, typed, with its unit and the reason for its default.

Where a value comes from, strongest first:

1. an environment variable (`NEWSMILL_FETCH__MIN_GAP_S`), or the file that it names (`NEWSMILL_REDIS_URL_FILE`); lists are JSON there,
2. the user's own file, `newsmill.toml` in the data folder, which `newsmill set` writes,
3. the TOML file named by `NEWSMILL_CONFIG`, else `config/newsmill.toml` in the working folder,
4. the default written in the modules of this package.

A command in another terminal also reads what a running `newsmill up` on the same data folder works with (cli/local/running_settings.py); that
stands between 1 and 2. `data_dir` is not read from the user's own file, which lies in it. A name that is not in this package is refused.

One module a group of settings; `loading` reads them. Everything may import this package; it imports `pipeline.environment` and `pipeline.wording`.
"""

from pipeline.environment import DELIMITER, PREFIX, SettingsError
from pipeline.settings.fetching import Fetch, Retry
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
