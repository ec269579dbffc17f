"""What grows faster than its input: every pattern, and every function that reads foreign text, at worst-case inputs."""
