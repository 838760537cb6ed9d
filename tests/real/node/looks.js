// Looks at pages in Chromium: each line of input is a JSON list of pages, each line of output the list of what was seen.
//
// A page: { html, width, scheme: "light" | "dark", forced: bool, look }, where look is a key of `looks` or "rules".
// Chromium is the one given as the first argument; nothing is loaded from anywhere.
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

// What breaks a rule of accessibility, by rule and element. Contrast that axe cannot tell counts too.
async function judged(page) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations, incomplete } = await axe.run(document, { resultTypes: ["violations", "incomplete"] });
    const unsure = incomplete.filter((rule) => rule.id === "color-contrast");
    return [...violations, ...unsure].flatMap((rule) => rule.nodes.map((node) => [rule.id, node.html.slice(0, 200)]));
  });
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

// The elements that reach over an edge of the window, and the window's own overflow.
function overflow(page) {
  return page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    const over = [...document.body.querySelectorAll("*")].filter((node) => {
      const box = node.getBoundingClientRect();
      return box.width > 0 && (box.left < -0.5 || box.right > wide + 0.5);
    });
    const names = over.map((node) => `${node.localName}.${node.className}`);
    return document.documentElement.scrollWidth > wide ? ["html", ...names] : names;
  });
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
    return found
      .map(([words, range]) => [words, range.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0)
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

const looks = { axe: judged, differences, overflow, inks, important };

async function seen({ html, width, scheme, forced, look, ...more }) {
  if (look === "rules") return rules(html);
  const page = forced ? darkened : plain;
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme: scheme });
  await page.setContent(html);
  return looks[look](page, more);
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
  ],
});
const context = await browser.newContext({ offline: true });
const [plain, darkened, easel] = [await context.newPage(), await context.newPage(), await context.newPage()];
await (await context.newCDPSession(darkened)).send("Emulation.setAutoDarkModeOverride", { enabled: true });
for await (const line of createInterface({ input: process.stdin })) {
  const answers = [];
  for (const page of JSON.parse(line)) answers.push(await seen(page));
  console.log(JSON.stringify(answers));
}
await browser.close();
