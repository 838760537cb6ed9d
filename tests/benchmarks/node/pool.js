// nodemailer as a peer: its pool, a message for each reader, the page filled by replacing marks.
// node pool.js PORT COPIES CONNECTIONS FOLDER ENCODING ("default" lets nodemailer choose)
import { readFileSync } from "node:fs";
import { join } from "node:path";
import nodemailer from "nodemailer";

const [port, copies, connections] = process.argv.slice(2, 5).map(Number);
const [folder, encoding] = process.argv.slice(5);
const told = JSON.parse(readFileSync(join(folder, "letter.json"), "utf8"));
const readers = readFileSync(join(folder, "readers.jsonl"), "utf8").split("\n", copies).map((line) => JSON.parse(line));

const pictures = told.pictures.map(({ cid, type, name, content }) => ({
  cid,
  contentType: type,
  filename: name,
  contentDisposition: "inline",
  content: Buffer.from(content, "base64"),
}));

function filled(page, marks) {
  for (const mark in marks) page = page.replaceAll(mark, marks[mark]);
  return page;
}

function message(reader) {
  const made = {
    from: told.from,
    to: { name: reader.name, address: reader.address },
    subject: told.subject,
    date: told.date,
    messageId: `<m${reader.number}@club.example>`,
    headers: told.headers,
    text: filled(told.text, reader.marks),
    html: filled(told.html, reader.marks),
  };
  if (pictures.length) made.attachments = pictures;
  if (encoding !== "default") made.encoding = encoding;
  return made;
}

const pool = nodemailer.createTransport({
  host: "127.0.0.1",
  port,
  pool: true,
  maxConnections: connections,
  maxMessages: Infinity,
  secure: false,
  ignoreTLS: true,
  disableFileAccess: true,
  disableUrlAccess: true,
});

const began = process.hrtime.bigint();
const used = process.cpuUsage();
let next = 0;
let accepted = 0;

await new Promise((resolve, reject) => {
  const feed = () => {
    while (next < readers.length && pool.isIdle()) {
      pool.sendMail(message(readers[next++])).then(() => {
        if (++accepted === readers.length) resolve();
      }, reject);
    }
  };
  pool.on("idle", feed);
  feed();
});
pool.close();

const cpu = process.cpuUsage(used);
const seconds = Number(process.hrtime.bigint() - began) / 1e9;
const [, peak] = readFileSync("/proc/self/status", "utf8").match(/^VmHWM:\s+(\d+)/m);
console.log(
  JSON.stringify({ copies: accepted, seconds, cpu_seconds: (cpu.user + cpu.system) / 1e6, peak_kb: Number(peak) }),
);
