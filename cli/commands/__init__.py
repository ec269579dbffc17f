"""The commands of `newsmill`, in a folder for each subject. One file holds one command.

Three files hold several commands, because these do similar things to the same selection: `feeds/control_feeds.py` (pause, resume, poll,
remove), `hosts/control_hosts.py` (pause, resume, set-delay, ignore-robots) and `run.py`. `feeds/feeds.py` and `hosts/hosts.py` collect
the commands of their subject. `cli.main` uses this package. It may import `cli.local`, `cli.demo` and the shared modules beside this
folder.
"""
