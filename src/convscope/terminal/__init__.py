"""What all commands share: options, output, the progress bar, paths, records and command lines."""
