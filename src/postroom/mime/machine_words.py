"""The words of machine_address.py in each language: folded (small letters, no accents), "*" stands for any ending."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """How one language speaks to a machine; each field holds words or short phrases between "|".

    `machine` is who is addressed, `reader` who may read a mail without being meant. `dismiss` wants `orders` ignored,
    and `dismiss_last` stands after them. `forget` says so only together with `everything`: "you forgot the
    instructions" is about a manual. `fixed` needs nothing beside it. `note` and `to` make "note to the", `greet` is the
    beginning of a salutation. After `if_you_are` and `you_are` comes the machine; `reads` and `this_mail` follow the
    reader.
    """

    machine: str
    reader: str
    dismiss: str
    dismiss_last: str
    forget: str
    everything: str
    orders: str
    fixed: str
    note: str
    to: str
    greet: str
    if_you_are: str
    you_are: str
    reads: str
    this_mail: str


SPEECHES = (
    Speech(
        machine="ai | bot | chatbot | llm | gpt | chatgpt | language model | ai model | ai agent | ai assistant"
        " | virtual assistant | digital assistant | automated assistant | automated agent | automated system"
        " | automatic system | auto responder | autoresponder | assistant",
        reader="machine | model | software | program | system | robot | script",
        dismiss="ignore | disregard | override | bypass | discard | stop following | no longer follow | do not obey",
        dismiss_last="should be ignored | must be ignored",
        forget="forget",
        everything="all | any | everything | every | your | previous | prior | earlier | the above | these",
        orders="instruction* | prompt | prompts | guideline* | directive* | guardrail* | safeguards | programming"
        " | system rules | safety rules | previous rules | prior rules | your rules | all rules",
        fixed="system prompt | system instruction* | hidden prompt | initial prompt"
        " | your instructions are | new instructions are | developer mode | debug mode | jailbreak | prompt injection"
        " | without human review | without human approval | without manual review | from now on you are",
        note="note | instruction | instructions | attention | notice | hint | command | commands | memo | reminder"
        " | directive",
        to="to | to the | to any | to all | to your | for | for the | for any | for all | for your",
        greet="dear | hello | hey | hi | attention",
        if_you_are="if you are | if you re",
        you_are="you are | you re | act as | acting as | pretend to be | behave as | behave like | roleplay as"
        " | respond as | answer as",
        reads="reading | processing | answering | handling | classifying | parsing | that reads | that processes"
        " | that answers | that handles | that classifies | which reads | which processes | which answers",
        this_mail="this mail | this email | this e mail | this message | this text | this ticket | these mails"
        " | these emails | these messages",
    ),
    Speech(
        machine="ki | ai | bot | chatbot | llm | sprachmodell | ki assistent* | ki agent* | ki system*"
        " | ki modell | virtuelle* assistent* | digitale* assistent* | automatische* assistent*"
        " | automatische* system* | antwortroboter | antwortautomat | assistenzsystem",
        reader="maschine | modell | software | programm | system | roboter | assistent*",
        dismiss="ignoriere | ignorieren | missachte | missachten | uberschreibe | uberschreiben | ueberschreibe"
        " | umgehe | umgehen | verwirf",
        dismiss_last="ignorieren | missachten | verwerfen | gelten nicht mehr",
        forget="vergiss | vergessen sie",
        everything="alle | alles | deine | samtliche | saemtliche | bisherige* | vorherige* | ihre bisherigen",
        orders="anweisung* | instruktion* | vorgaben | richtlinien | systemvorgaben | prompt | prompts"
        " | programmierung | befehle | deine regeln | alle regeln | bisherigen regeln",
        fixed="systemprompt* | system prompt* | systemanweisung* | entwicklermodus"
        " | deine anweisungen | deine regeln"
        " | ohne menschliche prufung | ohne menschliche pruefung | ohne menschliche freigabe"
        " | ohne manuelle prufung | ab sofort bist du",
        note="hinweis | hinweise | anweisung | anweisungen | achtung | notiz | befehl | befehle | anmerkung",
        to="an die | an den | an das | an alle | an jede | an jeden | an eine | an einen | an ihre | an ihren | an"
        " | fur die | fur den | fur das | fur alle | fur ihre | fuer die | fuer den | fuer das | fur | fuer",
        greet="liebe | lieber | hallo | achtung | werte | werter",
        if_you_are="wenn du | falls du | sofern du | wenn sie | falls sie | sofern sie | als",
        you_are="du bist | sie sind | agiere | handle | verhalte dich | verhalten sie sich | antworte als",
        reads="die diese | der diese | das diese | die meine | der meine | das meine | die den | welche diese",
        this_mail="e mail | mail | nachricht | anfrage | text",
    ),
    Speech(
        machine="ia | bot | chatbot | llm | modele de langage | assistant ia | assistant virtuel"
        " | assistant automatique"
        " | assistant numerique | agent virtuel | agent ia | systeme automatique | systeme automatise"
        " | intelligence artificielle | repondeur automatique",
        reader="machine | modele | logiciel | programme | systeme | robot | assistant",
        dismiss="ignore | ignorer | ignorez | contourne | contournez | outrepasse | outrepassez | ne tiens pas compte"
        " | ne tenez pas compte | ne tiens plus compte | ne tenez plus compte",
        dismiss_last="ne s appliquent plus | sont annulees",
        forget="oublie | oubliez | oublier",
        everything="tout | toutes | tous | tes | toute | vos consignes | vos instructions | vos directives",
        orders="instruction* | consigne* | directive* | prompt | prompts | invite systeme | programmation | tes regles"
        " | vos regles | toutes les regles",
        fixed="prompt systeme | invite systeme | instructions systeme | system prompt"
        " | mode developpeur | oubliez vos consignes | oubliez vos instructions | oubliez vos directives"
        " | sans verification humaine | sans validation humaine | sans controle humain | desormais tu es",
        note="note | instruction | instructions | consigne | consignes | attention | avis | remarque | ordre",
        to="a l | a la | au | aux | a toute | a tout | pour l | pour la | pour le | pour les | pour | destine a l"
        " | destinee a l",
        greet="cher | chere | bonjour | attention",
        if_you_are="si vous etes | si tu es | en tant que | en tant qu",
        you_are="vous etes | tu es | agis comme | agissez comme | comporte toi comme | comportez vous comme"
        " | reponds comme | repondez comme",
        reads="qui lit | qui traite | qui repond a | qui analyse | qui classe | qui lisez | qui traitez",
        this_mail="ce mail | cet email | cet e mail | ce courriel | ce message | ce texte | mon mail | mon message",
    ),
    Speech(
        machine="ia | bot | chatbot | llm | modelo de lenguaje | asistente de ia | asistente virtual"
        " | asistente automatico | asistente digital | agente virtual | agente de ia | sistema automatico"
        " | sistema automatizado | inteligencia artificial",
        reader="maquina | modelo | programa | sistema | robot | asistente | software",
        dismiss="ignora | ignore | ignoren | ignorad | ignorar | descarta | descarte | haz caso omiso de"
        " | haga caso omiso de | no sigas | no siga",
        dismiss_last="ya no valen | ya no se aplican | quedan anuladas",
        forget="olvida | olvide | olviden | olvidad | olvidar",
        everything="todo | todas | todos | tus | cualquier",
        orders="instruccion* | indicaciones | directrices | directivas | prompt | prompts | programacion | tus reglas"
        " | sus reglas | todas las reglas | tus normas | todas las normas",
        fixed="prompt del sistema | prompt de sistema | instrucciones del sistema | system prompt"
        " | modo desarrollador | sin revision humana | sin supervision humana | sin aprobacion humana"
        " | a partir de ahora eres",
        note="nota | instruccion | instrucciones | atencion | aviso | orden | ordenes",
        to="a la | al | a los | a cualquier | para la | para el | para los | para cualquier | para | a",
        greet="querida | querido | estimada | estimado | hola | atencion",
        if_you_are="si eres | si es usted | si usted es | como",
        you_are="eres | usted es | actua como | actue como | comportate como | comportese como | responde como",
        reads="que lee | que lea | que procesa | que procese | que responde a | que gestiona | que clasifica"
        " | que analiza",
        this_mail="este correo | este mail | este email | este mensaje | este texto | mi correo | mi mensaje",
    ),
    Speech(
        machine="ia | bot | chatbot | llm | modello linguistico | assistente virtuale | assistente automatico"
        " | assistente digitale | assistente ia | assistente ai | agente virtuale | agente ai | sistema automatico"
        " | risponditore automatico | intelligenza artificiale",
        reader="macchina | modello | programma | sistema | robot | assistente | software",
        dismiss="ignora | ignori | ignorino | ignorate | ignorare | aggira | aggirate | non seguire"
        " | non considerare | non tenere conto",
        dismiss_last="non valgono piu | sono annullate",
        forget="dimentica | dimentichi | dimenticate | dimenticare | scordati",
        everything="tutte | tutto | tutti | ogni | le tue | qualsiasi",
        orders="istruzion* | indicazioni | direttiv* | prompt | programmazione | le tue regole | tutte le regole"
        " | le regole",
        fixed="prompt di sistema | prompt del sistema | istruzioni di sistema | system prompt"
        " | modalita sviluppatore | senza revisione umana | senza verifica umana | senza controllo umano"
        " | senza approvazione umana | da ora in poi sei",
        note="nota | istruzione | istruzioni | attenzione | avviso | comando | ordine",
        to="per l | per la | per il | per gli | per i | per | all | alla | al | agli | a",
        greet="cara | caro | gentile | ciao | salve | attenzione",
        if_you_are="se sei | se lei e | se siete | in quanto",
        you_are="sei | lei e | agisci come | agisca come | comportati come | rispondi come | risponda come",
        reads="che legge | che elabora | che risponde a | che gestisce | che classifica | che analizza",
        this_mail="questa mail | questa email | questa e mail | questo messaggio | questo testo | il mio messaggio",
    ),
    Speech(
        machine="ai | ki | bot | chatbot | llm | taalmodel | ai assistent | ai systeem | virtuele assistent"
        " | automatische assistent | digitale assistent | automatisch systeem | automatische systeem"
        " | kunstmatige intelligentie",
        reader="machine | model | software | programma | systeem | robot | assistent",
        dismiss="negeer | negeren | omzeil | omzeilen | volg niet",
        dismiss_last="negeren | gelden niet meer",
        forget="vergeet",
        everything="alle | alles | je | jouw | eerdere | vorige | elke",
        orders="instructie | instructies | aanwijzing* | opdrachten | richtlijnen | prompt | prompts"
        " | programmering | je regels | jouw regels | alle regels",
        fixed="systeemprompt* | system prompt | systeeminstructie* | ontwikkelaarsmodus"
        " | zonder menselijke controle | zonder menselijke beoordeling | zonder menselijke goedkeuring"
        " | vanaf nu ben je",
        note="opmerking | instructie | instructies | notitie | opdracht | aanwijzing | aanwijzingen | attentie",
        to="aan de | aan het | aan een | aan elke | aan alle | aan uw | aan | voor de | voor het | voor een"
        " | voor elke | voor alle | voor uw | voor",
        greet="beste | hallo | geachte | attentie | lieve",
        if_you_are="als je | als u | als jij | als",
        you_are="je bent | jij bent | u bent | gedraag je als | gedraagt u zich als | antwoord als",
        reads="die deze | die dit | die mijn | dat deze | dat dit | dat mijn",
        this_mail="mail | e mail | email | bericht | tekst | vraag",
    ),
)
