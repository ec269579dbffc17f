"""What people read about numbers, invalid values and links that wait.

Pure functions that the workers, the web process and the command line share; imports nothing else of newsmill but outcomes.
"""
