"""The commands of ``gongkai``, a module a theme. They ask the layers below, and print."""
