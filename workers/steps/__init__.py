"""What each task does, one module a step, and what the steps share: visiting hosts, starting and ending jobs.

`workers.tasks` and `newsmill add` use it; it imports `pipeline` and the worker's context.
"""
