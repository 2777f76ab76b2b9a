// Looks at pages of reports in a real browser: node check.mjs PAGE.html… [--pictures FOLDER]
//
// Every page, on a wide screen, on a phone, on the narrowest screen that WCAG asks for, and on paper:
// axe (WCAG 2.2 A and AA) finds nothing, nothing is fetched, nothing is wider than the screen, and
// every word of every drawing is inside it, large enough to read, and not on top of another.

import { mkdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.env.GROUNDWORK_PAGES ?? process.cwd(), "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const given = process.argv.slice(2);
const at = given.indexOf("--pictures");
const pictures = at >= 0 ? given.splice(at, 2)[1] : undefined;

const VIEWS = [
  { name: "desktop", width: 1280, height: 900 },
  { name: "phone", width: 390, height: 844, phone: true },
  { name: "narrow", width: 320, height: 640, phone: true },
  { name: "print", width: 700, height: 1000, media: "print" },
];
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
// CSS pixels below which a label cannot be read.
const SMALLEST = 8;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--force-color-profile=srgb"],
});
let problems = 0;
let labels = 0;
const found = (page, view, what) => {
  problems += 1;
  console.log(`${basename(page)}, ${view}: ${what}`);
};

for (const file of given) {
  for (const view of VIEWS) {
    const context = await browser.newContext({
      viewport: { width: view.width, height: view.height },
      isMobile: view.phone ?? false,
      deviceScaleFactor: view.phone ? 2 : 1,
    });
    const page = await context.newPage();
    const url = pathToFileURL(resolve(file)).href;
    page.on("request", (request) => {
      if (request.url() !== url) found(file, view.name, `fetches ${request.url()}`);
    });
    await page.emulateMedia({ media: view.media ?? "screen" });
    await page.goto(url);
    await page.evaluate((open) => document.querySelectorAll("details").forEach((d) => (d.open = open)), view.name === "desktop");

    const seen = await page.evaluate(({ smallest, width }) => {
      const out = { wide: document.documentElement.scrollWidth - width, scripts: document.scripts.length, texts: 0, bad: [] };
      for (const svg of document.querySelectorAll("svg")) {
        const frame = svg.getBoundingClientRect();
        if (frame.width === 0) continue;
        const scale = frame.width / svg.viewBox.baseVal.width;
        const texts = [...svg.querySelectorAll("text")].map((text) => {
          const box = text.getBoundingClientRect();
          const size = parseFloat(text.getAttribute("font-size")) * scale;
          // The line of a script with high marks is taller than its letters.
          const middle = (box.top + box.bottom) / 2;
          return { said: text.textContent, size, left: box.left, right: box.right, top: middle - size * 0.3, bottom: middle + size * 0.3 };
        });
        for (const [i, a] of texts.entries()) {
          out.texts += 1;
          if (a.size < smallest) out.bad.push(`\`${a.said}\` is ${a.size.toFixed(1)} px high`);
          if (a.left < frame.left - 1 || a.right > frame.right + 1 || a.top < frame.top - 1 || a.bottom > frame.bottom + 1)
            out.bad.push(`\`${a.said}\` is outside of its drawing (${svg.getAttribute("aria-label").slice(0, 60)})`);
          for (const b of texts.slice(i + 1)) {
            const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (across > 1 && down > 1) out.bad.push(`\`${a.said}\` and \`${b.said}\` lie on each other (${svg.getAttribute("aria-label").slice(0, 60)})`);
          }
        }
      }
      return out;
    }, { smallest: SMALLEST, width: view.width });
    labels += seen.texts;
    if (seen.wide > 0) found(file, view.name, `${seen.wide} px wider than the screen`);
    if (seen.scripts > 0) found(file, view.name, "holds a script");
    seen.bad.forEach((what) => found(file, view.name, what));

    await page.evaluate(axe);
    const result = await page.evaluate((tags) => axe.run(document, { runOnly: { type: "tag", values: tags } }), WCAG);
    for (const violation of result.violations)
      for (const node of violation.nodes) found(file, view.name, `axe ${violation.id}: ${node.html.slice(0, 160)} ${node.failureSummary.split("\n")[1] ?? ""}`);

    if (pictures) {
      mkdirSync(pictures, { recursive: true });
      const stem = join(pictures, `${basename(file, ".html")}-${view.name}`);
      if (view.media === "print") await page.pdf({ path: `${stem}.pdf`, preferCSSPageSize: true });
      else await page.screenshot({ path: `${stem}.png`, fullPage: true });
    }
    await context.close();
  }
}
await browser.close();
console.log(`${given.length} pages in ${VIEWS.length} views, ${labels} labels of drawings: ${problems} problems`);
process.exit(problems > 0 || given.length === 0 ? 1 : 0);
