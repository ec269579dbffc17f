"""The commands of `newsmill`, in a folder for each kind of thing they are about. One file holds one command.

Three files hold several, since these do the same to what was chosen and share the choosing: `feeds/control_feeds.py` (pause, resume, poll,
remove), `hosts/control_hosts.py` (pause, resume, set-delay, ignore-robots) and `run.py`. `feeds/feeds.py` and `hosts/hosts.py` put the
commands of their noun together. Used by `cli.main`; may import `cli.local`, `cli.demo` and the shared modules beside this folder.
"""
