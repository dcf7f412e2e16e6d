"""Pages as drawn, in points from the upper left corner: what the readers of PDF, OFD and scans share."""
