import sys
from pathlib import Path

# These tests share modules of helpers that lie beside them.
sys.path.append(str(Path(__file__).parent))
