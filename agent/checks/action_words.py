"""Words of action items that name no change: verbs of looking and degree, nouns for anything."""

from __future__ import annotations

import re

from agent.checks.pattern import Pattern


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LOOKING = Pattern(
    r"(?:think|consider|contemplate|explore|discuss|debate|look|evaluate|investigate|inspect|revisit|rethink"
    r"|reconsider|re-?evaluate|re-?assess|study|research|understand|talk|speak|brainstorm|assess"
    r"|examine|analy[sz]e|scope"
    r"|review|re-?examine|monitor|watch|observe|follow|figure out|find out|something|anything"
    r"|bring [\w ]{0,30}together|identify|determine|think through|emphasi[sz]e|stress"
    r"|highlight|reiterate|underline|champion|nurture|cultivate|instil|empower|map out|find (?:an?|some"
    r"|better|the right) (?:[\w-]+ )?(?:ways?"
    r"|solutions?)|reach out|touch base|meet|hold (?:a|an)|have (?:a|an|another) (?:\w+ )?(?:meeting"
    r"|chat|discussion"
    r"|session|talk|conversation|look|think)|take (?:a|another) (?:\w+ )?look|go (?:over|through)"
    r"|schedule (?:a|an) (?:\w+ )?(?:meeting|call|session|discussion|workshop)|encourage|promote|foster"
    r"|push|seek|advocate"
    r"|embrace|drive|lead|own|spend|invest|raise awareness|create awareness|increase awareness|gather"
    r"|collect (?:ideas"
    r"|feedback|thoughts)|see (?:if|whether|how|what)|get (?:better|to grips|a (?:better )?(?:grip|handle"
    r"|understanding)|more)|start (?:a|thinking|looking|working|to)|open a discussion|aim|strive|work"
    r"|try|learn|sync"
    r"|align|coordinate|communicate|collaborate|liaise|engage|check (?:if|whether|in with|with)"
    r"|keep (?:(?:a )?(?:close |closer )?(?:eye|watch|lookout)|an eye|up|on|track"
    r"|in mind|[a-z]+ing|improving)|be|become|stay|remain|continue|come up|play|dig|ponder|weigh"
    r"|familiari[sz]e|experiment"
    r"|ask around|agree on something|pay|care|focus|prioriti[sz]e)(?![\w-])",
    re.IGNORECASE,
)
"""What starts like this ends when somebody says so; a record, a number or a decision gives it an end."""

DEGREE = Pattern(
    r"(?:improve|enhance|strengthen|optimi[sz]e|tidy(?: up)?|refactor|re-?architect|address|tackle"
    r"|deal with|harden"
    r"|modernise|modernize|simplify|stabili[sz]e|streamline|sort (?:out|things)|rework|overhaul|revamp"
    r"|refine|polish"
    r"|bolster|beef up|level up|ramp up|future-proof|reinforce|upskill|mature|evolve|further|rationali[sz]e"
    r"|professionali[sz]e|speed (?:up|things)|accelerate|boost|maximi[sz]e|minimi[sz]e"
    r"|better|more|fewer|less|improved|enhanced|stronger|faster|safer|closer|clearer|tighter|smarter"
    r"|nicer|easier|simpler|sooner|smoother|cleaner|proper|good"
    r"|greater|higher|deeper|additional|general|overall)(?![\w-])",
    re.IGNORECASE,
)
"""What starts like this names a direction and no destination."""

AMOUNT = Pattern(
    r"(?:reduce|tighten(?: up)?|lower|lessen|increase|raise|shorten|lengthen|tune|tweak|adjust|scale"
    r"|cut down|decrease|speed)(?![\w-])",
    re.IGNORECASE,
)
"""What starts like this changes a value; it has to say to which."""

UPDATING = _words(
    "fix update document test check verify validate ensure make use do help support manage maintain "
    "prepare plan develop"
    " extend expand upgrade patch complete finish finalise finalize cover adapt change modify revise "
    "provide allow get have"
    " repair correct audit automate keep guarantee assure enable clarify share clean cleanup handle "
    "solve resolve mitigate prevent"
    " avoid eliminate secure standardise standardize consolidate"
)
_MAKING = _words(
    "add write create build introduce implement define establish install set publish design draft put "
    "deploy start"
)
CREATING = _MAKING | _words(
    "alert alerts runbook dashboard dashboards documentation docs monitoring tests test logging automation"
    " training process alerting tooling metrics guidelines checklist policy"
)
"""Verbs whose object has to say what comes into being, and nouns that stand for such a verb."""
VERBS = _MAKING | UPDATING

STOP = _words(
    "the a an of to in on for and or with our its their by from at is are be it this that as we us into "
    "up out off not"
    " these those them they so can will would should must than then there about around between within "
    "through across over"
    " also just very really any all one once how why what which who where when own us via per if do does new"
)
GENERIC = _words(
    "bug bugs fix fixes error errors failure failures fault faults thing things stuff issue issues "
    "problem problems"
    " situation everything anything something incident incidents outage outages cause causes root "
    "system systems service"
    " services application applications app apps software platform solution solutions setup environment "
    "environments"
    " infrastructure infra component components process processes procedure procedures workflow "
    "workflows practice"
    " practices code codebase test tests testing monitoring alert alerts alerting logging logs metrics "
    "observability"
    " visibility documentation docs document documents runbook runbooks playbook playbooks wiki tooling "
    "tools tool"
    " automation training knowledge communication collaboration cooperation coordination alignment ownership"
    " responsibility deployment deployments deploy deploys release releases rollout rollouts change "
    "changes work team teams"
    " people staff engineers developers approach strategy strategies way ways plan plans option options "
    "alternative"
    " alternatives idea ideas measure measures step steps action actions area areas case cases scenario "
    "scenarios risk"
    " risks impact detail details coverage handling management maintenance operation operations concept "
    "concepts mess"
    " topic topics work-around aspect aspects effort efforts story gap gaps need needs requirement "
    "requirements necessary relevant"
    " affected related similar various several some other others existing current future general "
    "overall entire whole"
)
_PRAISE = (
    r"(?:better|more|fewer|clear|clearer|useful|helpful|sane|proper|properly|robust|appropriate"
    r"|appropriately|adequate"
    r"|adequately|sufficient|sufficiently|improved|good|best|well|resilient|stable|reliable|clean"
    r"|cleaner|faster|smarter"
    r"|enough|carefully|thoroughly|safer|safe|secure|scalable|maintainable|efficient|effective\w*"
    r"|stronger|sooner|closer"
    r"|closely|smoother|smooth|smoothly|nicer|easier|simpler|higher|high|often|frequent\w*|sensible"
    r"|reasonable|meaningful"
    r"|suitable|correctly|flaky|legacy|old|possible|again|somehow|generally)"
)
PRAISE = Pattern(rf"{_PRAISE}\b", re.IGNORECASE)
LOOSE = Pattern(
    rf"\b(?:{_PRAISE}|resilien\w+|stability|reliab\w+|quality|practices|awareness|culture|mindset"
    rf"|thinking|visibility"
    r"|observability|scalab\w+|maintainab\w+|availability|robustness|efficien\w+|hygiene|posture"
    r"|redundancy|performance"
    r"|technical debt|tech debt|debt|clarity|once and for all|readiness|preparedness|maturity"
    r"|excellence|discipline"
    r"|transparency|governance|confidence|as intended|scratch|(?:in|into) shape|up to (?:date|speed"
    r"|standard|par)"
    r"|next level)\b",
    re.IGNORECASE,
)
"""Words of praise and goods in general; beside them it takes more to say what is to be done."""
