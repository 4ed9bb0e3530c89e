"""Ranges of scripts that other modules ask for, as they stand between the brackets of a regular expression."""

from __future__ import annotations

HIRAGANA = "\u3041-\u3096"
"""Letters only."""
KATAKANA = "\u30a1-\u30fa"
"""Letters only."""
KANA = "\u3040-\u30ff"
"""Both blocks, with their marks and signs."""
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters, as Chinese, Japanese and Korean write them."""
HANGUL = "\uac00-\ud7af"
CJK_SIGNS = "\u3000-\u303f\uff00-\uff65"
"""Punctuation and full-width forms."""
SPACELESS = KANA + HAN
"""Chinese and Japanese, which put no spaces between words."""
