"""`python -m agent` is pm-agent."""

import sys

from agent.cli.main import main

sys.exit(main())
