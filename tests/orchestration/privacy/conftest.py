import sys
from pathlib import Path

# These tests share a module of helpers that lies beside them.
sys.path.append(str(Path(__file__).parent))
