"""Replies of servers in many tongues: which mean that the reader's address is dead, and which must never be taken so."""

import pytest

from mailer.domain.bounce import Scope
from mailer.formats.report import classify
from mailer.formats.reports.smtp_reply import find_reply

HARD = """\
550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in local recipient table
550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in relay recipient table
550 5.1.1 <a@b.example>... User unknown
550 5.1.1 a@b.example... User unknown
550 5.1.1 <a@b.example> User doesn't exist: a@b.example
550 5.1.1 User does not exist - psmtp
550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos or unnecessary spaces. Learn more at https://support.google.com/mail/?p=NoSuchUser
550 5.4.1 [a@b.example]: Recipient address rejected: Access denied
550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient a@b.example not found by SMTP address lookup
550 5.1.1 RESOLVER.ADR.RecipNotFound; not found
#< #5.1.1 smtp; 550 5.1.1 RESOLVER.ADR.RecipNotFound; not found> #SMTP#
550 5.5.0 Requested action not taken: mailbox unavailable. [HE1EUR01FT009.eop-EUR01.prod.protection.outlook.com]
550 #5.1.0 Address rejected a@b.example
550 5.1.0 Address rejected.
550 Invalid recipient a@b.example (#5.1.1)
550 No Such User Here
550 No such person at this address.
550 No such recipient here
550 mailbox unavailable or not local
550 sorry, no mailbox here by that name (#5.1.1)
511 sorry, no mailbox here by that name (#5.1.1 - chkuser)
550 Message was not accepted -- invalid mailbox. Local mailbox a@b.example is unavailable: user not found
550 Message was not accepted -- invalid mailbox.  Local mailbox a@b.example is unavailable: user is terminated
550 non existing user
550 unknown user
550 User unknown
550 5.1.1 No such user - pp
550 Unknown local part a in <a@b.example>
550 unrouteable address
550 Administrative error: no such user
553 5.3.0 <a@b.example>... No such user here
553 sorry, this recipient is not in my validrcptto list (#5.7.1)
553 sorry, this recipient is unknown (#5.1.1)
554 delivery error: dd This user doesn't have a yahoo.com account (a@yahoo.com) [0] - mta1.mail.yahoo.com
554 delivery error: dd Requested mail action aborted, mailbox not found
552 1 Requested mail action aborted, mailbox not found
550 5.1.1 <a@b.example>: Email address could not be found, or was misspelled (G8)
550 <a@b.example>: Recipient address rejected: User unknown in virtual mailbox table
550 5.1.1 <a@aol.com>: Recipient address rejected: aol.com
550 MAILBOX NOT FOUND
550 5.1.1 MAILBOX NOT FOUND
550 5.1.1 unknown user <a@comcast.net> not our customer
550 5.1.1 Not our Customer
550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR204_418 [418]
550 5.1.1 Adresse d'au moins un destinataire invalide. Invalid recipient. LPN416
550 5.5.0 Invalid recipient - Destinataire invalide
550 5.1.1 <a@free.fr>: Recipient address rejected: User unknown in virtual alias table
550 invalid user
550 Mailbox not found or access denied
550 Mailbox not found. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000728
550 User not found: a@163.com
550 5.1.1 Recipient address rejected: User unknown
550 5.1.1 No such user a@naver.com
550 Requested action not taken: user unknown
550 The user does not exist
550 Unknown user <a@docomo.ne.jp>
550 Unknown user a@docomo.ne.jp
550 <a@ezweb.ne.jp>: User unknown
550 Invalid recipient: <a@softbank.ne.jp>
550 5.1.1 There is no such user in this domain
550 5.1.1 This address is not known here
550 That domain isn't in my list: user unknown
550 Address unknown
550 No such user (-Y-)
550 5.1.2 <a@nowhere.example>: Recipient address rejected: Domain not found
<a@nowhere.example>: Host or domain name not found. Name service error for name=nowhere.example type=A: Host not found
DNS Error: 12345 DNS type 'mx' lookup of nowhere.example responded with code NXDOMAIN Domain name not found: nowhere.example
DNS Error: DNS type 'mx' lookup of nowhere.example responded with code NXDOMAIN
550 5.1.2 The recipient's domain does not exist
5.1.2 - Bad destination host 'DNS Hard Error looking up nowhere.example (MX):  NXDomain'
Sorry, I couldn't find any host named nowhere.example. (#5.1.2)
Sorry. Although I'm listed as a best-preference MX or A for that host, it isn't in my control/locals file: unknown user
No MX record found for domain nowhere.example
all relevant MX records point to non-existent hosts
an MX or SRV record indicated no SMTP service
nowhere.example does not accept mail (nullMX)
The recipient's domain nowhere.example has a null MX record
550 This recipient no longer exists
550 5.1.6 Recipient no longer on server: a@b.example
551 User not local; please try <c@d.example>
551 5.1.6 The user has moved to c@d.example
550 5.1.1 Recipient no longer works here
User a (a@b.example) not listed in Domino Directory
User a (a@b.example) not listed in public Name & Address Book
The recipient's e-mail address was not found in the recipient's e-mail system. Microsoft Exchange will not try to redeliver this message for you.
The e-mail account does not exist at the organization this message was sent to.  Check the e-mail address, or contact the recipient directly to find out the correct address.
The email address you entered couldn't be found. Please check the recipient's email address and try to resend the message.
Your message wasn't delivered to a@b.example because the address couldn't be found, or is unable to receive mail.
Ваше сообщение не доставлено на адрес a@b.example, так как этот адрес не найден или не может принимать почту.
Die E-Mail-Adresse des Empfängers wurde im E-Mail-System des Empfängers nicht gefunden.
Die eingegebene E-Mail-Adresse konnte nicht gefunden werden.
L'adresse e-mail que vous avez entrée n'a pas pu être trouvée.
L'adresse de messagerie du destinataire est introuvable dans le système de messagerie du destinataire.
No se encontró la dirección de correo electrónico del destinatario en el sistema de correo electrónico del destinatario.
Impossibile trovare l'indirizzo e-mail del destinatario nel sistema di posta elettronica del destinatario.
O endereço de email do destinatário não foi encontrado no sistema de email do destinatário.
Het e-mailadres van de geadresseerde is niet gevonden in het e-mailsysteem van de geadresseerde.
Nie znaleziono adresu e-mail odbiorcy w systemie poczty e-mail odbiorcy.
Адрес электронной почты получателя не найден в системе электронной почты получателя.
Адрес электронной почты не найден.
Такого почтового ящика не существует
Пользователь с таким адресом не зарегистрирован
Получатель не существует
Указанный адрес не существует
受信者の電子メール システムで受信者の電子メール アドレスが見つかりませんでした。
入力した電子メール アドレスが見つかりませんでした。
找不到您输入的电子邮件地址。
收件人的电子邮件地址在收件人的电子邮件系统中找不到。
收件人邮件地址不存在
对方邮箱不存在
该收件人不存在
받는 사람의 전자 메일 주소를 찾을 수 없습니다.
존재하지 않는 사용자입니다
Benutzer unbekannt
Empfänger unbekannt
Unbekannter Empfänger
Kein solcher Benutzer
Utilisateur inconnu
Destinataire inconnu à cette adresse
Usuario desconocido
El usuario no existe
Utente sconosciuto
Utente inesistente
Usuário desconhecido
Gebruiker onbekend
Nieznany użytkownik
Nie ma takiego użytkownika
Neznámý uživatel
Uživatel neexistuje
Okänd användare
Ukendt bruger
Ukjent bruker
Tuntematon käyttäjä
Bilinmeyen kullanıcı
Felhasználó nem található
宛先のメールアドレスが存在しません
あて先不明
550 5.1.1 The recipient's mailbox was not found on this server
550 Sender verify ok, but recipient mailbox not found
550 5.0.0 <a@b.example>... User unknown
The recipient was unavailable to take delivery of the message: no such mailbox
550 cuda_nsu Recipient address does not exist
550 5.7.1 <a@b.example>: Recipient address rejected: undeliverable address: host mail.b.example said: 550 5.1.1 User unknown (in reply to RCPT TO command)
550 5.1.1 <a@b.example>: Recipient address rejected: undeliverable address: unknown user: "a"
550 delivery to a@b.example failed: recipient not found
550 IMAP: mailbox does not exist
550 account not found
550 5.1.3 Invalid address
553 5.1.3 Invalid recipient address format
553 5.1.2 Bad destination system: no such domain
""".splitlines()
SOFT = """\
552 5.2.2 <a@b.example>: user is over quota
552 5.2.2 The email account that you tried to reach is over quota. Please direct the recipient to https://support.google.com/mail/?p=OverQuotaPerm
452-4.2.2 The recipient's inbox is out of storage space and inactive. Please direct the recipient to
552-5.2.2 The recipient's inbox is out of storage space.
550 5.2.2 STOREDRV.Deliver; mailbox full
554 5.2.2 mailbox full;STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded
554 delivery error: dd Sorry, your message cannot be delivered. This mailbox is over quota
554 5.2.2 Requested mail action aborted: exceeded storage allocation
552 Requested mail action aborted: exceeded storage allocation
550 5.7.0 Quota exceeded (mailbox for user is full)
550 5.2.2 Kontingent überschritten: Postfach voll
Das Postfach des Empfängers ist voll
Le destinataire a dépassé son quota
La boîte aux lettres du destinataire est pleine
Boite du destinataire pleine. Recipient overquota. OFR_417 [417]
El buzón del destinatario está lleno
El usuario ha excedido su cuota
La casella di posta del destinatario è piena
A caixa de correio do destinatário está cheia
De postbus van de geadresseerde is vol
Skrzynka pocztowa odbiorcy jest pełna
Schránka příjemce je plná
Mottagarens postlåda är full
Vastaanottajan postilaatikko on täynnä
Alıcının posta kutusu dolu
Почтовый ящик получателя переполнен
Ящик получателя заполнен
Превышена квота почтового ящика
У получателя закончилось место в почтовом ящике
Поштова скринька отримувача переповнена
受信者のメールボックスがいっぱいです
メールボックスの容量を超えています
收件人邮箱已满
对方邮箱已满
邮箱空间不足
받는 사람의 사서함이 가득 찼습니다
편지함 용량 초과
550 5.7.1 Message rejected due to content restrictions
550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using Spamhaus. To request removal from this list see https://www.spamhaus.org/query/ip/192.0.2.1 AS(1450)
550 SC-001 (COL004-MC4F29) Unfortunately, messages from 192.0.2.1 weren't sent.
421 RP-001 Unfortunately, some messages from 192.0.2.1 weren't sent. Please try again.
550-5.7.26 The MAIL FROM domain [x.example] has an SPF record with a hard fail policy (-all)
550-5.7.1 This message does not pass authentication checks (SPF and DKIM both do not pass).
550-5.7.1 [192.0.2.1      19] Our system has detected that this message is likely suspicious due to the very low reputation of the sending domain.
421-4.7.0 [192.0.2.1      15] Our system has detected that this message is suspicious due to the very low reputation of the sending IP address.
550 5.7.515 Access denied, sending domain x.example does not meet the required authentication level.
550 5.7.509 Access denied, sending domain x.example does not pass DMARC verification and has a DMARC policy of reject.
554 5.7.1 <x.example[192.0.2.1]>: Client host rejected: Access denied
554 5.7.1 Rejected: sender IP has bad reputation
554 Denied by policy
554 Blocked: your IP is listed
553 5.7.1 <x@y.example>: Sender address rejected: not owned by user
553 Mail from 192.0.2.1 not allowed - 5.7.1 [BL23] Connections not accepted from IP addresses on Spamhaus XBL
421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1
554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes
421 4.7.1 [TS03] All messages from 192.0.2.1 will be permanently deferred; Retrying will NOT succeed.
550 5.7.1 Mail appears to be unsolicited
550 High probability of spam
550 Message contains spam or virus
550 spam message rejected. Please visit http://help.mail.ru/notspam-support/id?c=abc or report details to abuse@corp.mail.ru. Error code: ABC
550 5.7.1 Message rejected under suspicion of SPAM; https://ya.cc/1IrBc 1234
554 5.7.1 Message rejected under suspicion of SPAM
554 5.7.1 [1] Message rejected under suspicion of SPAM
451 4.7.1 Sorry, the service is currently unavailable. Please come back later.
550 Envelope blocked - User Entry
550 Administrative prohibition - envelope blocked
550 Rejected by header based Anti-Spoofing policy
550 csi.mimecast.org Poor Reputation Sender.
550 Rejected by policy
554 Email rejected due to security policies
550 permanent failure for one or more recipients (a@b.example:blocked)
550 permanent failure for one or more recipients (a@b.example:550 5.7.1 blocked by barracuda)
554 rejected due to spam content
550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3140).
552 5.2.3 Message exceeds maximum fixed size (10485760)
552 5.3.4 Message size exceeds maximum permitted
#5.2.3 smtp; 5.2.3 Message too large> #SMTP#
550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient
Эта почтовая система не принимает сообщения такого размера
Сообщение слишком велико
Die Nachricht ist zu groß
Le message est trop volumineux
El mensaje es demasiado grande
Il messaggio è troppo grande
邮件太大
メッセージのサイズが大きすぎます
550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized
550 5.7.1 RESOLVER.RST.SenderNotAuthenticatedForMailbox; authentication required
550 5.7.124 RESOLVER.RST.SenderNotAuthenticatedForGroup; group
Your message can't be delivered because delivery to this address is restricted.
You do not have permission to send to this recipient.
Sie sind nicht berechtigt, an diesen Empfänger zu senden.
У вас нет разрешения на отправку этому получателю.
451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (AS77712345)
451 4.4.4 Mail received as unauthenticated, incoming to a recipient domain configured in a hosted tenant which has no mail-enabled subscriptions.
450 4.7.25 Client host rejected: cannot find your reverse hostname, [192.0.2.1]
450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted for 5 minutes
450 4.1.1 <a@b.example>: Recipient address rejected: unverified address: host mx.b.example said: 450 user busy
450 4.1.8 <x@y.example>: Sender address rejected: Domain not found
451 4.3.0 <a@b.example>: Temporary lookup failure
451 4.3.2 Please try again later
421 Too many concurrent SMTP connections; please try again later.
450 4.7.1 Error: too much mail from 192.0.2.1
450 Too many recipients received this hour
451 Resources temporarily not available - Please try again later
Delivery temporarily suspended: connect to mx.b.example[192.0.2.1]: Connection refused
Connected to 192.0.2.1 but sender was rejected.
Connected to 192.0.2.1 but greeting failed.
Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)
I'm not going to try again; this message has been in the queue too long.
retry timeout exceeded
all hosts for 'b.example' have been failing for a long time (and retry time not reached)
all hosts in 'b.example' have been failing for a long time and were last tried after this message arrived
Deferred: Connection timed out with mx.b.example.
Message could not be delivered for 5 days. Message will be deleted from queue
host mx.b.example [192.0.2.1]: Connection timed out
mail loop: too many hops (too many 'Received:' header fields)
554 5.4.6 Hop count exceeded - possible mail loop ATTR1
554 5.4.14 Hop count exceeded - possible mail loop
This message is looping: it already has my Delivered-To line. (#5.4.6)
550 relay not permitted
550 5.7.1 Relaying denied
550 5.7.1 Unable to relay for a@b.example
551 5.7.1 relaying denied. Proper authentication required
530 5.7.1 Authentication required
550 authentication required
550 5.7.60 SMTP; Client does not have permissions to send as this sender
554 5.2.1 STOREDRV.Submit: mailbox disabled
550 5.2.1 Mailbox suspended
550 Account blocked
550 Mailbox disabled for this recipient
550 Message was not accepted -- invalid mailbox.  Local mailbox a@b.example is unavailable: account is disabled
Пользователь заблокирован
Почтовый ящик отключён
Ящик получателя заблокирован
Das Konto wurde deaktiviert
Le compte a été désactivé
550 5.7.1 Our system detected an illegal attachment on your message.
552-5.7.0 This message was blocked because its content presents a potential security issue
554 5.6.1 Body type not supported by Remote Host
554 5.6.0 Corrupt message content
#< #5.6.0 smtp;554 5.6.0 STOREDRV.Deliver; Corrupt message content> #SMTP#
554 Virus detected: user unknown trojan
550 5.7.1 Virus Win32/Mydoom found in message
421 4.4.2 mx.b.example Error: timeout exceeded
421 Service not available, closing transmission channel
454 TLS not available due to temporary reason
403 4.7.0 TLS handshake failed.
451 4.4.0 DNS query failed. The error was: DNS query failed with error ErrorRetry
441 4.4.1 Error encountered while communicating with primary target IP address: "Failed to connect. Winsock error code: 10060
4.4.7 Delivery expired (message too old) 'timeout'
5.4.7 - Delivery expired (message too old) 'timeout'
5.3.0 - Other mail system problem 550-'Blocked'
5.1.0 - Unknown address error 554-'Transaction failed'
DNS Error: Could not contact DNS servers
DNS Error: 1234 DNS type 'mx' lookup of b.example responded with code SERVFAIL
The recipient server did not accept our requests to connect.
The server for the recipient domain b.example by mx.b.example is temporarily refusing connections
550 Requested action not taken: mailbox unavailable for policy reasons
550 5.7.1 Recipient not authorized, your IP has been found on a block list
550 5.1.1 Sorry, your address user unknown in our white list
550 user has not whitelisted you
550 5.7.1 recipient has blocked you: user refuses mail from unknown senders
Unknown error
Delivery failed
550 unknown error
550 Permanent failure
554 5.0.0 Rejected
421 internal error, user lookup failed
451 4.3.0 user lookup: database unavailable
450 4.3.2 user unknown? temporary: backend down
451 Temporary local problem - please try later
451 could not complete recipient verify callout
550 Callback setup failed while verifying <x@y.example>: user unknown
550 5.1.7 Invalid sender address
550 5.1.8 Sender domain does not exist
553 5.1.8 <x@y.example>... Domain of sender address x@y.example does not exist
550 Sender domain not found
550 Invalid HELO: host unknown
450 4.7.1 <relay.example>: Helo command rejected: Host not found
550 5.7.1 Your host name does not exist in DNS
550 5.7.1 Client host rejected: cannot find your hostname
550 5.7.364 Remote server returned invalid or missing PTR (reverse DNS) record
550 5.7.1 Your IP address [192.0.2.1] was not found in DNS
550 URL in message is listed: host does not exist
554 5.7.1 The message from (<x@y.example>) with the subject of (hello) matches a profile the Internet community may consider spam. Please revise your message before resending.
550 #5.7.1 Your access to submit messages to this e-mail system has been rejected.
554 Your access to this mail system has been rejected due to the sending MTA's poor reputation.
550 5.7.1 Command rejected
521 5.2.1 AOL will not accept delivery of this message.
554 Refused. Your IP address is listed in the RBL
421 Downstream server error
Não foi possível entregar: o servidor não respondeu
Le serveur distant n'a pas répondu
Der Server hat nicht geantwortet
Сервер получателя не отвечает
Истекло время ожидания
远程服务器没有响应
550 5.7.1 <a@b.example>: Recipient address rejected: Mail appeared to be SPAM or forged. Ask your Mail/DNS-Administrator to correct HELO and DNS MX settings or to get removed from DNSBLs
550 5.7.1 <a@b.example>: Recipient address rejected: Policy Rejection- Abuse. Go away.
550 5.7.1 <a@b.example>: Recipient address rejected: Please see http://www.openspf.org/Why?id=x%40y.example&ip=192.0.2.9&receiver=b.example
550 5.7.1 <a@b.example>: Recipient address rejected: Service is unavailable
450 4.7.1 <a@b.example>: Recipient address rejected: Service unavailable
554 5.7.1 <a@b.example>: Recipient address rejected: This mail server requires you to wait
550 5.7.1 <a@b.example>: Recipient address rejected: Message rejected due to: SPF fail - not authorized
554 5.7.1 <a@b.example>: Recipient address rejected: Your server is not trusted
554 5.7.1 <a@b.example>: Recipient address rejected: come back later
550 Too many invalid recipients
550 5.7.1 Too many unknown users from your IP
421 4.7.1 Too many bad recipients
550 Directory harvest attack detected: too many unknown recipients
550 5.7.1 Your IP sent too many mails to non-existent users
TLS certificate is no longer valid
Cannot start TLS: handshake failure: unknown CA
host mx.b.example: certificate unknown
TLS is required, but was not offered by host mx.b.example
Server certificate not trusted: unknown issuer
The recipient's mail server is unavailable
The destination server is unavailable
The recipient's e-mail server could not be found for a long time, try again
Could not connect to host: unknown error
Delivery to the server failed for an unknown reason
Failed to send the message: unknown error
There was an unknown error while delivering to the recipient
550 Unknown error occurred delivering to mailbox
Authentication failed: user or password invalid
535 5.7.8 Error: authentication failed: user not found
535 Authentication failed. Invalid account or password
550 Invalid MAIL FROM address
550 Invalid return path
553 Your sender address is invalid
501 5.1.7 Bad sender address syntax
550 The sender's account does not exist
550 From address does not exist
550 Your account has been disabled for sending
550 5.7.1 Your mailbox does not exist on this server (sender check)
550 Sender's mailbox is unknown: sender callout failed
550 Return path mailbox does not exist
550 Envelope sender domain not found
550 Your domain does not exist
550 Your domain has no MX record
550 Your host is unknown
501 Invalid host name in HELO
550 Invalid HELO argument: host not found
550 EHLO name invalid
550 Client host name not found
550 Access denied: your reverse lookup does not exist
550 No PTR: host not found
451 user lookup temporarily failed: database not available
451 4.4.0 user unavailable: try later
450 4.2.1 mailbox is temporarily not available
450 4.2.1 The user you are trying to contact is receiving mail too quickly.
450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered.
550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered.
452 4.5.3 Your message has too many recipients
550 5.5.3 Too many recipients
554 5.6.0 Invalid message content: unknown charset
554 5.6.0 Message with invalid header 'To': address list
550 5.6.0 Invalid address in From header
550 5.7.1 Invalid From: address
554 Message not allowed - invalid Subject: header
554 5.7.7 Email passes an invalid signature
550 Invalid DKIM signature: user unknown key
550 The recipient has not accepted your mail: please register
550 5.7.1 The recipient only accepts mail from known senders
550 The user requires that you be on his address book
550 user does not accept mail from unknown senders
550 5.7.1 Message from unknown sender rejected
550 recipient policy: unknown senders are not accepted
550 Mailbox does not accept mail larger than 10 MB
550 mailbox does not have enough space
550 User has no space left
550 user unknown quota exceeded
552 User mailbox exceeded limit; not available
550 5.7.1 Unauthorized: address not in list of allowed senders
550 5.7.1 Your address is not in the list of senders allowed
550 Your e-mail address is not authorized
550 Mail to this user is only accepted from local users
550 5.7.1 Not a valid member of this list
550 group address does not accept external mail
554 5.7.1 The destination address is not accepting mail at this time
450 The destination address is not available now, try again later
550 The account is temporarily unavailable
550 temporarily unable to find the user's mailbox server
451 4.4.4 temporary: cannot resolve destination domain
DNS lookup of destination domain timed out
The destination domain could not be resolved: server failure (SERVFAIL)
host b.example: SERVFAIL while looking up MX record
MX lookup failed temporarily
MX record lookup: timeout
Name server: b.example: host name lookup failure
Unable to resolve domain: DNS timeout
No route to host: host not reachable
Domain b.example: mail server is not responding
Domain has exceeded its quota
Domain suspended due to non-payment
550 5.7.1 domain disabled
The domain is not configured to receive mail here: relaying denied
550 5.7.1 b.example is not a local domain, relaying denied
550 We do not accept mail for that domain: relay denied
554 No SMTP service here
554 SMTP service not available for your host
550 5.7.1 mail for a@b.example is not accepted from your host
550 We do not accept mail from this host
550 blocked: see https://x.example/?reason=user-unknown
550 Content rejected: URL host not found
550 Attachment name not allowed
554 5.7.1 Message contains invalid attachment (unknown type)
550 File not found: filter configuration
procmail: Couldn't create "/var/mail/anna": directory not found
Can't open mailbox for anna. Temporary error
451 4.3.0 Mailbox access failure: not found in cache
Recipient server rejected the message: unknown reason
The server rejected the message for the recipient, no reason given
Recipient rejected your message as junk
the user's spam filter refused
Message filtered: user's rule
Email quota for the address reached
delivery address blocked by sender policy
smtp; 550 Message was blocked by server
Unfortunately, the server did not accept the message for the recipient
Out of memory for user
550 5.7.1 Sender and recipient are invalid pair (SPF)
550 5.4.1 All recipient addresses rejected: Access denied: your IP is blocked
554 mailbox unavailable: IP blocked
550 Requested action not taken: mailbox unavailable (blocked by SPF)
550 5.7.1 Requested action not taken: message refused
550 5.7.1 Requested action not taken: mailbox unavailable invalid DNS MX or A/AAAA resource record
554 Transaction failed Reject due to SPF policy
550-Requested action not taken: mailbox unavailable Reject due to policy restrictions
554-Transaction failed Unallowed characters in RFC 5322 From header
554-No SMTP service IP address is black listed
554-No SMTP service Bad DNS PTR resource record
421-Service not available Exceeded number of connections
""".splitlines()


def judged(text):
    reply = find_reply(text)
    return classify(reply.code, reply.status, text, reply.phase)


@pytest.mark.parametrize("text", HARD)
def test_dead_addresses(text):
    verdict = judged(text)
    assert (verdict.hard, verdict.scope) == (True, Scope.ADDRESS), verdict


@pytest.mark.parametrize("text", SOFT)
def test_everything_else(text):
    verdict = judged(text)
    assert not verdict.hard, verdict
