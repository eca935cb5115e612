import type { Gap, Observation } from "../../core/uses/observation.js";
import { span, type Line } from "../layout/line.js";
import { countText, durationText, momentText } from "../wording/quantities.js";
import { gapCauseWords } from "../wording/words.js";

/** How much of the past was really seen. What was not seen is said first: it is what the reader must know. */
export function observationFact(observation: Observation): Line {
  const { gap } = observation;
  if (gap === null) return [span(covered(observation, ", without a gap"))];
  if (gap.from === null) {
    return [
      span(`${capitalized(gapCauseWords[gap.cause])}. `, "caution"),
      span(`Nothing before ${momentText(observation.from)} is known; idle time counts from there.`),
    ];
  }
  return [
    span(missing(gap, gap.from), "caution"),
    span(` ${capitalized(covered(observation, " since then"))}`),
  ];
}

function missing(gap: Gap, from: number): string {
  return (
    `${durationText(gap.to - from)} unknown, from ${momentText(from)} to ${momentText(gap.to)}: ` +
    `${gapCauseWords[gap.cause]}. This time does not count as idle.`
  );
}

function covered(observation: Observation, addition: string): string {
  const stretch = durationText(observation.to - observation.from);
  return (
    `${countText(observation.events, "event")} in ${stretch}${addition}; ` +
    `${durationText(observation.observedMs)} observed in all.`
  );
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
