"""Words of many languages for a recipient, and for one that does not exist; each of the one near one of the other will do."""

_NOUN = (
    r"(?:empf(?:ä|ae)nger|benutzer|nutzer|adress|postfach|konto\b|destinataire|utilisateur|bo[iî]te|compte\b|usuario|destinatario|direcci|buz[oó]n|cuenta|utente|indirizzo|casella"
    r"|usu[áa]rio|utilizador|destinat[áa]ri|endereço|caixa|conta\b|gebruiker|ontvanger|geadresseerd|postbus|odbiorc|użytkown|adres|skrzynk|uživatel|příjem|schránk|účet"
    r"|používateľ|príjemc|felhasználó|címzett|\bcím|fiók|käyttäj|vastaanottaj|osoi|\btili|mottagar|användar|brevlåd|postlåd|modtager|mottaker|bruger|bruker|postkasse|postboks"
    r"|utilizator|destinatar|căsuț|\bcont(?:ul)?\b|χρήστη|παραλήπτη|διεύθυνση|λογαριασμό|θυρίδα|γραμματοκιβώτιο|користувач|отримувач|одержувач|адрес|скриньк|обліков\w+ запис|пользовател"
    r"|получател|потребител|кути|ящик|аккаунт|korisnik|корисник|прима[лт]|primatelj|primalac|sandučić|uporabnik|prejemnik|naslov|poštni predal|vartotoj|gavėj|dėžut|lietotāj|saņēmēj|pastkast|kasutaja|saaja|aadress"
    r"|postkast|kullanıcı|alıcı|hesap|hesabı|posta kutusu|người (?:dùng|nhận)|địa chỉ|hộp thư|tài khoản|pengguna|penerima|alamat|akun|ผู้ใช้|ผู้รับ|ที่อยู่|กล่องจดหมาย|บัญชี"
    r"|משתמש|נמען|כתובת|תיבת|חשבון|مستخدم|مستلم|عنوان|صندوق|حساب|مرسل إليه|کاربر|گیرنده|उपयोगकर्ता|あて先|宛先|アドレス|ユーザー?|メールボックス|地址|用户|用戶|收件人|使用者|帳號|账号|邮箱|信箱|주소|사용자|수신자|받는 사람|계정)"
)
_MISSING = (
    r"(?:existiert nicht|kein\w{0,2} solche|nicht (?:gefunden|bekannt|vorhanden|registriert|im [^.]{0,40}aufgeführt|aufgeführt)|unbekannt|ungültig|gibt es nicht|n'existe|inexist|introuvable|inconnu|invalide\b|absente? d|pas (?:été |pu être )?trouv"
    r"|no existe|no se (?:encuentra|encontr|ha encontr|pudo encontr)|desconocid|non (?:esiste|trovat|elencat|(?:è stat\w )?trovat)|impossibile trovare|sconosciut|não (?:existe|(?:foi |pôde ser )?(?:encontrad|localizad))|desconhecid"
    r"|bestaat niet|niet (?:gevonden|bekend)|onbekend|nie (?:istnieje|został\w* znalezion|można znaleźć|znaleziono|ma takiego)|nieznan|neexist|neznám|nenalezen|neby[lo]\w* n[aá]le?zen|nebol\w* nájden|nenájden"
    r"|nem (?:létezik|található|ismer)|ismeretlen|nincs ilyen|ei (?:ole (?:olemassa|käytössä)|löydy|löytynyt|tunneta)|tuntematon|finns (?:inte|ej)|(?:hittades|existerar) inte|inte (?:att )?hitta|okänd"
    r"|(?:findes|finnes|eksisterer) ikke|ikke (?:fundet|funnet|finde|finne|kendt|kjent)|ukendt|ukjent|δεν (?:υπάρχει|βρέθηκε|είναι γνωστ)|άγνωστ|ανύπαρκτ|nu (?:există|exista|a fost găsit|a putut fi găsit)|necunoscut|negăsit"
    r"|не (?:існує|знайден|зареєстрован|существует|найден|зарегистр|съществува|е намерен|посто[иј])|невідом|неизвестн|няма так|нема так|нет так|непознат|несъществуващ|неіснуюч|ne postoji|nepoznat|nije (?:pronađen|nađen)|ne obstaja|neznan"
    r"|neegzist|nežinom|nerast|neeksist|nezinām|nav (?:atrast|zinām)|ei (?:eksisteeri|leitud|ole olemas)|tundmatu|mevcut değil|bulunamadı|bilinmeyen|geçersiz|böyle bir|không (?:tồn tại|tìm thấy|có thật|hợp lệ)|tidak (?:ada|wujud|ditemukan|dikenal|terdaftar)"
    r"|ไม่(?:มี(?!พื้นที่|สิทธิ|การ)|พบ(?!เซิร์ฟเวอร์|โฮสต์)|รู้จัก|ถูกต้อง)|אין (?!מקום|תגובה|הרשאה|אפשרות|די )|(?:לא|אינו|אינה) (?:קיי|נמצא|מוכר|ידוע|תקינ)|غير (?:موجود|معروف|صالح|صحيح)|لا يوجد (?!مساحة|رد|اتصال)|لم يتم العثور|لا وجود|وجود ندارد|मौजूद नहीं|見つから|見つかりません|存在し(?:ない|ません)|(?:に|(?:アドレス|ユーザー?|宛先|アカウント)[はが])ありません|(?<!原因)不明(?!な)"
    r"|找不到|[没沒]有(?:找到|此|[这這]|[该該])|未找到|不存在|查无|無此|无效|찾을 수 없|존재하지 않|(?<!수 )(?<!공간이 )(?<!응답이 )(?<!권한이 )없(?:습니다|는))"
)
_SERVER = r"(?:mail-?)?(?:server|host\b|serveur|servidor|serwer|сервер|palvelin|palvelime|kiszolgáló|διακομιστ|サーバー|服务器|伺服器|서버|เซิร์ฟเวอร์|máy chủ|strežnik|poslužitelj)"
UNKNOWN = rf"{_NOUN}(?!\w*(?: \w{{1,3}})? ?{_SERVER})[^.;。!]{{0,90}}?{_MISSING}|{_MISSING}(?! {_SERVER})[^.;。!:]{{0,40}}?{_NOUN}"
# "The server of the recipient was not found."
SERVER_UNKNOWN = rf"{_SERVER}\w{{0,5}} (?:des|der|du|de l[a']|del|dell[a']|do|da|van|адресат|получател|одержувач|отримувач|odbiorc|adresat|příjemc|primatelj)[^.;:]{{0,40}}?{_MISSING}"
