"""Fictitious automatic replies of absent people, in twenty-six languages and the layouts of many programs."""

import base64
import quopri
from dataclasses import dataclass
from datetime import date, timedelta

from tests.formats.mutations import Chance

WRITTEN = date(2026, 3, 2)
# Languages in which the day of return and the successor must be found, and not only the absence.
MAIN = ("en", "ru", "uk", "de", "fr", "es", "it", "pt", "nl", "pl")


@dataclass(frozen=True, slots=True)
class Language:
    """Phrases of absent people: {d} is the day of return, {s} the deputy."""

    subjects: tuple[str, ...]
    until: tuple[str, ...]
    instead: tuple[str, ...]
    left: tuple[str, ...]
    day: tuple[str, ...]  # {0} day, {1} month as a number, {2} month as a word, {3} year
    months: str
    charsets: tuple[str, ...] = ("utf-8",)


LATIN = ("utf-8", "iso-8859-1", "windows-1252")
MIDDLE = ("utf-8", "iso-8859-2", "windows-1250")
CYRILLIC = ("utf-8", "koi8-r", "windows-1251", "iso-8859-5")
LANGUAGES: dict[str, Language] = {
    "en": Language(
        ("Automatic reply: ", "Out of Office: ", "Out of office Re: ", "Auto: Re: ", "Vacation reply: ", "Out of the office"),
        ("I am out of the office until {d}.", "I will be back on {d} and answer then.", "Thank you for your message. I am away, returning on {d}.", "I'm on annual leave from 1 March to {d} with limited access to email.", "I will return to the office on {d}."),
        ("In urgent cases please contact {s}.", "For anything urgent, write to my colleague ({s}).", "Please e-mail {s} instead."),
        ("I no longer work at the company. Please write to {s}.", "This address is no longer in use. My new address is {s}.", "Anna has left the company; your mail will not be delivered to her. Please contact {s}."),
        ("{0} {2} {3}", "{0} {2}", "{2} {0}, {3}", "{3}-{1}-{0}", "{2} {0}th"), "January February March April May June July August September October November December", LATIN),
    "ru": Language(
        ("Автоответ: ", "Автоматический ответ: ", "Нет на месте: ", "Я в отпуске: ", "Вне офиса: "),
        ("Здравствуйте! Я в отпуске до {d}.", "Меня не будет в офисе по {d}.", "Добрый день! Нахожусь в командировке, вернусь {d}.", "Спасибо за письмо. Я отсутствую с 1 марта по {d} включительно.", "Буду на рабочем месте {d}."),
        ("По срочным вопросам обращайтесь: {s}.", "Пишите, пожалуйста, на {s}.", "В моё отсутствие меня замещает Борис, {s}."),
        ("Я больше не работаю в компании, пишите на {s}.", "Мой адрес изменился. Новый адрес: {s}.", "Этот адрес больше не используется, ваше письмо не доставлено адресату. Пишите на {s}."),
        ("{0}.{1}.{3}", "{0} {2} {3} года", "{0} {2}", "{0} {2} {3} г."), "января февраля марта апреля мая июня июля августа сентября октября ноября декабря", CYRILLIC),
    "uk": Language(
        ("Автоматична відповідь: ", "Автовідповідь: ", "Я у відпустці: "),
        ("Вітаю! Я у відпустці до {d}.", "Мене не буде в офісі до {d}.", "Дякую за лист. Повернуся {d}."),
        ("З термінових питань звертайтеся: {s}.", "Пишіть, будь ласка, на {s}."),
        ("Я більше не працюю в компанії. Пишіть на {s}.", "Моя нова адреса: {s}."),
        ("{0}.{1}.{3}", "{0} {2} {3} року", "{0} {2}"), "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня", ("utf-8", "windows-1251", "koi8-u")),
    "de": Language(
        ("Automatische Antwort: ", "Abwesenheitsnotiz: ", "Abwesenheit: ", "Ich bin im Urlaub: "),
        ("Ich bin bis zum {d} nicht im Büro.", "Vielen Dank für Ihre Nachricht. Ich bin ab dem {d} wieder erreichbar.", "Ich bin vom 1. März bis einschließlich {d} im Urlaub.", "Am {d} bin ich wieder im Haus. Bis dahin bin ich abwesend.", "Ich kehre am {d} zurück."),
        ("In dringenden Fällen wenden Sie sich bitte an {s}.", "Meine Vertretung: {s}.", "Bitte schreiben Sie an {s}."),
        ("Ich arbeite nicht mehr im Unternehmen. Bitte wenden Sie sich an {s}.", "Meine neue E-Mail-Adresse lautet {s}.", "Diese Adresse ist nicht mehr gültig; Ihre Nachricht wird nicht zugestellt. Schreiben Sie an {s}."),
        ("{0}.{1}.{3}", "{0}. {2} {3}", "{0}. {2}", "{0}.{1}."), "Januar Februar März April Mai Juni Juli August September Oktober November Dezember", LATIN),
    "fr": Language(
        ("Réponse automatique : ", "Absence du bureau : ", "Absent : ", "Message automatique : "),
        ("Je suis absente du bureau jusqu'au {d}.", "Je serai de retour le {d}.", "Bonjour, je suis en congés du 1er mars au {d} inclus.", "Merci pour votre message. Je reviens le {d}."),
        ("En cas d'urgence, merci de contacter {s}.", "Vous pouvez écrire à {s}.", "Pour toute urgence : {s}."),
        ("Je ne travaille plus dans l'entreprise. Merci d'écrire à {s}.", "Ma nouvelle adresse est {s}."),
        ("{0}/{1}/{3}", "{0} {2} {3}", "{0} {2}"), "janvier février mars avril mai juin juillet août septembre octobre novembre décembre", LATIN),
    "es": Language(
        ("Respuesta automática: ", "Fuera de la oficina: ", "Ausencia: "),
        ("Estoy fuera de la oficina hasta el {d}.", "Regreso el {d}.", "Gracias por su mensaje. Estaré de vacaciones del 1 de marzo al {d}.", "Volveré el {d}."),
        ("En caso de urgencia, contacte con {s}.", "Puede escribir a {s}.", "Para asuntos urgentes diríjase a {s}."),
        ("Ya no trabajo en la empresa. Por favor, escriba a {s}.", "Mi nueva dirección es {s}."),
        ("{0}/{1}/{3}", "{0} de {2} de {3}", "{0} de {2}"), "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre", LATIN),
    "it": Language(
        ("Risposta automatica: ", "Fuori ufficio: ", "Fuori sede: ", "Assenza: "),
        ("Sono fuori ufficio fino al {d}.", "Rientrerò il {d}.", "Grazie per il messaggio. Sono in ferie dal 1 marzo al {d}.", "Tornerò in ufficio il {d}."),
        ("Per urgenze contattare {s}.", "Potete scrivere a {s}.", "Per questioni urgenti rivolgersi a {s}."),
        ("Non lavoro più in azienda. Scrivete a {s}.", "Il mio nuovo indirizzo è {s}."),
        ("{0}/{1}/{3}", "{0} {2} {3}", "{0} {2}"), "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre", LATIN),
    "pt": Language(
        ("Resposta automática: ", "Fora do escritório: ", "Ausência: "),
        ("Estou fora do escritório até {d}.", "Estarei de volta em {d}.", "Obrigado pela mensagem. Estou de férias de 1 de março a {d}.", "Retorno no dia {d}."),
        ("Em caso de urgência, contacte {s}.", "Por favor, escreva para {s}."),
        ("Já não trabalho na empresa. Por favor, contacte {s}.", "O meu novo endereço é {s}."),
        ("{0}/{1}/{3}", "{0} de {2} de {3}", "{0} de {2}"), "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro", LATIN),
    "nl": Language(
        ("Automatisch antwoord: ", "Afwezig: ", "Afwezigheidsbericht: ", "Niet op kantoor: "),
        ("Ik ben afwezig tot {d}.", "Ik ben op {d} weer aanwezig.", "Bedankt voor uw bericht. Ik ben met vakantie van 1 maart t/m {d}.", "Vanaf {d} ben ik weer bereikbaar."),
        ("Neem voor dringende zaken contact op met {s}.", "U kunt mailen naar {s}."),
        ("Ik werk niet meer bij dit bedrijf. Mail naar {s}.", "Mijn nieuwe adres is {s}."),
        ("{0}-{1}-{3}", "{0} {2} {3}", "{0} {2}"), "januari februari maart april mei juni juli augustus september oktober november december", LATIN),
    "pl": Language(
        ("Automatyczna odpowiedź: ", "Autoodpowiedź: ", "Nieobecność: ", "Poza biurem: "),
        ("Jestem nieobecna do {d}.", "Wracam {d}.", "Dziękuję za wiadomość. Przebywam na urlopie od 1 marca do {d}.", "Będę dostępna od {d}."),
        ("W pilnych sprawach proszę o kontakt: {s}.", "Proszę pisać na adres {s}."),
        ("Nie pracuję już w firmie. Proszę pisać na {s}.", "Mój nowy adres: {s}."),
        ("{0}.{1}.{3}", "{0} {2} {3}", "{0} {2}"), "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia", MIDDLE),
    "cs": Language(("Automatická odpověď: ", "Mimo kancelář: ", "Nepřítomnost: "), ("Jsem mimo kancelář do {d}.", "Vrátím se {d}.", "Mám dovolenou do {d}."), ("V naléhavých případech kontaktujte {s}.",), ("Ve firmě již nepracuji. Pište na {s}.",), ("{0}. {1}. {3}", "{0}. {2} {3}"), "ledna února března dubna května června července srpna září října listopadu prosince", MIDDLE),
    "sk": Language(("Automatická odpoveď: ", "Mimo kancelárie: "), ("Som mimo kancelárie do {d}.", "Mám dovolenku do {d}."), ("V súrnych prípadoch kontaktujte {s}.",), ("Vo firme už nepracujem. Píšte na {s}.",), ("{0}.{1}.{3}",), "januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra", MIDDLE),
    "sv": Language(("Autosvar: ", "Automatiskt svar: ", "Frånvaro: "), ("Jag är inte på kontoret. Jag är tillbaka den {d}.", "Jag har semester till {d}."), ("Kontakta {s} i brådskande ärenden.",), ("Jag arbetar inte längre här. Kontakta {s}.",), ("{0} {2} {3}", "{3}-{1}-{0}"), "januari februari mars april maj juni juli augusti september oktober november december", LATIN),
    "da": Language(("Automatisk svar: ", "Autosvar: ", "Ikke til stede: "), ("Jeg er ikke på kontoret. Jeg er tilbage den {d}.", "Jeg holder ferie til {d}."), ("Kontakt venligst {s}.",), ("Jeg arbejder her ikke længere. Kontakt {s}.",), ("{0}. {2} {3}", "{0}-{1}-{3}"), "januar februar marts april maj juni juli august september oktober november december", LATIN),
    "no": Language(("Automatisk svar: ", "Fraværsmelding: ", "Ikke til stede: "), ("Jeg er ute av kontoret til {d}.", "Jeg er tilbake {d}.", "Jeg har ferie til {d}."), ("Kontakt {s} ved behov.",), ("Jeg har sluttet. Kontakt {s}.",), ("{0}. {2} {3}", "{0}.{1}.{3}"), "januar februar mars april mai juni juli august september oktober november desember", LATIN),
    "fi": Language(("Automaattinen vastaus: ", "Poissa: ", "Poissaoloviesti: "), ("Olen poissa {d} asti.", "Olen lomalla {d} saakka."), ("Kiireellisissä asioissa ota yhteyttä: {s}.",), ("En ole enää yrityksen palveluksessa. Ota yhteyttä: {s}.",), ("{0}.{1}.{3}",), "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta", LATIN),
    "tr": Language(("Otomatik Yanıt: ", "Ofis dışında: ", "İzindeyim: "), ("{d} tarihine kadar ofis dışındayım.", "{d} tarihinde döneceğim. İzindeyim."), ("Acil durumlarda {s} ile iletişime geçiniz.",), ("Artık bu şirkette çalışmıyorum. Lütfen {s} adresine yazınız.",), ("{0}.{1}.{3}", "{0} {2} {3}"), "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık", ("utf-8", "iso-8859-9", "windows-1254")),
    "el": Language(("Αυτόματη απάντηση: ", "Εκτός γραφείου: "), ("Βρίσκομαι εκτός γραφείου έως {d}.", "Θα επιστρέψω στις {d}. Είμαι σε άδεια."), ("Για επείγοντα επικοινωνήστε με {s}.",), ("Δεν εργάζομαι πλέον εδώ. Γράψτε στο {s}.",), ("{0}/{1}/{3}",), "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου Νοεμβρίου Δεκεμβρίου", ("utf-8", "iso-8859-7", "windows-1253")),
    "ro": Language(("Răspuns automat: ", "Absent din birou: "), ("Sunt plecat din birou până la {d}.", "Sunt în concediu până pe {d}."), ("Pentru urgențe contactați {s}.",), ("Nu mai lucrez aici. Contactați {s}.",), ("{0}.{1}.{3}", "{0} {2} {3}"), "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie"),
    "hu": Language(("Automatikus válasz: ", "Házon kívül: "), ("Házon kívül vagyok {d}-ig.", "Szabadságon vagyok {d}-ig."), ("Sürgős esetben keresse: {s}.",), ("Már nem dolgozom a cégnél. Új cím: {s}.",), ("{3}.{1}.{0}",), "január február március április május június július augusztus szeptember október november december", MIDDLE),
    "bg": Language(("Автоматичен отговор: ", "Извън офиса: "), ("Извън офиса съм до {d}.", "В отпуск съм до {d}."), ("При спешност пишете на {s}.",), ("Вече не работя тук. Пишете на {s}.",), ("{0}.{1}.{3}",), "януари февруари март април май юни юли август септември октомври ноември декември", ("utf-8", "windows-1251")),
    "lt": Language(("Automatinis atsakymas: ", "Nesu biure: "), ("Nesu biure iki {d}.", "Atostogauju iki {d}."), ("Skubiais klausimais rašykite {s}.",), ("Čia nebedirbu. Rašykite {s}.",), ("{3}-{1}-{0}",), "sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio"),
    "zh": Language(("自动回复：", "自动答复: ", "外出: "), ("我目前外出，将于{d}返回。", "您好，我正在休假，直到{d}。"), ("紧急事宜请联系 {s}。",), ("我已离职，请联系 {s}。",), ("{3}年{1}月{0}日", "{3}-{1}-{0}"), "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月", ("utf-8", "gb2312", "gb18030")),
    "ja": Language(("自動応答: ", "自動返信：", "不在通知: "), ("{d}まで不在にしております。", "休暇中です。{d}に戻ります。"), ("お急ぎの方は {s} までご連絡ください。",), ("退職いたしました。今後は {s} へご連絡ください。",), ("{3}年{1}月{0}日", "{3}/{1}/{0}"), "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月", ("utf-8", "iso-2022-jp", "shift_jis", "euc-jp")),
    "ko": Language(("자동 회신: ", "부재중: "), ("{d}까지 부재중입니다.", "휴가 중이며 {d}에 복귀합니다."), ("급한 용무는 {s} 로 연락 주세요.",), ("퇴사하였습니다. {s} 로 연락 주세요.",), ("{3}년 {1}월 {0}일", "{3}-{1}-{0}"), "1월 2월 3월 4월 5월 6월 7월 8월 9월 10월 11월 12월", ("utf-8", "euc-kr")),
    "ar": Language(("رد تلقائي: ", "خارج المكتب: "), ("أنا خارج المكتب حتى {d}.",), ("للأمور العاجلة يرجى الاتصال بـ {s}",), ("لم أعد أعمل هنا، يرجى مراسلة {s}",), ("{0}/{1}/{3}",), "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر", ("utf-8", "windows-1256")),
    "he": Language(("מענה אוטומטי: ", "מחוץ למשרד: "), ("אני מחוץ למשרד עד {d}.",), ("בדחיפות נא לפנות אל {s}",), ("אינני עובד כאן יותר, נא לפנות אל {s}",), ("{0}/{1}/{3}",), "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר", ("utf-8", "windows-1255")),
}  # fmt: skip

# The header of an automatic answer as each program writes it; {o} is the original's subject. Those marked False
# give the original's subject only, so that nothing but the header and the empty return path shows what it is.
PROGRAMS: dict[str, tuple[bool, str]] = {
    "vacation": (False, "Return-Path: <>\nAuto-Submitted: auto-replied (vacation)\nPrecedence: bulk\n"),
    "sieve": (True, "Return-Path: <>\nAuto-Submitted: auto-replied (vacation)\n"),
    "exchange": (
        True,
        "Return-Path: <>\nAuto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\nX-MS-Exchange-Inbox-Rules-Loop: anna@reader.example\nX-MS-Has-Attach:\n",
    ),
    "exchange_old": (True, "Return-Path: <>\nX-Auto-Response-Suppress: All\nX-MimeOLE: Produced By Microsoft Exchange V6.5\n"),
    "outlook_com": (True, "Return-Path: <>\nX-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\nAuto-Submitted: auto-generated\n"),
    "gmail": (True, "Return-Path: <>\nX-Autoreply: yes\nPrecedence: bulk\nAuto-Submitted: auto-replied\n"),
    "notes": (True, "Return-Path: <anna@reader.example>\nAuto-Submitted: auto-generated\nX-Mailer: Lotus Notes Release 8.5\n"),
    "yandex": (False, "Return-Path: <>\nX-Yandex-Autoreply: yes\nAuto-Submitted: auto-replied\nX-Mailer: Yamail [ http://yandex.ru ] 5.0\n"),
    "mailru": (False, "Return-Path: <anna@reader.example>\nX-Mailru-Autoreply: yes\nAuto-Submitted: auto-replied\nX-Mailer: Mail.Ru Mailer 1.0\n"),
    "cpanel": (True, "Return-Path: <>\nX-Autorespond: Bulletin\nPrecedence: auto_reply\nX-Precedence: auto_reply\nAuto-Submitted: auto-replied\n"),
    "bare": (True, "Return-Path: <>\n"),
    "silent": (True, ""),
    "junk": (True, "Return-Path: <anna@reader.example>\nPrecedence: junk\n"),
    "unmarked": (False, "Return-Path: <>\n"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """An automatic answer and what is in it."""

    language: str
    program: str
    raw: bytes
    returns_on: date | None
    successor: str | None


def absence(number: int) -> Absence:
    """The automatic answer of this number; every language meets every program."""
    chance = Chance(f"absence {number}")
    code = list(LANGUAGES)[number % len(LANGUAGES)]
    program = list(PROGRAMS)[number // len(LANGUAGES) % len(PROGRAMS)]
    words, (named, head) = LANGUAGES[code], PROGRAMS[program]

    def one(choices: tuple[str, ...]) -> str:
        return choices[chance.below(len(choices))]

    day = WRITTEN + timedelta(days=9 + chance.below(200))
    successor = f"{one(('boris', 'k.weber', 'office', 'info'))}@{one(('reader.example', 'other.example.org'))}"
    subject = one(words.subjects) if named else "Re: "
    if not subject.rstrip().endswith((":", "：")):
        subject += " "
    lines: list[str] = []
    gone = named and chance.below(6) == 0
    replaced = gone or chance.below(2) == 0
    if gone:
        lines.append(one(words.left).format(s=successor))
    else:
        spelt = one(words.day).format(day.day, f"{day.month:02}", words.months.split()[day.month - 1], day.year)
        lines.append(one(words.until).format(d=spelt))
        if replaced:
            lines.append(one(words.instead).format(s=successor))
    lines += [
        "",
        "Anna",
        *(["", "> Bulletin 254", "> Dear Anna, write to letter@club.example"] if chance.below(3) == 0 else []),
    ]
    raw = letter(
        head,
        subject + "Bulletin 254",
        "\n".join(lines),
        charset=one(words.charsets),
        encoding=one(("8bit", "base64", "quoted-printable")),
    )
    return Absence(language=code, program=program, raw=raw, returns_on=None if gone else day, successor=successor if replaced else None)  # fmt: skip


def letter(
    head: str, subject: str, text: str, *, sender: str = "Anna Reader <anna@reader.example>", charset: str = "utf-8", encoding: str = "8bit", kind: str = "text/plain"
) -> bytes:  # fmt: skip
    """A mail of one part; a subject beyond ASCII becomes an encoded word in the same character set."""
    octets = text.encode(charset, "replace")
    if encoding == "base64":
        octets = base64.encodebytes(octets)
    elif encoding == "quoted-printable":
        octets = quopri.encodestring(octets)
    if not subject.isascii():
        subject = f"=?{charset}?B?{base64.b64encode(subject.encode(charset, 'replace')).decode()}?="
    return (
        f"{head}From: {sender}\nTo: b1-7-abcdefgh@bounce.club.example\nSubject: {subject}\n"
        f"Date: Mon, 2 Mar 2026 07:00:03 +0000\nIn-Reply-To: <d1@club.example>\nMIME-Version: 1.0\n"
        f"Content-Type: {kind}; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
    ).encode() + octets + b"\n"  # fmt: skip
