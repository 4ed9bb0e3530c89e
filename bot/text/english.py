"""English as the checks read it: words and their stems, verbs that tell and verbs that move, the words of forecasts. By list and ending, no model.

Rules that stand on these lists are silent for other languages (`is_meant`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.text import language

WORD = re.compile(r"[^\W\d_]+(?:['.][^\W\d_]+)*")
"""A word, with what an apostrophe or the stops of U.S.A. hold together."""


def words(listed: str) -> frozenset[str]:
    """The words of a list written with spaces."""
    return frozenset(listed.split())


FUNCTION = words(
    "a an the and or but nor so yet if then than as at by for from in into of off on onto out over per through throughout to toward towards under up upon via with within without "
    "about above across after against along among amid around before behind below beneath beside besides between beyond despite down during except inside like near outside "
    "since till until versus vs while whereas although though because unless whether i me my mine we us our ours you your yours he him his she her hers it its they them their theirs "
    "this that these those who whom whose which what when where why how here there all any both each every few many more most much neither no none not only other others own same "
    "several some such too very just also even ever never again already always almost nearly now still once soon later today yesterday tomorrow be am is are was were been being "
    "have has had having do does did doing done will would shall should can could may might must let lets i'm it's that's there's what's don't doesn't didn't isn't aren't wasn't "
    "weren't won't wouldn't can't couldn't get gets got getting make makes made making take takes took taking see sees saw seen seeing go goes went gone going "
    "come comes came coming put puts set sets one another something anything nothing everything someone anyone everyone well however meanwhile moreover therefore thus hence instead "
    "yes no ok okay per cent percent new old first last next early late high low big small good bad great long short"
)
"""Words that say nothing of what a sentence is about."""

_IRREGULAR = dict(
    pair.split(":") for pair in (
        "grew:grow grown:grow rose:rise risen:rise fell:fall fallen:fall shrank:shrink shrunk:shrink lost:lose won:win sold:sell bought:buy paid:pay said:say told:tell "
        "held:hold led:lead left:leave met:meet made:make took:take taken:take gave:give given:give found:find built:build began:begin begun:begin brought:bring spent:spend "
        "sent:send ran:run became:become wrote:write written:write spoke:speak spoken:speak drew:draw drawn:draw drove:drive driven:drive broke:break broken:break chose:choose "
        "chosen:choose came:come went:go gone:go kept:keep knew:know known:know saw:see seen:see stood:stand struck:strike swept:sweep taught:teach thought:think died:die dying:die "
        "men:man women:woman children:child people:person overtook:overtake overtaken:overtake sank:sink sunk:sink sprang:spring stole:steal stolen:steal caught:catch fought:fight "
        "lent:lend meant:mean shot:shoot slid:slide threw:throw thrown:throw wore:wear worn:wear flew:fly flown:fly got:get had:have has:have was:be were:be is:be are:be been:be "
        "did:do done:do undertook:undertake withdrew:withdraw bore:bear beat:beat beaten:beat data:data media:media"
    ).split()
)
_ENDINGS = (("ies", "y"), ("ied", "y"), ("ingly", ""), ("edly", ""), ("ings", ""), ("ing", ""), ("ed", ""), ("sses", "ss"), ("es", "e"), ("s", ""), ("ly", ""))


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """What is left of a word in small letters without its endings: `grows`, `growing` and `grew` are one."""
    word = word.removesuffix("'s").removesuffix("'")
    word = _IRREGULAR.get(word, word)
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: len(word) - len(ending)] + instead
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


_NO_CONTENT = frozenset(stem(word) for word in FUNCTION)

UP = words(
    "grow grows grew grown growing growth rise rises rose risen rising increase increases increased increasing surge surges surged surging jump jumps jumped jumping climb climbs "
    "climbed climbing gain gains gained gaining soar soars soared soaring expand expands expanded expanding expansion leap leaps leapt leaped boost boosts boosted skyrocket "
    "skyrockets skyrocketed spike spikes spiked rally rallied rallies higher up hike hikes hiked uptick accelerate accelerates accelerated improve improves improved swell swelled"
)
DOWN = words(
    "fall falls fell fallen falling drop drops dropped dropping decline declines declined declining decrease decreases decreased decreasing slump slumps slumped slumping plunge plunges "
    "plunged plunging sink sinks sank sunk tumble tumbles tumbled tumbling slide slides slid dip dips dipped shrink shrinks shrank shrunk shrinking lower lowers lowered cut cuts cutting "
    "reduce reduces reduced reducing reduction down slip slips slipped contract contracts contracted contraction plummet plummets plummeted crash crashed lose loses lost cheaper fewer less discount"
)
MOVES = frozenset(stem(word) for word in UP | DOWN)

SAYING = words(
    "say says said saying report reports reported reporting claim claims claimed announce announces announced tell tells told telling warn warns warned predict predicts predicted "
    "forecast forecasts forecasted estimate estimates estimated expect expects expected argue argues argued add adds added note notes noted state states stated confirm confirms "
    "confirmed reveal reveals revealed find finds found show shows showed shown explain explains explained insist insists insisted admit admits admitted suggest suggests suggested "
    "believe believes believed think thinks thought write writes wrote tweet tweets tweeted project projects projected conclude concludes concluded declare declares declared "
    "describe describes described comment comments commented reply replies replied ask asks asked call calls called promise promises promised vow vows vowed pledge pledges pledged"
)
HEDGES = words(
    "will would shall should could may might can expect expects expected expecting expectation expectations forecast forecasts forecasting predict predicts predicted prediction "
    "predictions project projected projects projection projections likely plan plans planned planning aim aims aimed aiming hope hopes hoped hoping intend intends intended propose "
    "proposes proposed estimate estimates estimated anticipate anticipates anticipated set due poised possible possibly perhaps potential potentially probably if unless to'll 'll "
    "outlook target targets scheduled wants want upcoming future"
)
POSSIBLE = words("could may might possibly perhaps potentially possible potential")
_REPORTED_PAST = frozenset(SAYING - words("forecast found shown told"))


def is_meant(article: str | None, text: str) -> bool:
    """Is this English? The article's language (BCP 47) decides; a text that is surely in another one is not."""
    guessed = language.guess(text)
    if article:
        return article.split("-")[0].lower() == "en" and guessed in ("en", None)
    return guessed == "en"


def content(text: str) -> frozenset[str]:
    """Stems of the words that say what a text is about."""
    found = (stem(match[0].lower()) for match in WORD.finditer(text))
    return frozenset(one for one in found if len(one) > 1 and one not in _NO_CONTENT)


PAST_WORDS = words(
    "grew rose fell lost won sold bought paid held led left met made took gave found built began brought spent sent ran became wrote spoke drew drove broke chose came went kept "
    "saw stood struck swept hit cut shrank sank overtook beat leapt slid was were had did opened closed put set got"
)


def past(tokens: list[str], *, telling: bool = False) -> list[int]:
    """Where words in small letters tell what happened: simple past and perfect; verbs of telling only where asked for."""
    return [at for at, token in enumerate(tokens) if (telling or token not in _REPORTED_PAST) and _happened(tokens, at)]


def is_past(word: str) -> bool:
    """May a word in small letters be a verb that tells what happened?"""
    return word in PAST_WORDS or word == "used" or _regular_past(word)


def _happened(tokens: list[str], at: int) -> bool:
    token = tokens[at]
    perfect = token in ("has", "have") and any(_participle(later) for later in tokens[at + 1 : at + 3])
    return perfect or _regular_past(token) or (token in PAST_WORDS and token not in ("hit", "cut", "put", "set"))


def _regular_past(token: str) -> bool:
    return len(token) > 4 and token.endswith("ed") and not token.endswith("eed") and token not in ("hundred", "combined", "united", "related", "limited", "based", "compared", "need")


def _participle(token: str) -> bool:
    return _regular_past(token) or token in _IRREGULAR or token in ("risen", "fallen", "grown", "been", "hit", "cut")
