import { Failure } from "./failure.js";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const week = 7 * day;

const year = 365 * day;

/** The larger ones first, with all their spellings. */
const units = [
  ["y(?:rs?|ears?)?", year],
  ["w(?:ks?|eeks?)?", week],
  ["d(?:ays?)?", day],
  ["h(?:rs?|ours?)?", hour],
  ["m(?:ins?|inutes?)?", minute],
  ["s(?:ecs?|econds?)?", second],
  ["ms", 1],
] as const;

const durationShape = new RegExp(
  `^(?=\\d)${units.map(([spelling]) => `(?: ?(\\d+) ?${spelling})?`).join("")}$`,
);

/**
 * Milliseconds of a duration as a person writes it: `90s`, `36h`, `7d`, `1d12h`, `30days`, `2 weeks`, and as reports write it, `6d 22h`. The
 * units are y (of 365 days), w, d, h, m, s and ms, each at most once and the larger first; a number without a unit means nothing.
 *
 * @throws Failure of code `usage`, to be prefixed with the place where the text stands.
 */
export function parseDuration(text: string): number {
  const match = durationShape.exec(text);
  if (match === null) {
    const expected =
      "numbers with units from y, w, d, h, m, s and ms, larger ones first, such as 90s, 36h or 1d12h";
    throw new Failure("usage", `${JSON.stringify(text)} is not a duration; expected ${expected}.`);
  }
  let total = 0;
  units.forEach(([, unit], index) => (total += Number(match[index + 1] ?? 0) * unit));
  if (!Number.isSafeInteger(total)) {
    throw new Failure(
      "usage",
      `${JSON.stringify(text)} is too long; expected a duration of at most 100 years.`,
    );
  }
  return total;
}

const formatSteps = [
  { unit: day, letter: "d", smaller: hour, smallerLetter: "h" },
  { unit: hour, letter: "h", smaller: minute, smallerLetter: "m" },
  { unit: minute, letter: "m", smaller: second, smallerLetter: "s" },
];

/**
 * Milliseconds for people: the largest unit and the one below it, rounded down (`3d 4h`, `12s`, `250ms`).
 * Days are the largest unit: `10d` is easier to compare with an age limit than `1w 3d`.
 */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 0) return `-${formatDuration(-milliseconds)}`;
  const whole = Math.floor(milliseconds);
  const step = formatSteps.find(({ unit }) => whole >= unit);
  if (step === undefined)
    return whole === 0 || whole >= second ? `${Math.floor(whole / second)}s` : `${whole}ms`;
  const rest = Math.floor((whole % step.unit) / step.smaller);
  const largest = `${Math.floor(whole / step.unit)}${step.letter}`;
  return rest === 0 ? largest : `${largest} ${rest}${step.smallerLetter}`;
}
