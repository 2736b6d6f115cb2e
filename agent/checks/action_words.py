"""Words of action items that name no change: verbs of looking and degree, nouns for anything."""

from __future__ import annotations

import re

from agent.checks.pattern import Pattern


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LOOKING = Pattern(
    r"(?:think|consider|contemplate|explore|discuss|debate|look(?! up\b)|evaluate|investigate|revisit|rethink"
    r"|reconsider|re-?evaluate|re-?assess|study|research|understand|talk|speak|brainstorm|assess"
    r"|analy[sz]e|scope|contact|escalate|chase|approach"
    r"|review|re-?examine|figure out|find out|something|anything"
    r"|bring [\w ]{0,30}together|identify|think through"
    r"|(?:emphasi[sz]e|stress|highlight|reiterate|underline) (?:the (?:importance|need|value|role|point)"
    r"|that|to|how|again)"
    r"|champion|nurture|cultivate|instil|empower|map out|find (?:an?|some|better"
    r"|the right) (?:[\w-]+ )?(?:ways?"
    r"|solutions?)|reach out|touch base|get in touch|meet|hold (?:a|an)|have (?:a|an"
    r"|another) (?:\w+ )?(?:meeting"
    r"|chat|discussion"
    r"|session|talk|conversation|look|think)|have (?:[\w-]+ ){1,3}(?:look|think|investigate|explore)"
    r"|take (?:a|another) (?:\w+ )?look|take care|go (?:over|through)"
    r"|take (?:(?:the|all|any|some|appropriate|necessary|suitable|further|corrective"
    r"|preventive) )*(?:measures?|steps"
    r"|actions?|precautions)"
    r"|schedule (?:a|an) (?:\w+ )?(?:meeting|call|session|discussion|workshop)|encourage|promote|foster"
    r"|push (?:for|towards?)|seek|advocate"
    r"|(?:share|spread|transfer|disseminate|deepen|grow|gain) (?:\w+ ){0,3}(?:learnings?|lessons|knowledge"
    r"|experience"
    r"|insights?|know-?how|understanding|expertise|word)"
    r"|give (?:[\w-]+ ){1,3}(?:some |more |a little |a bit of )+(?:love|attention|care|thought)"
    r"|embrace|drive (?:adoption|change|forward|improvements?)|spend|invest|raise awareness|create awareness"
    r"|increase awareness"
    r"|collect (?:ideas"
    r"|feedback|thoughts)|see (?:if|whether|how|what)|get (?:better|to grips|on top|on the same|everybody"
    r"|everyone"
    r"|a (?:better )?(?:grip|handle|understanding)|more)|start (?:a|thinking|looking|working|to)"
    r"|open a discussion|aim|strive|work"
    r"|try|learn|sync"
    r"|collaborate|liaise|check (?:if|whether|in with|with)"
    r"|keep (?:(?:a )?(?:close |closer )?(?:eye|watch|lookout)|an eye|up|on|track"
    r"|in mind|[a-z]+ing|improving)|be|become|come up|play|dig|ponder"
    r"|familiari[sz]e|experiment"
    r"|ask around|agree on something|pay (?:down|(?:\w+ )?(?:attention|heed))|stay|remain|care|focus"
    r"|prioriti[sz]e)(?![\w-])",
    re.IGNORECASE,
)
"""What starts like this ends when somebody says so; a record, a number or a decision gives it an end."""

OBSERVING = Pattern(
    r"(?:monitor|watch|observe|follow|gather|determine|inspect|examine|lead|own|drive|continue|weigh"
    r"|align|coordinate|communicate|engage|agree (?:on|upon|with)|involve|consult|push)(?![\w-])",
    re.IGNORECASE,
)
"""What starts like this may be talk or an engineer's verb; enough particular words tell which."""

INQUIRING = Pattern(
    r"(?:investigate|look|explore|think|figure out|understand|discuss|talk|dig|ponder"
    r"|consider (?:\w+ing|an?|another|whether|if|options|alternatives|more))(?![\w-])",
    re.IGNORECASE,
)
"""Those of the above whose number or name says what is looked at; only a record of the answer ends them."""

LOOKING_NOUN = Pattern(
    r"(?:[\w-]+ ){0,3}(?:analysis|investigation|evaluation|assessment|discussion|brainstorming|workshop"
    r"|deep[- ]dive"
    r"|exploration|research|study)(?:$| (?:of|on|into|for|about|with)\b)",
    re.IGNORECASE,
)
"""The same as a noun: "root cause analysis", "deep dive into the database"."""

DEGREE = Pattern(
    r"(?:improve|enhance|strengthen|robustify|optimi[sz]e|tidy(?: up)?|refactor|re-?architect|address|tackle"
    r"|deal with|harden"
    r"|modernise|modernize|simplify|stabili[sz]e|streamline|sort (?:out|things)|rework|overhaul|revamp"
    r"|refine|polish"
    r"|bolster|beef up|level up|ramp up|future-proof|reinforce|upskill|mature|evolve|further|rationali[sz]e"
    r"|professionali[sz]e|speed (?:up|things)|accelerate|boost|maximi[sz]e|minimi[sz]e"
    r"|better|more(?! than)|fewer(?! than)|less(?! than)|improved|enhanced|stronger|faster|safer|closer"
    r"|clearer|tighter|smarter"
    r"|nicer|easier|simpler|sooner|smoother|cleaner|proper|good"
    r"|robust|resilient|reliable|modern|adequate|appropriate|sufficient|sensible|suitable|meaningful"
    r"|scalable|maintainable"
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
    " training train teach educate process alerting tooling metrics guidelines checklist policy"
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
    " old legacy flaky high safe secure"
    " affected related similar various several some other others existing current future general "
    "overall entire whole"
)
_PRAISE = (
    r"(?:better|more|fewer|clear|clearer|useful|helpful|sane|proper|properly|robust|appropriate"
    r"|appropriately|adequate"
    r"|adequately|sufficient|sufficiently|improved|good|best|well|resilient|stable|reliable|clean"
    r"|cleaner|faster|smarter"
    r"|enough|carefully|thoroughly|safer|scalable|maintainable|efficient|effective\w*"
    r"|stronger|sooner|closer"
    r"|closely|smoother|smooth|smoothly|nicer|easier|simpler|higher|often|frequent\w*|sensible"
    r"|reasonable|meaningful"
    r"|suitable|correctly|possible|again|somehow|generally)"
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
