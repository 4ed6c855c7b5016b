"""`python -m collector` is `snag`."""

import sys

from collector.cli import main

sys.exit(main())
