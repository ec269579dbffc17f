"""What each task does, one module for each step, and what all steps share: hosts visited, jobs begun and ended.

Used by `workers.tasks` and `newsmill add`; imports `pipeline` and the context of the worker.
"""
