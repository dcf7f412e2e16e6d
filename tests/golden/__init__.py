"""The golden corpus: documents of every container, era and noise, each with what is printed in it."""
