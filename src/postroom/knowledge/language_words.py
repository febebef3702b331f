"""What tells languages apart in a few words: their most frequent small words, and letters that only some write.

py3langid reads letter sequences and needs a sentence; "Hvor er pakken min?" is recognised by its words. The lists are
of common knowledge, some thirty words a language, frequent ones and, where there is a choice, not a neighbour's too
(Danish `jeg er ikke` is Norwegian as well; `hvad`, `af`, `mig` are not).
"""

_WORDS_LISTED: dict[str, str] = {
    "en": """
        the and you your is are was were have has had not this that with for from what where when how why
        please my  i would could will do does did can it be been there hello thanks thank
    """,
    "de": """
        der die das und ich sie nicht ist sind mit für von auf ein eine einen mein meine wie wo wann warum
        bitte auch  habe hat haben wird kann können noch danke zu im bei aus aber wir guten
    """,
    "fr": """
        le la les des une je vous nous pas est suis avec pour dans sur mon ma mes comment où quand pourquoi
        merci et  votre vos ce cette été avez ai puis qui que bonjour ne au du
    """,
    "es": """
        el los las una y yo usted no es son con para por mi mis cómo dónde cuándo qué gracias pero muy está
        estoy he  ha han puedo quiero tengo del al su hola me ya
    """,
    "it": """
        il gli della del una che non è sono con per mio mia miei come dove quando perché grazie ma molto ho
        ha hanno  posso vorrei nel alla questo questa buongiorno ciao più anche di
    """,
    "nl": """
        de het een en ik u je niet is zijn met voor van op mijn hoe waar wanneer waarom bedankt maar heb
        heeft kan  kunt wil naar dit dat deze nog wel graag hallo bij ook
    """,
    "pt": """
        o os as um uma e eu você não é são com para por meu minha como onde quando quê obrigado obrigada mas
        muito  está estou tenho posso quero do da dos das no na olá já foi
    """,
    "pl": """
        nie jest się na do z w i co jak gdzie kiedy dlaczego proszę dziękuję mój moja moje mam czy że to już
        dla od  po ale jeszcze może dzień dobry są być
    """,
    "sv": """
        och jag du inte är att en ett på för med av min mitt mina hur var när varför tack men har kan vill
        det den  som till från ni hej kommer också eller
    """,
    "da": """
        og jeg du ikke er at en et på for med af min mit mine hvordan hvor hvornår hvorfor tak men har kan
        vil det  den som til fra mig hvad hej være blev også noget efter
    """,
    "no": """
        og jeg du ikke er å en et på for med av min mitt mine hvordan hvor når hvorfor takk men har kan vil
        det den  som til fra meg hva hei være ble også noe etter dere
    """,
    "fi": """
        ja en ei on se että mutta minun olen ole miten missä milloin miksi kiitos hei voi voinko onko kun
        jos mitä  tämä vielä teidän ovat minä saada kuin
    """,
    "cs": """
        a je se na v s z že jak kde kdy proč prosím děkuji můj moje jsem není ale už ještě mám jsou bych
        dobrý den  pro jste co nebo k od by
    """,
    "sk": """
        a je sa na v s z že ako kde kedy prečo prosím ďakujem môj moje som nie ale už ešte mám sú by dobrý
        deň pre  ste čo alebo od
    """,
    "hu": """
        a az és nem van hogy egy hol mikor miért kérem köszönöm de még már meg volt ez lehet vagy csak mi
        szeretnék  jó napot hogyan kell el
    """,
    "ro": """
        și nu este sunt cu pentru de la un o meu mea cum unde când mulțumesc dar am ați mi să vă în din pe
        ce care  bună ziua mai fost
    """,
    "tr": """
        ve bir bu için ile değil nasıl nerede zaman neden teşekkürler ama benim var yok mı mi ne çok lütfen
        merhaba  olarak daha ben sipariş kadar
    """,
    "hr": """
        i je se na u s da nije sam kako gdje kada zašto molim hvala moj moja ali još već imam su bi dobar
        dan za ste  što ili od
    """,
}

_LETTERS_LISTED: dict[str, str] = {
    "de": "ßäöü",
    "fr": "éèêëàâçîïôùûœ",
    "es": "ñ¿¡áéíóú",
    "it": "àèéìòù",
    "nl": "ëï",
    "pt": "ãõçáéíóúâêôà",
    "pl": "ąćęłńóśźż",
    "sv": "åäö",
    "da": "æøå",
    "no": "æøå",
    "fi": "äö",
    "cs": "ěščřžýáíéůúďťň",
    "sk": "ľščťžýáíéôäúňďĺŕ",
    "hu": "őűáéíóöúü",
    "ro": "ăâîșțşţ",
    "tr": "ğışçöü",
    "hr": "čćđšž",
}

LANGUAGE_WORDS = {language: frozenset(listed.split()) for language, listed in _WORDS_LISTED.items()}
LANGUAGE_LETTERS = {language: frozenset(listed) for language, listed in _LETTERS_LISTED.items()}
