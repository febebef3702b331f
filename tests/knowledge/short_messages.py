"""Short messages as customers write them, in twelve languages."""

_LISTED = {
    "en": """Any update on this?|Still waiting for an answer|Wrong size, can I swap it?|Where's my refund
Cancel it please|Is the blue one back in stock?|The link you sent does not open|Thanks, that solved it
Hello, I can't log in|My parcel was left in the rain""",
    "de": """Gibt es etwas Neues?|Warte immer noch auf Antwort|Falsche Größe, kann ich tauschen?|Wo bleibt mein Geld
Bitte stornieren|Ist die blaue wieder da?|Der Link geht nicht auf|Danke, hat geklappt|Ich komme nicht in mein Konto
Das Paket lag im Regen""",
    "fr": """Des nouvelles ?|J'attends toujours une réponse|Mauvaise taille, un échange est possible ?
Où en est mon remboursement|Merci d'annuler|La bleue est-elle de retour ?|Le lien ne s'ouvre pas|Merci, c'est réglé
Impossible de me connecter|Mon colis est resté sous la pluie""",
    "es": """¿Hay novedades?|Sigo esperando respuesta|Talla equivocada, ¿puedo cambiarla?|Dónde está mi reembolso
Cancelen el pedido|¿Ya tienen la azul?|El enlace no abre|Gracias, solucionado|No puedo entrar en mi cuenta
Dejaron el paquete bajo la lluvia""",
    "it": """Ci sono novità?|Aspetto ancora una risposta|Taglia sbagliata, posso cambiarla?|Dov'è il mio rimborso
Annullate per favore|Quella blu è tornata?|Il link non si apre|Grazie, risolto|Non riesco ad accedere
Il pacco è rimasto sotto la pioggia""",
    "nl": """Is er al nieuws?|Ik wacht nog steeds op antwoord|Verkeerde maat, kan ik ruilen?|Waar blijft mijn geld
Graag annuleren|Is de blauwe er weer?|De link gaat niet open|Bedankt, opgelost|Ik kan niet inloggen
Het pakje lag in de regen""",
    "pt": """Há novidades?|Continuo à espera de resposta|Tamanho errado, posso trocar?|Onde está o meu reembolso
Cancelem, por favor|A azul já voltou?|A ligação não abre|Obrigado, está resolvido|Não consigo entrar na conta
A encomenda ficou à chuva""",
    "pl": """Czy są jakieś wieści?|Nadal czekam na odpowiedź|Zły rozmiar, mogę wymienić?|Gdzie mój zwrot pieniędzy
Proszę anulować|Czy niebieska już jest?|Link się nie otwiera|Dziękuję, działa|Nie mogę się zalogować
Paczka leżała na deszczu""",
    "sv": """Några nyheter?|Väntar fortfarande på svar|Fel storlek, kan jag byta?|Var är min återbetalning
Avboka tack|Finns den blå igen?|Länken går inte att öppna|Tack, det löste sig|Jag kan inte logga in
Paketet låg ute i regnet""",
    "da": """Er der nyt?|Venter stadig på svar|Forkert størrelse, kan jeg bytte?|Hvor er mine penge
Annuller venligst|Er den blå kommet igen?|Linket kan ikke åbnes|Tak, det virkede|Jeg kan ikke logge ind
Pakken lå ude i regnen""",
    "fi": """Onko uutta?|Odotan yhä vastausta|Väärä koko, voinko vaihtaa?|Missä rahani ovat|Peruuttakaa tilaus
Onko sinistä taas?|Linkki ei aukea|Kiitos, se auttoi|En pääse kirjautumaan|Paketti jätettiin sateeseen""",
    "cs": """Máte něco nového?|Stále čekám na odpověď|Špatná velikost, mohu vyměnit?|Kde jsou moje peníze
Prosím zrušit|Je už ta modrá?|Odkaz nejde otevřít|Děkuji, funguje to|Nemohu se přihlásit
Balík ležel na dešti""",
}

SHORT_MESSAGES = [
    (text, language) for language, listed in _LISTED.items() for text in listed.replace("\n", "|").split("|")
]
