"""Every front in front of every platform, over real sockets."""
