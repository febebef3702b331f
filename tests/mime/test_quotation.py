"""The sender's own words, the quoted history and the signature, in every language of the table."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.mime.quotation import split_quotation

ATTRIBUTIONS = {
    "gmail_english": "On Mon, 12 May 2025 at 10:30, Lindenhof Support <help@lindenhof.example> wrote:",
    "apple_english": "On 12 May 2025, at 10:30, Lindenhof Support <help@lindenhof.example> wrote:",
    "american_time": "On Mon, May 12, 2025 at 10:30 AM Lindenhof Support <help@lindenhof.example> wrote:",
    "thunderbird_english": "On 5/12/25 10:30, Lindenhof Support wrote:",
    "yahoo_english": "--- On Mon, 5/12/25, Lindenhof <help@lindenhof.example> wrote:",
    "wrapped_in_two": "On Mon, 12 May 2025 at 10:30, Lindenhof Support <\nhelp@lindenhof.example> wrote:",
    "wrapped_in_three": "On Mon, 12 May 2025 at 10:30, Lindenhof Support\n<help@lindenhof.example>\nwrote:",
    "gmail_german": "Am Mo., 12. Mai 2025 um 10:30 Uhr schrieb Lindenhof <help@lindenhof.example>:",
    "thunderbird_german": "Am 12.05.25 um 10:30 schrieb Lindenhof Kundendienst:",
    "apple_german": "Am 12.05.2025 um 10:30 schrieb Lindenhof <help@lindenhof.example>:",
    "gmail_french": "Le lun. 12 mai 2025 à 10:30, Lindenhof <help@lindenhof.example> a écrit :",
    "thunderbird_french": "Le 12/05/2025 à 10:30, Lindenhof a écrit\u00a0:",
    "gmail_spanish": "El lun, 12 may 2025 a las 10:30, Lindenhof (<help@lindenhof.example>) escribió:",
    "thunderbird_spanish": "El 12/5/25 a las 10:30, Lindenhof escribió:",
    "gmail_italian": "Il giorno lun 12 mag 2025 alle ore 10:30 Lindenhof <help@lindenhof.example> ha scritto:",
    "thunderbird_italian": "Il 12/05/2025 10:30, Lindenhof ha scritto:",
    "gmail_portuguese": "Em seg., 12 de mai. de 2025 às 10:30, Lindenhof <help@lindenhof.example> escreveu:",
    "thunderbird_portuguese": "Em 12/05/2025 10:30, Lindenhof escreveu:",
    "gmail_dutch": "Op ma 12 mei 2025 om 10:30 schreef Lindenhof <help@lindenhof.example>:",
    "thunderbird_dutch": "Op 12-05-2025 om 10:30 schreef Lindenhof:",
    "apple_dutch": "Op 12 mei 2025 om 10:30 heeft Lindenhof <help@lindenhof.example> het volgende geschreven:",
    "gmail_polish": "pon., 12 maj 2025 o 10:30 Lindenhof <help@lindenhof.example> napisał(a):",
    "thunderbird_polish": "W dniu 12.05.2025 o 10:30, Lindenhof pisze:",
    "gmail_russian": "пн, 12 мая 2025 г. в 10:30, Lindenhof <help@lindenhof.example>:",
    "thunderbird_russian": "12.05.2025 10:30, Lindenhof пишет:",
    "gmail_japanese": "2025年5月12日(月) 10:30 Lindenhof <help@lindenhof.example>:",
    "thunderbird_japanese": "2025/05/12 10:30、Lindenhof <help@lindenhof.example>のメール:",
    "gmail_chinese": "Lindenhof <help@lindenhof.example> 于2025年5月12日周一 10:30写道：",
    "thunderbird_chinese": "在 2025/5/12 10:30, Lindenhof 写道:",
    "apple_chinese": "在 2025年5月12日，10:30，Lindenhof <help@lindenhof.example> 写道：",
    "name_first": "Lindenhof Support <help@lindenhof.example> wrote:",
}
BLOCKS = {
    "english": "From: Lindenhof <help@lindenhof.example>\nSent: Monday, May 12, 2025 10:30\nTo: Jane\nSubject: Order",
    "bold": "*From:* Lindenhof <help@lindenhof.example>\n*Sent:* Monday, 12 May 2025\n*To:* Jane\n*Subject:* Order",
    "apple_mail": "From: Lindenhof <help@lindenhof.example>\nSubject: Order\nDate: 12 May 2025 10:30\nTo: Jane",
    "german": "Von: Lindenhof <help@lindenhof.example>\nGesendet: Montag, 12. Mai 2025\nAn: Jane\nBetreff: Bestellung",
    "french": "De : Lindenhof <help@lindenhof.example>\nEnvoyé : lundi 12 mai 2025 10:30\nÀ : Jane\nObjet : Commande",
    "french_nbsp": "De\u00a0: Lindenhof\nEnvoyé\u00a0: lundi 12 mai 2025\nÀ\u00a0: Jane\nObjet\u00a0: Commande",
    "spanish": "De: Lindenhof\nEnviado el: lunes, 12 de mayo de 2025\nPara: Jane\nAsunto: Pedido",
    "italian": "Da: Lindenhof\nInviato: lunedì 12 maggio 2025 10:30\nA: Jane\nOggetto: Ordine",
    "portuguese": "De: Lindenhof\nEnviada em: segunda-feira, 12 de maio de 2025\nPara: Jane\nAssunto: Pedido",
    "dutch": "Van: Lindenhof\nVerzonden: maandag 12 mei 2025 10:30\nAan: Jane\nOnderwerp: Bestelling",
    "polish": "Od: Lindenhof\nWysłano: poniedziałek, 12 maja 2025\nDo: Jane\nTemat: Zamówienie",
    "russian": "От: Lindenhof\nОтправлено: 12 мая 2025 г.\nКому: Jane\nТема: Заказ",
    "japanese": "差出人: Lindenhof\n送信日時: 2025年5月12日\n宛先: Jane\n件名: 注文",
    "chinese": "发件人: Lindenhof\n发送时间: 2025年5月12日\n收件人: Jane\n主题: 订单",
    "traditional_chinese": "寄件者: Lindenhof\n日期: 2025年5月12日\n收件者: Jane\n主旨: 訂單",
    "under_a_rule": "________________________________\nFrom: Lindenhof\nSent: Monday\nTo: Jane\nSubject: Order",
    "with_a_copy": "From: Lindenhof\nSent: Monday\nTo: Jane;\n John\nCc: Jim\nSubject: Order",
}
MARKS = {
    "english": "-----Original Message-----",
    "forwarded": "---------- Forwarded message ---------",
    "german": "-----Ursprüngliche Nachricht-----",
    "german_gmx": "Gesendet: Montag\n-------- Originalnachricht --------",
    "french": "-----Message d'origine-----",
    "spanish": "-----Mensaje original-----",
    "italian": "-----Messaggio originale-----",
    "portuguese": "-----Mensagem original-----",
    "dutch": "-----Oorspronkelijk bericht-----",
    "polish": "-----Wiadomość oryginalna-----",
    "russian": "-------- Исходное сообщение --------",
    "japanese": "-----元のメッセージ-----",
    "chinese": "------------------ 原始邮件 ------------------",
    "apple": "Begin forwarded message:",
}
SIGNATURES = {
    "dashes": "-- \nJane Doe\n+49 30 1234",
    "dashes_without_blank": "--\nJane Doe",
    "iphone": "Sent from my iPhone",
    "outlook": "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "german_phone": "Von meinem iPhone gesendet",
    "french_phone": "Envoyé de mon iPhone",
    "spanish_phone": "Enviado desde mi iPhone",
    "italian_phone": "Inviato da iPhone",
    "portuguese_phone": "Enviado do meu iPhone",
    "dutch_phone": "Verstuurd vanaf mijn iPhone",
    "polish_phone": "Wysłane z iPhone'a",
    "russian_phone": "Отправлено с iPhone",
    "japanese_phone": "iPhoneから送信",
    "chinese_phone": "发自我的iPhone",
    "english": "Kind regards,\nJane Doe",
    "english_with_details": "Best regards\n\nJane Doe\nHead of Purchasing\nDoe Ltd.\nPhone: +44 20 1234 5678",
    "thanks": "Thanks,\nJane",
    "nickname": "thanks\njane",
    "german": "Mit freundlichen Grüßen\nErika von der Heide",
    "german_short": "LG\nErika",
    "french": "Cordialement,\nJeanne Dupont",
    "spanish": "Un saludo,\nJuana Pérez",
    "italian": "Cordiali saluti\nGiovanna Rossi",
    "portuguese": "Com os melhores cumprimentos,\nJoana Silva",
    "dutch": "Met vriendelijke groet,\nJanneke de Vries",
    "polish": "Z poważaniem\nJoanna Kowalska",
    "russian": "С уважением,\nИванова Анна",
    "japanese": "よろしくお願いいたします。\n山田花子",
    "chinese": "此致\n敬礼\n王小明",
    "on_one_line": "Kind regards, Jane",
    "contact_block": "Jane Doe\nDoe Ltd.\njane@doe.example",
}
KEPT = {
    "prose": "On Monday I wrote:\nplease cancel my order.\nNobody answered.",
    "prose_with_a_date": "On 12 May 2025 I wrote:\nplease cancel order 10:30.\nNobody answered.",
    "prose_german": "Am Montag schrieb ich:\nbitte stornieren.\nNiemand hat geantwortet.",
    "prose_german_date": "Am 12.05.2025 um 10:30 schrieb ich Ihnen:\nbitte stornieren.",
    "prose_french": "Le 12 mai 2025 à 10:30, vous avez écrit :\nvotre colis arrive demain.",
    "prose_colleague": "On 12 May 2025 at 10:30 your colleague wrote:\nyour parcel comes tomorrow.\nIt did not.",
    "from_in_a_sentence": "From: is a word that I cannot spell.\nTo: be or not to be.",
    "closing_in_the_middle": "Thanks\nPlease send order 123 to my new address.",
    "closing_before_a_question": "Thanks\nWhen will it come?",
    "closing_alone": "Where is my order?\n\nThanks",
    "request_below_a_closing": "Hello\n\nThanks,\nJane\n\nPS: please also cancel order 12, it came twice!",
    "an_address_to_use": "Please send it to:\n\nJane Doe\nMain Street 5\njane@doe.example",
    "original_in_prose": "I never got the original message.",
    "a_list": "- one\n- two\n-- three",
}


@pytest.mark.parametrize("name", ATTRIBUTIONS)
def test_an_attribution_above_marked_lines_is_quoted(name: str) -> None:
    split = split_quotation(f"My lamp is broken.\n\n{ATTRIBUTIONS[name]}\n\n> How is it?\n> All well?\n")
    assert split.new_text == "My lamp is broken."
    assert split.quoted_text.startswith(ATTRIBUTIONS[name].split("\n")[0])


@pytest.mark.parametrize("name", [name for name in ATTRIBUTIONS if name != "yahoo_english"])
def test_an_attribution_without_marks_ends_the_new_text(name: str) -> None:
    split = split_quotation(f"My lamp is broken.\n\n{ATTRIBUTIONS[name]}\n\nHow is it?\nAll well?\n")
    assert split.new_text == "My lamp is broken."
    assert split.quoted_text.endswith("All well?")


@pytest.mark.parametrize("name", BLOCKS)
def test_a_header_block_ends_the_new_text(name: str) -> None:
    split = split_quotation(f"My lamp is broken.\n\n{BLOCKS[name]}\n\nHow is it?")
    assert split.new_text == "My lamp is broken."
    assert split.quoted_text == f"{BLOCKS[name]}\n\nHow is it?"


@pytest.mark.parametrize("name", MARKS)
def test_a_mark_of_an_older_mail_ends_the_new_text(name: str) -> None:
    mark = MARKS[name].rsplit("\n", 1)[-1]
    split = split_quotation(f"My lamp is broken.\n\n{mark}\nHow is it?")
    assert split.new_text == "My lamp is broken."
    assert split.quoted_text == f"{mark}\nHow is it?"


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_signature_is_cut_off_with_and_without_history(name: str) -> None:
    alone = split_quotation(f"My lamp is broken.\n\n{SIGNATURES[name]}\n")
    assert (alone.new_text, alone.signature) == ("My lamp is broken.", SIGNATURES[name].strip())
    above = split_quotation(f"My lamp is broken.\n\n{SIGNATURES[name]}\n\n{ATTRIBUTIONS['gmail_english']}\n> Hello\n")
    assert (above.new_text, above.signature) == ("My lamp is broken.", SIGNATURES[name].strip())


@pytest.mark.parametrize("name", KEPT)
def test_words_of_the_sender_are_kept(name: str) -> None:
    split = split_quotation(KEPT[name])
    assert split.new_text == KEPT[name]
    assert split.quoted_text == ""
    assert split.signature is None


def test_answers_between_quoted_lines_are_the_senders_own_words() -> None:
    text = f"{ATTRIBUTIONS['gmail_english']}\n> Which lamp?\nThe blue one.\n> Since when?\nSince May.\n"
    split = split_quotation(text)
    assert split.new_text == "The blue one.\nSince May."
    assert "> Which lamp?" in split.quoted_text
    assert "The blue one." not in split.quoted_text


def test_a_forwarded_mail_without_a_word_of_its_own_is_kept_whole() -> None:
    text = f"---------- Forwarded message ---------\n{BLOCKS['english']}\n\nMy lamp is broken."
    assert split_quotation(text).new_text == text


def test_marked_lines_alone_are_kept_when_nothing_says_whose_they_are() -> None:
    assert split_quotation("> My lamp is broken.").new_text == "> My lamp is broken."


def test_nothing_recognised_keeps_everything() -> None:
    text = "Hello,\n\nmy lamp is broken.\nWhat now?"
    assert split_quotation(text).new_text == text


_LINES = st.sampled_from(
    [
        "",
        "> quoted",
        "my words",
        "-- ",
        "Thanks,",
        "Jane",
        "Sent from my iPhone",
        "From: a",
        "To: b",
        "Subject: c",
        "____________",
        "On 12 May 2025 at 10:30, Jane <a@b.example> wrote:",
        "-----Original Message-----",
        "On Monday I wrote:",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_LINES | st.text(max_size=30), max_size=25))
def test_the_three_parts_hold_every_line_that_is_not_blank(drawn: list[str]) -> None:
    text = "\n".join(drawn)
    split = split_quotation(text)
    parts = "\n".join([split.new_text, split.quoted_text, split.signature or ""])
    expected = sorted(line.strip() for line in text.split("\n") if line.strip())
    assert sorted(line.strip() for line in parts.split("\n") if line.strip()) == expected
