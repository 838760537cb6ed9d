// Looks at pages in Chromium: each line of input is a JSON list of pages, each line of output the list of what was seen.
//
// A page: { html, width, scheme: "light" | "dark", forced: bool, look }, where look is a key of `looks` or "rules".
// Chromium is the one given as the first argument; nothing is loaded from anywhere. Several pages are looked at at once.
import { createInterface } from "node:readline";
import axe from "axe-core";
import { HtmlValidate } from "html-validate";
import { chromium } from "playwright-core";

// Mail programs read inline styles, attributes of HTML 4 and Outlook's comments, leave out elements of HTML 5, and show
// the subject instead of the title, which repeats it; <tbody> is implied in HTML.
const validator = new HtmlValidate({
  extends: ["html-validate:recommended"],
  rules: {
    "no-inline-style": "off",
    "no-deprecated-attr": "off",
    "no-conditional-comment": "off",
    "prefer-tbody": "off",
    "long-title": "off",
    "prefer-native-element": ["error", { exclude: ["main"] }],
  },
});

// What breaks a rule of accessibility, by rule and element. Contrast that axe cannot tell counts too, but for signs that are
// no letters. Cells out of sight, in a box that scrolls, are judged once more where there is room for all of them.
async function judged(page) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  const { faults, room } = await page.evaluate(ruled);
  if (!room) return faults;
  const view = page.viewportSize();
  await page.setViewportSize({ ...view, width: room });
  const style = await page.addStyleTag({ content: `table { min-width: ${room - 200}px !important; max-width: none !important }` });
  const roomy = await page.evaluate(ruled, "color-contrast");
  await style.evaluate((node) => node.remove());
  await page.setViewportSize(view);
  return [...faults, ...roomy.faults];
}

async function ruled(rule) {
  const scrolls = (node) => ["auto", "scroll"].includes(getComputedStyle(node).overflowX) && node.scrollWidth > node.clientWidth + 1;
  const boxes = [...document.body.querySelectorAll("*")].filter(scrolls);
  const options = { resultTypes: ["violations", "incomplete"], ...(rule && { runOnly: rule }) };
  const { violations, incomplete } = await axe.run(document, options);
  const hidden = (node) => boxes.some((box) => box.contains(document.querySelector(node.target[0])));
  const unsure = incomplete
    .filter((one) => one.id === "color-contrast")
    .map((one) => ({ ...one, nodes: one.nodes.filter((node) => !hidden(node) && node.any[0]?.data?.messageKey !== "nonBmp") }));
  const faults = [...violations, ...unsure].flatMap((one) => one.nodes.map((node) => [one.id, node.html.slice(0, 200)]));
  return { faults, room: boxes.length && 400 + Math.max(...boxes.map((box) => box.scrollWidth)) };
}

// The elements that have another computed style, of all there are, when the page is `other`: tag, property, both values.
async function differences(page, { other }) {
  const noted = () =>
    [...document.body.querySelectorAll("*"), document.body].map((node) => {
      const style = getComputedStyle(node);
      return [node.localName, ...[...style].map((name) => [name, style.getPropertyValue(name)])];
    });
  const keep = (note) => { globalThis.before = new Function(`return (${note})()`)(); };
  const compare = (note) => {
    const [before, after] = [globalThis.before, new Function(`return (${note})()`)()];
    const found = before.length === after.length ? [] : [["elements", before.length, after.length]];
    before.forEach(([tag, ...properties], at) => {
      const [other, ...values] = after[at] ?? [];
      if (tag !== other) found.push([tag, other]);
      properties.forEach(([name, value], nth) => {
        if (values[nth]?.[1] !== value) found.push([tag, name, value, values[nth]?.[1]]);
      });
    });
    return { elements: before.length, found };
  };
  await page.evaluate(keep, noted.toString());
  await page.setContent(other);
  return page.evaluate(compare, noted.toString());
}

// The elements that reach over an edge of the window, with the window's own overflow; how wide the page has become; and how
// many boxes have more in them than they show. What such a box hides is reached by moving its content, not the page.
function overflow(page) {
  return page.evaluate(() => {
    const [wide, most] = [document.documentElement.clientWidth, document.documentElement.scrollWidth];
    const scrolls = (node) => ["auto", "scroll"].includes(getComputedStyle(node).overflowX);
    const boxed = (node) => node.parentElement && (scrolls(node.parentElement) || boxed(node.parentElement));
    const over = [...document.body.querySelectorAll("*")].filter((node) => {
      const box = node.getBoundingClientRect();
      return box.width > 0 && (box.left < -0.5 || box.right > wide + 0.5) && !boxed(node);
    });
    const boxes = [...document.body.querySelectorAll("*")].filter((node) => scrolls(node) && node.scrollWidth > node.clientWidth + 1);
    const names = over.map((node) => `${node.localName}.${node.className}`);
    return { over: most > wide ? ["html", ...names] : names, widest: most, boxes: boxes.length };
  });
}

// How wide the first paragraph is.
function width(page) {
  return page.evaluate(() => document.querySelector("p").getBoundingClientRect().width);
}

// A picture of the whole page, as a PNG in base64.
async function picture(page) {
  return (await page.screenshot({ fullPage: true })).toString("base64");
}

// The ink and the ground of each piece of text, as painted: computed styles know nothing of a darkening by force.
// Letters become full blocks, so that the middle of a line is all ink; then they become transparent.
async function inks(page) {
  const spots = await page.evaluate(() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!node.data.trim()) continue;
      const words = node.data.trim().slice(0, 40);
      node.data = node.data.replace(/\S/gu, "\u2588");
      const range = document.createRange();
      range.setStart(node, node.data.indexOf("\u2588"));
      range.setEnd(node, node.data.indexOf("\u2588") + 1);
      found.push([words, range]);
    }
    const shown = ([, range, box]) => {
      for (let node = range.startContainer.parentElement; node; node = node.parentElement) {
        const around = node.getBoundingClientRect();
        if (getComputedStyle(node).overflowX !== "visible" && (box.right > around.right || box.left < around.left)) return false;
      }
      return box.width > 0;
    };
    return found
      .map(([words, range]) => [words, range, range.getBoundingClientRect()])
      .filter(shown)
      .map(([words, , box]) => [words, box])
      .map(([words, box]) => [words, Math.floor(box.x + box.width / 2), Math.floor(box.y + box.height / 2)]);
  });
  const inked = await page.screenshot({ fullPage: true });
  await page.evaluate(() => {
    for (const node of document.body.querySelectorAll("*")) {
      node.style.setProperty("color", "transparent", "important");
      node.style.setProperty("text-decoration", "none", "important");
    }
  });
  const bare = await page.screenshot({ fullPage: true });
  const points = spots.map(([, x, y]) => [x, y]);
  const [ink, ground] = [await coloursAt(inked, points), await coloursAt(bare, points)];
  return spots.map(([words], at) => [words, ink[at], ground[at]]);
}

function coloursAt(png, points) {
  return easel.evaluate(
    async ([data, at]) => {
      const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      canvas.drawImage(bitmap, 0, 0);
      return at.map(([x, y]) => [...canvas.getImageData(x, y, 1, 1).data.slice(0, 3)]);
    },
    [png.toString("base64"), points],
  );
}

async function rules(html) {
  const report = await validator.validateString(html);
  return report.results.flatMap((result) => result.messages.map((one) => [one.ruleId, one.line, one.message]));
}

// How often @media rules say !important, as Chromium has read them.
function important(page) {
  return page.evaluate(() => {
    const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
    const media = rules.filter((rule) => rule instanceof CSSMediaRule);
    return media.map((rule) => rule.cssText).join("").split("!important").length - 1;
  });
}

const looks = { axe: judged, differences, overflow, inks, important, picture, width };
const CHANGE = new Set(["differences", "inks"]);  // after these a page is no longer what it was

async function seen(tab, { html, width: wide, scheme, look, ...more }) {
  await tab.page.setViewportSize({ width: wide, height: 900 });
  await tab.page.emulateMedia({ colorScheme: scheme });
  if (tab.html !== html) await tab.page.setContent(html);
  tab.html = CHANGE.has(look) ? null : html;
  return looks[look](tab.page, more);
}

// Every page of the list, by as many tabs as there are; pages with the same HTML go to one tab, one after the other.
async function all(pages) {
  const answers = pages.map(() => null);
  const turns = new Map();
  pages.forEach((page, at) => {
    const key = page.look === "rules" ? "rules" : `${Boolean(page.forced)} ${page.html}`;
    turns.set(key, [...(turns.get(key) ?? []), at]);
  });
  const queue = [...turns.values()];
  const work = async (tabs) => {
    for (let turn = queue.shift(); turn; turn = queue.shift()) {
      for (const at of turn) {
        const page = pages[at];
        answers[at] = page.look === "rules" ? await rules(page.html) : await seen(page.forced ? tabs.darkened : tabs.plain, page);
      }
    }
  };
  await Promise.all(pairs.map(work));
  return answers;
}

const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
  ],
});
const context = await browser.newContext({ offline: true });
const easel = await context.newPage();
const pairs = await Promise.all(
  Array.from({ length: Number(process.argv[3] ?? 2) }, async () => {
    const [plain, darkened] = [await context.newPage(), await context.newPage()];
    await (await context.newCDPSession(darkened)).send("Emulation.setAutoDarkModeOverride", { enabled: true });
    return { plain: { page: plain }, darkened: { page: darkened } };
  }),
);
for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(await all(JSON.parse(line))));
await browser.close();
