"""A small portal that serves sample reports on loopback, and the renderer that draws them in many layouts."""
