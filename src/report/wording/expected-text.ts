import type { ExpectedUse } from "../../core/returns/next-use.js";
import { familiarRepositoryIn } from "../../core/image/reference.js";
import { countText, roundedText } from "./quantities.js";

/** `next use in about 3h`; of observed time, as all of these. */
export function expectedText({ expectedMs }: ExpectedUse): string {
  return Number.isFinite(expectedMs)
    ? `next use in about ${roundedText(expectedMs)}`
    : "no further use expected";
}

/** The same for the cell of a table: `next use in ~3h`. */
export function expectedCell(expected: ExpectedUse): string {
  return expectedText(expected).replace("in about ", "in ~");
}

/** What an expectation rests on: `used about every 24h; idle 21h`. */
export function basisText({ idleMs, rhythmMs, group, compared }: ExpectedUse): string {
  const idle = `idle ${roundedText(idleMs)}`;
  if (rhythmMs !== null) return `used about every ${roundedText(rhythmMs)}; ${idle}`;
  const [times, ended] = [Math.round(compared.asLong), Math.round(compared.ended)];
  if (times === 0) return idle;
  const ofGroup = groupText(group);
  const came = ended === 0 ? "none came back" : ended === times ? "all came back" : `${ended} came back`;
  return `${idle}; of ${countText(times, "image")} ${ofGroup} idle this long, ${came}`;
}

/** `by its idle time 21h, by its own rhythm 3h, by other images of app 2h`: the three that the expectation is the mean of. */
export function threeTermsText({ idleMs, ownMs, repositoryMs, group }: ExpectedUse): string {
  const terms = [
    `by its idle time ${roundedText(idleMs)}`,
    `by its own past ${roundedText(ownMs)}`,
    `by images ${groupText(group)} ${roundedText(repositoryMs)}`,
  ];
  return terms.join(", ");
}

function groupText({ repository, tagState }: ExpectedUse["group"]): string {
  const name = repository === "" ? "without a name" : `of ${familiarRepositoryIn(repository)}`;
  return tagState === "untagged" && repository !== "" ? `${name} without a tag` : name;
}
