"""What becomes of text on its way into an output: its script, and the spaces between Han and Latin.

Writers and checks share the words of these options, OpenCC, and what an address in a text is; what a check expects it
works out by itself (`convert.verify.typeset`).
"""

from __future__ import annotations

from convert.typesetting.addresses import ADDRESS
from convert.typesetting.script import SCRIPTS, ScriptName, check_script
from convert.typesetting.setting import Joint, Spacing, Typesetting

__all__ = ["ADDRESS", "SCRIPTS", "Joint", "ScriptName", "Spacing", "Typesetting", "check_script"]
