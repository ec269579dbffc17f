"""What a fetch costs in CPU and memory, and how long good sites wait for hanging ones.

Each module is a program.
"""
