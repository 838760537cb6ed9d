// Reads messages, one base64 line each, and answers with a line of JSON: what postal-mime and mailparser make of it.
import { createInterface } from "node:readline";
import { simpleParser } from "mailparser";
import PostalMime from "postal-mime";

const digest = (content) => Buffer.from(content).toString("base64");

async function postalMime(raw) {
  const mail = await PostalMime.parse(raw);
  return {
    from: mail.from && [mail.from.name, mail.from.address],
    to: (mail.to ?? []).map((one) => [one.name, one.address]),
    subject: mail.subject,
    messageId: mail.messageId,
    headers: mail.headers.map((header) => [header.key, header.value]),
    text: mail.text,
    html: mail.html,
    files: mail.attachments.map((file) => [file.filename, file.contentId, file.mimeType, digest(file.content)]),
  };
}

async function mailparser(raw) {
  const mail = await simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true, skipTextLinks: true });
  const people = (list) => (list?.value ?? []).map((one) => [one.name, one.address]);
  return {
    from: people(mail.from)[0],
    to: people(mail.to),
    subject: mail.subject,
    messageId: mail.messageId,
    headers: mail.headerLines.map((header) => [header.key, header.line]),
    text: mail.text,
    html: mail.html,
    files: mail.attachments.map((file) => [file.filename, file.contentId, file.contentType, digest(file.content)]),
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const raw = Buffer.from(line, "base64");
  console.log(JSON.stringify({ "postal-mime": await postalMime(raw), mailparser: await mailparser(raw) }));
}
