"""How good the verdicts are: `python -m benchmarks.correlation [--quick]` from the repository's root."""

from benchmarks.correlation.command import main

if __name__ == "__main__":
    main()
