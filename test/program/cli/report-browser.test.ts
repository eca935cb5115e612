import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Chronicle, ImageLife } from "../../../src/core/results/chronicle.js";
import { reportPage } from "../../../src/report/html/page.js";
import { imageId } from "../../support/values.js";

const program = "/usr/bin/chromium";
const isThere = existsSync(program);
if (!isThere) {
  const message = "No chromium: the page of a report is not opened.";
  if (process.env["CI"] === "true") throw new Error(message);
  console.warn(`SKIPPED: ${message}`);
}

/** For the browser: how light the page is, and the least contrast of any text with it, as WCAG 2 has it. */
const measureContrast = `(() => {
  const light = (color) => {
    const [red, green, blue] = color.match(/[\\d.]+/g).map((part) => {
      const share = Number(part) / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const back = light(getComputedStyle(document.body).backgroundColor);
  const ratios = [...document.querySelectorAll("body, p, th, td, .name")].map((element) => {
    const text = light(getComputedStyle(element).color);
    return (Math.max(back, text) + 0.05) / (Math.min(back, text) + 0.05);
  });
  return { back, least: Math.min(...ratios) };
})()`;

const day = 86_400_000;
const from = Date.UTC(2026, 0, 5);
const evil = `<img src=x onerror="document.title='evil'">`;

function life(name: string, changes: Partial<ImageLife> = {}): ImageLife {
  const spans = { present: [{ from, to: null }], uses: [{ from, to: from + day }], removedAt: [] };
  return { imageId: imageId(name), names: [name], isPresent: true, ...spans, ...changes };
}

const chronicle: Chronicle = {
  engine: `AAAA ${evil}`,
  from,
  to: from + 9 * day,
  runs: 2,
  space: [
    { at: from + day, imageBytes: 2e9, quotaBytes: 3e9 },
    { at: from + 9 * day, imageBytes: 1e9, quotaBytes: 3e9 },
  ],
  repositories: ["shop/web", evil].map((repository) => ({
    repository,
    images: 1,
    bytes: 5e8,
    ownBytes: 5e8,
  })),
  lives: [life("shop/web:1"), life(evil), life("redis:7", { isPresent: false, removedAt: [from + 2 * day] })],
  observed: [{ from, to: from + 5 * day }],
  removals: [
    {
      at: from + 2 * day,
      imageId: imageId("redis:7"),
      names: ["redis:7"],
      freedBytes: 1e8,
      reasons: ["quota"],
      outcome: "removed",
      detail: evil,
      returned: null,
    },
  ],
};

describe.skipIf(!isThere)("the page of a report in a browser", () => {
  let browser: Browser | undefined;
  let page: Page;
  const folder = isThere ? mkdtempSync(join(tmpdir(), "docker-gc-report-")) : "";
  const problems: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    // As root, and in a container, it has no sandbox of its own.
    browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu"] });
    page = await browser.newPage({ colorScheme: "light", viewport: { width: 1000, height: 800 } });
    page.on("console", (message) => problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("request", (request) => requests.push(request.url()));
    const file = join(folder, "report.html");
    writeFileSync(file, reportPage([chronicle], { version: "1", at: chronicle.to }));
    await page.goto(pathToFileURL(file).href);
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const shownRows = (): Promise<number> => page.locator("[data-words]:visible").count();

  it("asks nobody for anything, runs nothing of others, and has nothing to complain of", async () => {
    expect(requests).toHaveLength(1);
    expect(problems).toEqual([]);
    expect(await page.title()).toBe("docker-gc report");
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("h2").textContent()).toContain(evil);
  });

  it("shows each picture, at a size", async () => {
    for (const picture of [".chart", ".strip", ".areas", ".life >> nth=0"]) {
      const box = await page.locator(picture).first().boundingBox();
      expect(box?.width, picture).toBeGreaterThan(300);
      expect(box?.height, picture).toBeGreaterThan(10);
    }
    expect(await page.locator(".gone").count()).toBe(1);
  });

  it("finds rows by the keyboard alone, and shows all again", async () => {
    const all = await shownRows();
    expect(all).toBe(4);
    await page.keyboard.press("/");
    await page.keyboard.type("REDIS");
    expect(await shownRows()).toBe(2);
    expect(await page.locator("#found").textContent()).toBe("2 of 4 rows");
    await page.keyboard.type(" quota");
    expect(await shownRows()).toBe(1);
    await page.keyboard.press("Escape");
    expect(await shownRows()).toBe(all);
  });

  it("opens what is known of an image with the keyboard", async () => {
    await page.locator("summary").first().focus();
    await page.keyboard.press("Enter");
    expect(await page.locator("details[open] p").textContent()).toContain("there since 2026-01-05");
  });

  it("is readable in light and in dark", async () => {
    const contrast = () => page.evaluate<{ readonly back: number; readonly least: number }>(measureContrast);
    const light = await contrast();
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await contrast();
    expect(light.back).toBeGreaterThan(0.9);
    expect(dark.back).toBeLessThan(0.1);
    for (const { least } of [light, dark]) expect(least).toBeGreaterThan(4.5);
  });

  it("needs no more width than there is on a small screen", async () => {
    await page.setViewportSize({ width: 360, height: 640 });
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
  });
});
