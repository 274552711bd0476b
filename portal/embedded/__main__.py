"""`python -m portal.embedded DATA SOCKETS [throwaway]` is the supervisor."""

import sys

from portal.embedded.supervisor import main

raise SystemExit(main(sys.argv[1:]))
