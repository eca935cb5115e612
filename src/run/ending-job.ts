import type { EngineRecord } from "../core/uses/checkpoint.js";
import { imagesOfJob, type EndingJob } from "../core/facts/own-images.js";
import type { ImageFacts } from "../core/facts/image-facts.js";
import { shortId, type Image, type ImageId } from "../core/image/image.js";
import { shownNames } from "../core/image/shown-names.js";
import type { Policy } from "../core/policy/policy.js";
import { Failure } from "../core/text/failure.js";
import { MadeSince, type Mark } from "../core/uses/mark.js";
import type { EngineDescription } from "../engine/port.js";
import type { EngineSession } from "./observe/list.js";

/** A mark of another engine tells nothing of this one. */
export function refuseOtherMark(job: EndingJob | null, { identity, summary }: EngineDescription): void {
  if (job === null || job.mark.engine === identity.key) return;
  throw new Failure(
    "usage",
    `--since-mark: the mark was made of another engine than ${summary.name}, or of another image store of it; expected one of this engine.`,
  );
}

/** What of these images the job leaves behind. Null where no job ends. */
export async function findOwnImages(
  job: EndingJob | null,
  { engine, description }: EngineSession,
  facts: readonly ImageFacts[],
  { only }: Pick<Policy, "only">,
  { layers }: Pick<EngineRecord, "layers">,
): Promise<{ readonly own: ReadonlySet<ImageId> | null; readonly warnings: readonly string[] }> {
  if (job === null) return { own: null, warnings: [] };
  const { digestNames, eventBufferLimit } = description;
  const made = new MadeSince(job.mark);
  const from = eventBufferLimit === null ? justBefore(job.mark) : null;
  for await (const event of engine.readEvents(description.nowAtMost(), from)) made.push(event);
  const isMadeHere = (image: Image) => made.isMadeHere(image, eventBufferLimit);
  const { own, doubtful } = imagesOfJob(job, { facts, layers, only, digestNames, isMadeHere });
  const known = new Set(facts.flatMap(({ image }) => [image.id, ...(image.manifests ?? [])]));
  const missing = [...job.ids].filter((id) => !known.has(id));
  return {
    own,
    warnings: [
      ...missing.map((id) => `--iidfile: there is no image ${shortId(id)}.`),
      ...(made.remembersAll(eventBufferLimit) ? [] : doubtful.map(forgottenWarning)),
    ],
  };
}

function forgottenWarning(image: Image): string {
  const name = shownNames(image)[0] ?? shortId(image.id);
  return `${name} came after the mark and stays: the engine no longer remembers whether it was made here or pulled; name it with --iidfile.`;
}

/** A log may be longer than anybody wants to read. */
function justBefore({ anchor, at }: Mark): bigint {
  return anchor === null ? BigInt(at) * 1_000_000n : anchor.timeNano - 1_000_000n;
}
