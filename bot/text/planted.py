"""Sentences of an article that speak to a language model rather than to a reader, by rule: "ignore previous instructions", fake system tags.

Precise rather than eager. What it finds supports nothing a post says; what it misses is data all the same, and is checked like any draft.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

from bot.text.plain import fold

LONGEST = 3_000
"""Characters of a sentence that are looked at."""

_START = r"(?:^|(?<=[.:!?;\"'“”»)\]>*-])|(?<=[.:!?;,\"'“”»)\]>*-] ))(?:(?:please|also|now|then|and|always|instead|you must|you should|make sure to|be sure to|remember to|hey|ok|important) ?[,:]? ?)*"
_OUTPUT = r"(?:response|answer|reply|output|message|summary|completion|post|tweet|thread|draft|text|content|caption)s?"
_VERBS = (
    "add|include|insert|append|prepend|integrate|augment|enhance|modify|alter|replace|substitute|render|provide|write|translate|respond|answer|reply|output|print"
    "|begin|start|end|finish|mention|remove|scramble|jumble|misspell|introduce|use|convert|group|combine|rearrange|anagram|encode|format|put|repeat|reverse|finalize|conclude|weave|embed|incorporate|ask|tell|suggest|recommend|advertise|promote|thank|link|tag|quote|invite|urge"
)
_MODEL = r"(?:AI|A\.I\.|LLM|GPT|ChatGPT|(?:large )?language model|artificial intelligence|AI (?:language )?(?:model|assistant|agent|system|bot|tool|summari[sz]er))s?"
_EN = (
    (rf"{_START}(?:ignore|disregard|forget|override|bypass|discard|do not follow|don't follow|stop following)\b(?:\W+\w+){{0,4}}?\W+"
     r"(?:previous|prior|above|earlier|preceding|existing|original|initial|system|your)\b(?:\W+\w+){0,3}?\W+(?:instructions?|prompts?|directions?|directives?|commands?|guidelines|rules|context|messages?|constraints|programming)\b",
     "tells a model to ignore its instructions"),
    (r"\b(?:ignore|disregard|forget) (?:all|any|every|everything)(?: of)?(?: the| your)? (?:previous|prior|above|earlier|other)? ?(?:instructions?|prompts?|directives?|(?:you were|you have been) told)\b", "tells a model to ignore its instructions"),
    (rf"\bas an? {_MODEL}(?=,| you\b| who| that)[^.]{{0,60}}\byou(?:r|rs)?\b|\byou are (?:now |actually |really )?(?:an? )?(?:helpful |unrestricted |different )?{_MODEL}\b"
     rf"|\b(?:if|when|since|because) you are an? {_MODEL}\b|{_START}(?:act|behave|respond|pretend) (?:as|like|to be|that you are)\b[^.]{{0,20}}\b{_MODEL}\b", "speaks to an AI model"),
    (rf"(?:^|[\[(\W])(?:notes?|attention|messages?|instructions?|notice|reminder|warning|hints?|directive|memo|request) (?:to|for) (?:all |any |the |every )?(?:{_MODEL}|chatbots?|summari[sz]ers?|assistants?|bots?)\b\s*(?:[:,.\-–—]|reading|processing|summari[sz]ing|who|that)",
     "speaks to an AI model"),
    (rf"{_START}(?:attention|dear|hello|hi|hey),? {_MODEL}\b|{_START}{_MODEL}\s*[:,]\s*(?:please )?(?:{_VERBS}|ignore|tell|say|you)\b", "speaks to an AI model"),
    (rf"{_START}(?:{_VERBS})\b(?:[^.!?]|[.!?](?=\S)){{0,140}}\b(?:your|the model's|the assistant's) (?:\w+ )?{_OUTPUT}(?:'s?)?\b", "says what a model's answer should hold"),
    (rf"\b(?:in|to|with|of|from|throughout) your (?:\w+ )?(?:response|answer|reply|output|summary|completion)s?\b,? (?:\w+ly )?(?:{_VERBS}|tease|say|give)\b", "says what a model's answer should hold"),
    (rf"{_START}(?:include|add|insert|append|put|use|mention|tag|quote|write|link)\b(?:[^.!?]|[.!?](?=\S)){{0,80}}\b(?:in|into|to|at the (?:end|start|beginning) of|inside) (?:the|every|each|all|any) (?:\w+ )?(?:post|tweet|thread|summary|response|output|answer|reply|caption|draft)s?\b",
     "says what a post should hold"),
    (rf"{_START}(?:include|add|insert|append|use|mention|repeat|output|print|write) (?:only |exactly )?(?:the following|this|these) (?:\w+ )?(?:link|url|hashtag|tag|handle|sentence|phrase|text|code|words|markdown|json)s?\b\W", "says what a post should hold"),
    (rf"{_START}(?:respond|answer|reply|output|write|speak)(?: back)? (?:only |solely |exclusively |entirely )*(?:in|with|using) (?:\w+ )?(?:french|german|spanish|italian|russian|chinese|japanese|arabic|korean|portuguese|dutch|latin|pirate|base64|rot13|morse|emojis?|json|capital letters|all caps|uppercase|rhymes?|haiku)\b", "says how a model should answer"),
    (r"\b(?:reveal|print|repeat|show|output|leak|display|send|disclose)\b(?:[^.!?]|[.!?](?=\S)){0,40}\b(?:system prompt|your (?:system |initial |original |hidden )?(?:instructions|prompt|rules)|api key|above prompt)\b", "asks a model for its instructions"),
    (r"\b(?:new|updated|real|true|actual|hidden|secret|additional) (?:system )?instructions?\s*:|\b(?:system|admin|developer) (?:prompt|override|message|instruction)s?\s*[:\]]|\b(?:begin|end|start) of (?:system |user )?(?:prompt|instructions)\b", "pretends to be a model's instructions"),
)
_OTHERS = (
    r"\b(?:ignorier(?:e|en|t)|vergiss|vergesst|missachte|verwirf)\b.{0,40}\b(?:anweisung|instruktion|vorgabe|befehl|prompt|systemanweisung)",
    r"\b(?:ignore[rz]?|oublie[rz]?|néglige[rz]?)\b.{0,40}\b(?:instructions|consignes|directives|invites?|prompts?) (?:précédent|antérieur|ci-dessus|d['e])",
    r"\b(?:ignor[ae]|olvid[ae]|omit[ae]|descart[ae])n?\b.{0,40}\b(?:instrucciones|indicaciones|órdenes|istruzioni|instruções|ordens|direttive)\b",
    r"\b(?:negeer|vergeet)\b.{0,40}\b(?:instructies|opdrachten|aanwijzingen)\b|\b(?:dimentica|esqueça|desconsidere)\b.{0,40}\b(?:istruzioni|instruções|prompt)\b",
    r"(?:игнорируй|забудь|проигнорируй)(?:те)?.{0,40}(?:инструкци|указани|команд|промпт)|(?:忽略|无视|無視|忘记|忘掉).{0,12}(?:指令|指示|提示词|提示|命令)",
    r"(?:指示|命令|プロンプト|指令).{0,8}(?:無視|忘れ)|(?:지시|명령|프롬프트|지침).{0,8}(?:무시|잊)|تجاهل.{0,30}(?:التعليمات|الأوامر|الإرشادات)",
    r"\b(?:füge?n?|ergänze|schreibe?|nimm|setze)\b.{0,90}\b(?:in|zu|an|ans|unter) (?:den|dem|der|die|das|deinen?|deiner|deinem|jeden?|ihre[nr]?) (?:beitrag|post|tweet|antwort|zusammenfassung)\b",
    r"\b(?:ajoute|inclus|inclue|insère|mets|mentionne)[rzs]?\b.{0,90}\b(?:dans|à|au) (?:ta|votre|la|le|chaque|ton) (?:réponse|publication|résumé|post|tweet|message)\b",
    r"\b(?:añad[ae]|incluy[ae]|agreg[ae]|insert[ae]|pon)\b.{0,90}\b(?:en|a) (?:tu|su|la|el|cada) (?:respuesta|publicación|resumen|post|tuit|mensaje)\b",
    r"\b(?:als|en tant qu['e]|como|come) (?:ki-modell|sprachmodell|ki-assistent|ia|modèle de langage|modelo de lenguaje|modello linguistico|assistente ia|asistente de ia)\b.{0,60}\b(?:musst|sollst|du|tu|vous|devez|debes|devi|deve)\b",
)
_TAGS = re.compile(
    r"<\|[\w ]{1,40}\|>|\[/?INST\]|<</?SYS>>|</?(?:system|assistant|instructions?|prompt|im_start|im_end|tool_call|function_call)>|\[/?(?:SYSTEM|ASSISTANT)\]"
    r"|^\W{0,6}(?:SYSTEM|ASSISTANT)\s*(?:PROMPT|MESSAGE|NOTE|OVERRIDE|INSTRUCTIONS?)?\s*[:>]|^#{2,}\s*(?:system|instructions?|human|assistant)\s*:?\s*$|\bBEGIN (?:SYSTEM|PROMPT|INSTRUCTIONS)\b", re.M,
)
_RULES = (*((re.compile(rule, re.I), reason) for rule, reason in _EN), *((re.compile(rule, re.I), "gives a model instructions") for rule in _OTHERS))
_HINT = re.compile(
    r"ignor|disregard|forget|overrid|bypass|discard|follow|instru[ckç]|istruz|prompt|\bA\.?I\b|LLM|GPT|language model|artificial|assistant|chatbot|\bbots?\b|summari[sz]er"
    r"|\byour\b|\bposts?\b|tweet|thread|summary|response|output|answer|repl(?:y|ies)|respond|caption|draft|speak|these|\bsystem|\badmin|developer"
    r"|vergiss|vergesst|missacht|verwirf|oublie|néglige|olvid|omit|descart|negeer|vergeet|dimentica|esqueç|desconsid|beitrag|antwort|zusammenf|réponse|publica|résumé|respuesta|resumen|tuit"
    r"|mensaje|message|sprachmodell|ki-|langage|lenguaje|linguist|asist|assist|[^\x00-\u024f\u2000-\u20ff]", re.I)
"""Without one of these no rule finds anything: most sentences are passed over with one look."""
_CODE = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{24,}={0,2}")


def find(sentences: Mapping[str, str]) -> dict[str, str]:
    """The sentences (text by id) that speak to a language model: the reason, in words for a person, by id."""
    return {at: why for at, text in sentences.items() if (why := reason(text))}


def reason(text: str) -> str:
    """Why this sentence is none for readers; "" where it is."""
    text = " ".join(fold(text[:LONGEST]).split())
    if _TAGS.search(text):
        return "holds the marks of a model's conversation"
    found = _said(text)
    if found:
        return found
    for code in list(_CODE.finditer(text))[:5]:
        try:
            hidden = base64.b64decode(code[0] + "=" * (-len(code[0]) % 4)).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            continue
        if _said(hidden) or _TAGS.search(hidden):
            return "holds instructions in code"
    return ""


def _said(text: str) -> str:
    if not _HINT.search(text):
        return ""
    return next((why for rule, why in _RULES if rule.search(text)), "")
