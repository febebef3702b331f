"""Words that say nothing about a customer's question, per language: articles, pronouns, courtesy, reply prefixes.

Question words and negations stay out of the lists where they carry meaning ("when", "not", "how long").
"""

import unicodedata

_EN = """
monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
october november december today yesterday a an the and or but if so as at by for from in into of off on onto to with
about than then too very just also only i me my mine myself we us our you your yours he she it its they them their
this that these those there here am is are was were be been being do does did doing have has had having can could will
would shall should may might must what which who whom hi hello dear hey sir madam team thanks thank many regards kind
best greetings sincerely cheers please kindly re fw fwd ve ll don didn doesn isn won let like want would get got one
some any much such other good morning afternoon evening day lindenhof know tell question quick regarding concerning
advance look forward hearing
"""
_DE = """
montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar marz april juni juli august september
oktober november dezember heute gestern euro eur der die das den dem des ein eine einen einem einer eines und oder
aber wenn weil dass als wie so auch nur noch schon ich mich mir mein meine meinen meinem meiner meines wir uns unser
unsere unseren du dich dir dein sie ihr ihre ihren ihrem ihrer ihnen er es ihn ihm sich man dies diese dieser dieses
diesen diesem jene hier dort da dann denn doch mal bin ist sind war waren sein seid wird werden wurde wurden worden
habe hat haben hatte hatten kann konnen konnte konnten mochte mochten mochten will wollen wollte soll sollte muss
musste darf durfte wurde gerne bitte danke vielen dank hallo guten tag morgen abend sehr geehrte geehrter damen herren
liebe lieber freundliche freundlichen gruss grusse grussen mfg lg in im an am auf aus bei beim mit nach von vom vor zu
zum zur fur um uber unter durch bis ob was welche welcher welches welchen aw wg fwd re lindenhof team frage wissen
sagen voraus etwas eben eigentlich leider ja nun also vg beste besten
"""
_FR = """
lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril juin juillet aout septembre octobre
novembre decembre hier euros eur le la les un une des du de au aux et ou mais si que qui quoi dont ce cet cette ces
cela ca ici je me moi mon ma mes nous notre nos vous votre vos tu te toi ton ta tes il elle ils elles lui leur leurs
se son sa ses on en dans par pour sur sous avec sans chez vers entre est sont suis es etes etait ete etre ai as avez
ont avons avait avoir fait faire peux peut pouvez pourriez pourrais puis puisse voudrais voudrait veux veut souhaite
souhaiterais aimerais dois doit bonjour bonsoir madame monsieur cordialement salutations merci beaucoup avance svp
plait cher chere equipe lindenhof re tr fwd tres bien aussi tout tous toute toutes meme donc alors car comme quel
quelle quels quelles est il bonne journee veuillez agreer savoir question jai
"""
_ES = """
lunes martes miercoles jueves viernes sabado domingo enero febrero marzo abril mayo junio julio agosto septiembre
octubre noviembre diciembre ayer hoy euros eur el la los las un una unos unas de del al y e o u pero si que quien lo
le les me mi mis mio yo nos nuestro nuestra ustedes usted su sus tu te ti tus se ella ellos esto esta este estos estas
eso esa ese aqui alli en con por para sobre desde hasta entre sin es son soy era fue ser sido estoy esta estan estaba
estar he ha han hemos habia haber tengo tiene tienen puedo puede pueden podria podrian podeis quiero quisiera queria
querria gustaria debo hola buenos buenas dias tardes noches estimado estimada estimados saludos saludo cordial
cordiales atentamente gracias muchas favor equipo lindenhof re rv fwd muy mas tambien solo ya pues como cual cuales
saber pregunta consulta antemano
"""
_IT = """
lunedi martedi mercoledi giovedi venerdi sabato domenica gennaio febbraio marzo aprile maggio giugno luglio agosto
settembre ottobre novembre dicembre ieri oggi euro eur il lo la i gli le un uno una di del dello della dei degli delle
a al allo alla ai agli alle da dal dallo dalla in nel nella nei con su sul sulla per tra fra e ed o ma se che chi cui
io mi me mio mia miei mie noi ci nostro nostra voi vi vostro vostra vostri lei lui loro suo sua si ne questo questa
questi queste quello quella qui e sono sei era essere stato stata ho ha hanno abbiamo avete avere posso puo possono
potete potreste potrebbe vorrei voglio desidero devo buongiorno buonasera salve ciao gentile gentili signori cordiali
saluti distinti grazie mille anticipo favore cortesia team lindenhof re fwd molto piu anche solo gia poi quindi come
quale quali sapere domanda gia
"""
_NL = """
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart april juni juli augustus september
oktober november december gisteren vandaag euro eur de het een en of maar als dat die dit deze er hier daar ik me mij
mijn we wij ons onze u uw je jij jouw jullie hij zij ze hem haar hun zich men in op aan van voor naar met bij uit om
over onder door tot te ten ter is ben bent zijn was waren worden wordt werd heb hebt heeft hebben had kan kunt kunnen
kon zou zouden wil willen wilde graag moet mag hallo beste geachte heer mevrouw dag goedemorgen goedemiddag goedendag
vriendelijke vriendelijk groet groeten groetjes dank bedankt alvast mvg alstublieft aub team lindenhof re fwd antw
doorst zo ook nog al wel dan toch even maar heel erg wat welke weten vraag vraagje
"""


def _folded(listed: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", listed.casefold())
    return frozenset("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


STOP_WORDS: dict[str, frozenset[str]] = {
    "en": _folded(_EN),
    "de": _folded(_DE),
    "fr": _folded(_FR),
    "es": _folded(_ES),
    "it": _folded(_IT),
    "nl": _folded(_NL),
}
