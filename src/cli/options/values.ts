import { parseDuration } from "../../core/text/duration.js";
import { Failure } from "../../core/text/failure.js";
import { withOrigin } from "../../core/text/with-origin.js";
import type { Given } from "./raw-options.js";

const day = 24 * 60 * 60 * 1000;

/** One value of the command line or the environment, understood; all of these throw Failures that say where it stands. */
export function understand<T>({ value, origin }: Given<string>, parse: (text: string) => T): T {
  return withOrigin(origin, () => parse(value));
}

/** Milliseconds, more than 0; null for `off`. */
export function toAgeLimitMs(given: Given<string>): number | null {
  if (given.value === "off") return null;
  const expected = `a duration such as 7d, or "off" to remove nothing for its age`;
  return understand(given, (text) => {
    const duration = toPlausibleMs(text);
    if (duration === 0) throw refused(text, "would remove everything that is not in use", expected);
    return duration;
  });
}

/** Milliseconds, 0 included. */
export function toDurationMs(given: Given<string>): number {
  return understand(given, toPlausibleMs);
}

/**
 * Milliseconds for a timer, at most a day: a timer of Node fires at once when it is set to 2^31 ms or more, and
 * some of them are set to ten times the timeout.
 */
export function toTimerMs(given: Given<string>): number {
  return understand(given, (text) => {
    const duration = toPlausibleMs(text);
    if (duration > day) throw refused(text, "is too long", "at most 1d");
    return duration;
  });
}

/** As toTimerMs, but more than 0. */
export function toDeadlineMs(given: Given<string>): number {
  const duration = toTimerMs(given);
  if (duration > 0) return duration;
  return understand(given, (text) => {
    throw refused(text, "leaves no time", "a duration such as 60s");
  });
}

/** As toDeadlineMs; null for `off`. */
export function toRunTimeoutMs(given: Given<string>): number | null {
  return given.value === "off" ? null : toDeadlineMs(given);
}

export function toPlausibleMs(text: string): number {
  const duration = parseDuration(text);
  if (duration > 36_525 * day) throw refused(text, "is too long", "a duration of at most 100 years");
  return duration;
}

/** A whole number from `smallest` up. */
export function toCount(given: Given<string>, smallest: number): number {
  return count(given, smallest, "");
}

/** A whole number from 1 up; null for `off`. */
export function toMostCount(given: Given<string>): number | null {
  return given.value === "off" ? null : count(given, 1, `, or "off"`);
}

function count(given: Given<string>, smallest: number, orElse: string): number {
  return understand(given, (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : NaN;
    if (Number.isSafeInteger(number) && number >= smallest) return number;
    throw refused(text, "is not valid", `a whole number from ${smallest} up${orElse}`);
  });
}

export function toChoice<Choice extends string>(given: Given<string>, choices: readonly Choice[]): Choice {
  return understand(given, (text) => {
    const choice = choices.find((each) => each === text);
    if (choice !== undefined) return choice;
    throw refused(text, "is not among the choices", choices.join(" or "));
  });
}

export function refused(text: string, problem: string, expected: string): Failure {
  return new Failure("usage", `${JSON.stringify(text)} ${problem}; expected ${expected}.`);
}
