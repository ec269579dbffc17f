"""What a process of the stack needs around its tasks: beat, heartbeat, limits, children, Flower.

`workers.__main__`, the tasks and the command line use it.
"""
