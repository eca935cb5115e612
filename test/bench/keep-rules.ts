import { performance } from "node:perf_hooks";
import { matchingPatterns, parsePattern } from "../../src/core/policy/patterns.js";
import { image } from "../support/values.js";

/** What 5,000 keep rules cost with 5,000 images: to read them, and to try them. See README.md. */
const count = 5_000;
const numbers = Array.from({ length: count }, (_, number) => number);
const nameOf = (number: number) => `registry.example/team-${number % 50}/app-${number}`;

const kinds: Readonly<Record<string, (number: number) => string>> = {
  "exact names": (number) => `${nameOf(number)}:1`,
  globs: (number) => `${nameOf(number)}:*`,
  "globs with two wildcards": (number) => `registry.example/*/app-${number}:*`,
  "regular expressions": (number) => `re:^registry\\.example/team-\\d+/app-${number}:`,
};

for (const [kind, textOf] of Object.entries(kinds)) {
  const images = numbers.map((number) => image(`app ${number}`, { tags: [`${nameOf(number)}:1`] }));
  const [started, processors] = [performance.now(), process.cpuUsage()];
  const patterns = numbers.map((number) => parsePattern(textOf(number), "--keep"));
  let matches = 0;
  for (const each of images) matches += matchingPatterns(patterns, each).length;
  const { user, system } = process.cpuUsage(processors);
  const wallMs = performance.now() - started;
  console.log(
    `${kind}: ${matches} matches, ${wallMs.toFixed(0)} ms, ${((user + system) / 1000).toFixed(0)} ms of processors`,
  );
}
