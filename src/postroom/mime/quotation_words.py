"""The words by which mail programs and people mark quoted history and the end of a mail, by language.

Written down from the mail programs' own texts: English, German, French, Spanish, Italian, Portuguese, Dutch, Polish,
Russian, Japanese and Chinese. All in lower case.
"""


def _phrases(text: str) -> frozenset[str]:
    """Return the phrases of `text`, which are separated by bars."""
    return frozenset(text.split("|"))


# The first word of "On Monday, Jane wrote:".
OPENERS = _phrases("on|am|le|el|il|em|no|op|dnia|w|a|za|dne|pe|den|在|于|於|в|во|from|von|de|del|da|van|od|от")

# How "wrote:" ends an attribution, colon and blanks removed.
VERBS = (
    "wrote", "writes", "wrote the following", "said", "has written",
    "schrieb", "schrieb folgendes", "geschrieben", "schreibt",
    "a écrit", "a ecrit", "écrit", "a écrit ce qui suit",
    "escribió", "escribio", "ha escrito",
    "ha scritto", "scrisse", "ha scritto quanto segue", "ha inviato il seguente messaggio",
    "escreveu", "escreveu o seguinte",
    "schreef", "het volgende geschreven", "schreef het volgende", "heeft geschreven",
    "napisał(a)", "napisał/a", "napisał", "napisała", "napisano", "pisze",
    "написал", "написала", "написал(а)", "пишет", "писал", "писал(а)",
    "写道", "寫道", "写到", "のメール", "のメッセージ", "さんが書きました", "さんは書きました",
    "からのメール",
)  # fmt: skip

# Verbs that stand before the name: "Am 12. Mai schrieb Jane:".
INNER_VERBS = (" schrieb ", " schreef ", " hat ", " heeft ", " escribió ", " pisze ")

# Words that make "On Monday I wrote:" a sentence of the sender's own.
PRONOUNS = _phrases(
    "i|we|you|he|she|they|it|who|my|your|our|his|her|their|ich|wir|ihr|sie|du|er|man|mein|meine|ihre|unser|unsere|"
    "je|j'ai|nous|vous|tu|il|elle|on|votre|notre|yo|nosotros|usted|ustedes|ella|él|su|mi|nuestro|io|noi|voi|lei|lui|"
    "mio|suo|nostro|eu|nós|você|vocês|ele|ela|meu|minha|seu|sua|nosso|ik|wij|jij|jullie|hij|zij|uw|mijn|ons|onze|"
    "ja|my|ty|wy|on|ona|pan|pani|mój|я|мы|вы|ты|он|она|мой|ваш|我|我们|你|您|私"
)
POSSESSIVES = _phrases(
    "my|your|our|mein|meine|ihre|unser|unsere|votre|notre|mio|nostro|meu|minha|nosso|uw|mijn|onze|mój|мой|ваш"
)

# The keys of the header block that Outlook and others put above quoted text, and what each stands for.
HEADER_ROLES: dict[str, str] = {
    key: role
    for role, keys in {
        "from": "from|von|de|desde|da|van|od|от|from name|отправитель|差出人|送信者|发件人|發件人|寄件者|寄件人|"
        "expéditeur|remitente|"
        "mittente|afzender|nadawca|absender|从|来自",
        "sent": "sent|date|gesendet|datum|envoyé|envoyé le|date d'envoi|enviado|enviado el|enviada|enviada em|"
        "enviado em|"
        "fecha|data|inviato|verzonden|wysłano|wysłane|отправлено|дата|日時|送信日時|发送时间|發送時間|发送日期|"
        "日期|时间|寄件日期|"
        "date de|received|sent at|gesendet am|data invio",
        "to": "to|an|à|a|para|aan|do|кому|宛先|收件人|收件者|destinataire|destinatario|destinatário|empfänger|"
        "adresat|至",
        "cc": "cc|kopie|copie|kopie an|copia|c.c|cópia|dw|копия|副本|抄送|抄送人|bcc|cci|ccn|reply-to|antwort an|"
        "répondre à|priority|importance|wichtigkeit|attachments|anlagen|organization|organisation",
        "subject": "subject|betreff|objet|asunto|oggetto|assunto|onderwerp|temat|тема|件名|主题|主題|主旨|"
        "betrifft|sujet|"
        "re|titel|标题",
    }.items()
    for key in _phrases(keys)
}

# What stands between dashes above quoted or forwarded text.
ORIGINAL = _phrases(
    "original message|original mail|original e-mail|original email|forwarded message|forwarded by|reply message|"
    "original appointment|begin forwarded message|start of forwarded message|forwarded mail|reply to message|"
    "ursprüngliche nachricht|ursprungliche nachricht|originalnachricht|original-nachricht|originalmeldung|"
    "weitergeleitete nachricht|anfang der weitergeleiteten nachricht|urspr. nachricht|originaltext|"
    "ursprüngliche e-mail|"
    "message d'origine|message original|message d’origine|message transféré|courriel original|mail original|"
    "début du message transféré|début du message réexpédié|message transmis|courrier d'origine|e-mail d'origine|"
    "mensaje original|mensaje reenviado|correo original|inicio del mensaje reenviado|mensagem original|"
    "messaggio originale|messaggio inoltrato|inizio messaggio inoltrato|messaggio inoltrato da|e-mail originale|"
    "mensagem original|mensagem encaminhada|mensagem reencaminhada|início da mensagem encaminhada|e-mail original|"
    "oorspronkelijk bericht|origineel bericht|doorgestuurd bericht|begin doorgestuurd bericht|"
    "oorspronkelijke bericht|"
    "wiadomość oryginalna|oryginalna wiadomość|wiadomość przekazana|przekazana wiadomość|wiadomość pierwotna|"
    "początek przekazywanej wiadomości|treść oryginalnej wiadomości|treść przekazanej wiadomości|"
    "исходное сообщение|пересылаемое сообщение|пересланное сообщение|оригинальное сообщение|"
    "начало переадресованного сообщения|"
    "元のメッセージ|転送メッセージ|転送されたメッセージ|original message 元のメッセージ|転送元のメッセージ|"
    "原始邮件|原始郵件|转发邮件|轉寄郵件|邮件原件|原始信息|原邮件|转发的邮件|轉寄的郵件"
)

# How phones and apps sign, as the beginning or the end of a short line.
MOBILE_STARTS = (
    "sent from my", "sent from outlook", "sent from yahoo", "sent from mail for", "sent from proton",
    "sent from samsung",
    "sent from gmail", "sent from the", "sent via ", "sent using ", "get outlook for", "sent with proton", "sent by ",
    "sent on the go", "von meinem", "gesendet von", "gesendet mit", "gesendet über", "von unterwegs gesendet",
    "holen sie sich outlook", "diese nachricht wurde von meinem", "envoyé de mon", "envoyé depuis",
    "envoyé à partir de",
    "envoyé avec", "téléchargez outlook", "obtenez outlook", "enviado desde", "enviado con", "obtener outlook",
    "inviato da", "inviato dal", "inviato con", "ottieni outlook", "scarica outlook", "enviado do meu",
    "enviado pelo",
    "enviado a partir", "enviado de meu", "obter o outlook", "obtenha o outlook", "verstuurd vanaf",
    "verzonden vanaf",
    "verzonden met", "verstuurd met", "outlook voor", "download outlook", "wysłane z", "wysłano z", "pobierz outlook",
    "отправлено с", "отправлено из", "发自我的", "發自我的", "从我的", "從我的", "来自我的", "获取outlook",
)  # fmt: skip
MOBILE_ENDS = (
    "から送信", "から送信されました", "で送信", "を入手", "发送", "傳送", "发出", "gesendet",
)  # fmt: skip
MOBILE_DEVICES = (
    "iphone", "ipad", "android", "samsung", "galaxy", "huawei", "blackberry", "outlook", "mail", "mobile",
    "phone", "handy",
    "smartphone", "mobil", "tablet", "device", "nokia", "xiaomi", "windows", "verizon", "t-mobile", "appareil",
    "móvil",
    "celular", "cellulare", "telefoon", "telefon", "gerät", "手机", "手機", "スマ", "携帯", "web.de",
    "gmx", "proton",
)  # fmt: skip

# Words that close a mail, alone on their line. A name must follow, or the line stays the sender's own words.
CLOSINGS = _phrases(
    "regards|kind regards|best regards|warm regards|warmest regards|kindest regards|many regards|best|all the best|"
    "best wishes|sincerely|yours sincerely|sincerely yours|yours faithfully|yours truly|yours|respectfully|cheers|"
    "thanks|thank you|many thanks|thanks a lot|thanks again|thank you very much|thanks in advance|thanks so much|thx|"
    "thank you in advance|with best regards|with kind regards|thanks and regards|thanks & regards|"
    "thank you and regards|"
    "regards and thanks|rgds|br|kr|cordially|have a nice day|have a great day|love|take care|"
    "mit freundlichen grüßen|mit freundlichen grüssen|mit freundlichem gruß|mit freundlichem gruss|freundliche grüße|"
    "freundliche grüsse|viele grüße|viele grüsse|liebe grüße|beste grüße|beste grüsse|herzliche grüße|schöne grüße|"
    "mit besten grüßen|mit vielen grüßen|mit lieben grüßen|mit herzlichen grüßen|mfg|lg|vg|bg|gruß|grüße|gruss|"
    "hochachtungsvoll|danke|vielen dank|besten dank|herzlichen dank|danke im voraus|vielen dank im voraus|"
    "danke und gruß|danke und viele grüße|vielen dank und viele grüße|vielen dank und freundliche grüße|"
    "freundlicher gruß|freundlicher gruss|lieber gruß|viele liebe grüße|mit freundlichen gruessen|viele gruesse|"
    "cordialement|bien cordialement|très cordialement|bien à vous|sincères salutations|salutations|"
    "meilleures salutations|salutations distinguées|merci|merci d'avance|merci beaucoup|bonne journée|"
    "veuillez agréer mes salutations distinguées|respectueusement|amicalement|cdlt|bien à toi|à bientôt|"
    "avec mes meilleures salutations|merci par avance|"
    "saludos|un saludo|saludos cordiales|atentamente|cordialmente|muchas gracias|gracias|un cordial saludo|"
    "reciba un cordial saludo|atte|muy atentamente|gracias de antemano|un abrazo|gracias y saludos|"
    "cordiali saluti|distinti saluti|saluti|un cordiale saluto|grazie|grazie mille|la ringrazio|cordialmente|"
    "in attesa di un riscontro|buona giornata|un saluto|grazie in anticipo|grazie e saluti|tanti saluti|"
    "atenciosamente|cumprimentos|com os melhores cumprimentos|melhores cumprimentos|obrigado|obrigada|abraços|att|"
    "muito obrigado|muito obrigada|cordialmente|saudações|com os meus cumprimentos|grato|grata|"
    "met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|vriendelijke groeten|groeten|groet|mvg|"
    "hartelijke groet|hartelijke groeten|met hartelijke groet|hoogachtend|bedankt|alvast bedankt|dank u|dank u wel|"
    "bij voorbaat dank|dank je wel|"
    "pozdrawiam|z poważaniem|z wyrazami szacunku|serdecznie pozdrawiam|pozdrowienia|dziękuję|pozdrawiam serdecznie|"
    "z góry dziękuję|dzięki|"
    "с уважением|с наилучшими пожеланиями|всего доброго|спасибо|заранее спасибо|с приветом|искренне ваш|"
    "よろしくお願いします|よろしくお願いいたします|宜しくお願いします|宜しくお願い致します|"
    "宜しくお願いいたします|よろしくお願い致します|"
    "敬具|以上|以上、よろしくお願いいたします|以上、よろしくお願いします|何卒よろしくお願いいたします|"
    "此致|敬礼|此致敬礼|谢谢|謝謝|祝好|顺祝商祺|敬上|谢谢您|顺颂商祺|此致 敬礼|祝工作顺利|多谢"
)
