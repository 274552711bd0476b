// Opens a survey's promise page, presses "Start", and lets Lighthouse judge both pages as on a weak phone (its defaults).
// node benchmarks/lighthouse.mjs CHROMIUM ADDRESS; prints JSON.
import puppeteer from "puppeteer-core";
import { startFlow } from "lighthouse";

const [program, address] = process.argv.slice(2);
const browser = await puppeteer.launch({ executablePath: program, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage();
  const flow = await startFlow(page, { flags: { onlyCategories: ["performance", "accessibility"] } });
  await flow.navigate(address, { name: "promise" });
  await flow.navigate(() => page.click("form.dock .go"), { name: "questions" });
  const { steps } = await flow.createFlowResult();
  const pages = steps.map(({ name, lhr }) => ({
    name,
    address: lhr.finalDisplayedUrl,
    scores: Object.fromEntries(Object.values(lhr.categories).map(({ id, score }) => [id, Math.round((score ?? 0) * 100)])),
    paint: lhr.audits["largest-contentful-paint"].numericValue,
    bytes: lhr.audits["total-byte-weight"].numericValue,
    faults: Object.values(lhr.audits)
      .filter(({ score }) => score !== null && score < 0.9)
      .map(({ id, title, displayValue }) => [id, title, displayValue].filter(Boolean).join(": ")),
  }));
  console.log(JSON.stringify(pages));
} finally {
  await browser.close();
}
