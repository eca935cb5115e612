import { toImageId, type ImageId } from "../../core/image/image.js";
import type { EndingJob } from "../../core/facts/own-images.js";
import { parseLabelRule } from "../../core/policy/patterns.js";
import { parseMark } from "../mark-file.js";
import type { Given, RawOptions } from "./raw-options.js";
import { usageFailure } from "./usage-failure.js";

/**
 * The job that ends, as options name it; null where none does.
 *
 * @throws Failure of code `usage` for half of what it takes.
 */
export function resolveJob(
  { values, lists }: RawOptions,
  readFile: (path: string) => string,
): EndingJob | null {
  const since = values["since-mark"];
  const naming = [...(lists["own-label"] ?? []), ...(lists.iidfile ?? [])];
  const [first] = naming;
  if (since === undefined) {
    if (first === undefined) return null;
    throw usageFailure(`${first.origin} names what a job has made; expected --since-mark FILE as well.`);
  }
  if (first === undefined && lists.only === undefined) {
    throw usageFailure(
      `${since.origin} does not say which images the job has made; expected --only, --own-label or --iidfile as well.`,
    );
  }
  const mark = parseMark(readFile(since.value));
  if (mark === null) {
    throw usageFailure(
      `${since.origin}: ${since.value} is not a mark; expected a file that docker-gc mark wrote when the job began.`,
    );
  }
  const labels = (lists["own-label"] ?? []).map(({ value, origin }) => parseLabelRule(value, origin));
  const ids = (lists.iidfile ?? []).flatMap((given) => idIn(given, readFile) ?? []);
  return { mark, labels, ids: new Set(ids) };
}

/** Where the build failed. */
export function warningsOfIdFiles({ lists }: RawOptions, readFile: (path: string) => string): string[] {
  return (lists.iidfile ?? [])
    .filter(({ value }) => readFile(value).trim() === "")
    .map(({ value, origin }) => `${origin}: no build has written an ID to ${value}.`);
}

function idIn({ value, origin }: Given<string>, readFile: (path: string) => string): ImageId | null {
  const text = readFile(value).trim();
  if (text === "") return null;
  const id = toImageId(text);
  if (id !== null) return id;
  throw usageFailure(
    `${origin}: ${value} holds no image ID; expected a file that docker build --iidfile has written.`,
  );
}
