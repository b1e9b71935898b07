"""What users test their own models with: `settled` waits for handlers and raises what they raise, `run_js` runs Python in JS, as the browser would."""

from ..errors import JSError, JSTimeout, NodeError, NotSettled, TranspileError
from .settled import settled
from .snippets import run_js

__all__ = ["JSError", "JSTimeout", "NodeError", "NotSettled", "TranspileError", "run_js", "settled"]
