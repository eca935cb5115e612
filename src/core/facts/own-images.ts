import { append } from "../text/append.js";
import type { Image, ImageId } from "../image/image.js";
import { shownTags } from "../image/shown-names.js";
import type { LayerRecord } from "../layers/layer-record.js";
import type { ImagePattern } from "../policy/image-pattern.js";
import { matchesAny } from "../policy/patterns.js";
import { scopeOf } from "../policy/scope.js";
import { baseUses } from "../uses/base-uses.js";
import { wasThere, type Mark } from "../uses/mark.js";
import type { EngineTraits, ImageFacts } from "./image-facts.js";

/** A job of its own that ends: what it made is named by `--only`, by these labels or by these IDs. */
export interface EndingJob {
  readonly mark: Mark;
  readonly labels: readonly ImagePattern[];
  /** As builds have written them: of an image, or of one of its platforms. */
  readonly ids: ReadonlySet<ImageId>;
}

export interface JobScene {
  readonly facts: readonly ImageFacts[];
  readonly layers: LayerRecord;
  readonly only: readonly ImagePattern[] | null;
  readonly digestNames: EngineTraits["digestNames"];
  /** Whether it was seen to be made on this engine since the mark. */
  readonly isMadeHere: (image: Image) => boolean;
}

export interface JobImages {
  /** What goes with the job if no rule keeps it. */
  readonly own: ReadonlySet<ImageId>;
  /** What is named and new, and may have come from a registry for all that is known. */
  readonly doubtful: readonly Image[];
}

/**
 * What a job made and nobody else uses: it is named, or a step of what is, it came after the mark, did not come from a registry, no
 * container, mount or service holds it, and no other image was built on it.
 */
export function imagesOfJob(job: EndingJob, scene: JobScene): JobImages {
  const fresh = scene.facts.filter(
    ({ image, inUseBy }) => inUseBy.length === 0 && !wasThere(job.mark, image),
  );
  const named = fresh.filter(({ image }) => isNamed(image, job, scene));
  const isProven = ({ image }: ImageFacts) => isGiven(image, job) || isFromHere(image, scene);
  const own = new Set(named.filter(isProven).map(({ image }) => image.id));
  addSteps(own, fresh, scene);
  const others = scene.facts.filter(({ image }) => !own.has(image.id)).map(({ image }) => image.id);
  for (const base of baseUses(scene.layers, new Map(others.map((id) => [id, 0]))).keys()) own.delete(base);
  return { own, doubtful: named.filter((each) => !isProven(each)).map(({ image }) => image) };
}

/**
 * The classic builder leaves an image behind for each step, without a name, which goes with the last image that was built on it, as with
 * `docker rmi`. Only what was built here has a parent.
 */
function addSteps(own: Set<ImageId>, fresh: readonly ImageFacts[], { facts }: JobScene): void {
  const children = new Map<ImageId, ImageId[]>();
  for (const { image } of facts) if (image.parentId !== null) append(children, image.parentId, image.id);
  const steps = fresh.map(({ image }) => image).filter((image) => hasNoName(image) && children.has(image.id));
  for (let before = -1; before !== own.size;) {
    before = own.size;
    for (const { id } of steps) if (children.get(id)?.every((child) => own.has(child)) === true) own.add(id);
  }
}

function hasNoName({ tags, digests, lastTags = [] }: Image): boolean {
  return tags.length + digests.length + lastTags.length === 0;
}

function isNamed(image: Image, job: EndingJob, { only }: JobScene): boolean {
  const isInScope = only !== null && scopeOf(only, image).kind === "inside";
  return isInScope || matchesAny(job.labels, image) || isGiven(image, job);
}

function isGiven({ id, manifests }: Image, { ids }: EndingJob): boolean {
  return [id, ...(manifests ?? [])].some((each) => ids.has(each as ImageId));
}

/** On the classic stores a pull leaves a digest; but first of all, for a moment, an image without any name. */
function isFromHere(image: Image, { digestNames, isMadeHere }: JobScene): boolean {
  const isLocal =
    digestNames === "from-registry" && image.digests.length === 0 && shownTags(image).length > 0;
  return isLocal || isMadeHere(image);
}
