"""What users test their own models with: `run_js` runs Python in JS, as the browser would."""

from ..errors import JSError, JSTimeout, NodeError, TranspileError
from .snippets import run_js

__all__ = ["JSError", "JSTimeout", "NodeError", "TranspileError", "run_js"]
