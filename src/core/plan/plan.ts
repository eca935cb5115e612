import { whereTheBytesAre, type BytesHeld } from "./bytes-held.js";
import type { Filesystem } from "../policy/filesystem.js";
import type { ImageFacts } from "../facts/image-facts.js";
import type { ImageId } from "../image/image.js";
import { reasonsToKeep, type KeepReasons } from "./keep-reasons.js";
import { LayerSet } from "../layers/layer-set.js";
import { expectedUses, needOrder, noUsePast, type ExpectedUses, type UsePast } from "./need-order.js";
import { once } from "../text/once.js";
import { removalOrder, type RankedImage } from "../facts/order.js";
import type { PlannedImages, PlannedKeep, PlannedRemoval } from "./planned-image.js";
import type { Policy } from "../policy/policy.js";
import { isForSpace, isMeasured, reasonsToRemove, type RemoveReasons } from "../rules/limits.js";
import { shareExceeded, unmetByPlan, type UnmetLimit } from "./unmet-limits.js";
import type { Space } from "../uses/vain-removals.js";
import type { KeepReason } from "../rules/keep-rules.js";
import { removeReasons, type RemoveReason } from "../policy/removal.js";
import type { KeepVerdict } from "../rules/verdict.js";

export interface Plan extends PlannedImages {
  /** Where the bytes are before anything goes. */
  readonly held: BytesHeld;
  /** By what a limit chose what goes; null where none had to. */
  readonly chosenBy: Policy["order"] | null;
  readonly unmetLimits: readonly UnmetLimit[];
  /** Whether it is only shown, and no run carries it out: it takes too large a share of the images. */
  readonly isHeldBack: boolean;
}

/** A plan with all that it was made from, but for the facts, which are in its order. */
export interface PlanScene {
  readonly plan: Plan;
  readonly policy: Policy;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Null where no limit asks for it. */
  readonly filesystem: Filesystem | null;
  readonly readPast: () => UsePast;
}

/**
 * Gives every image one verdict. Pure and total: the same facts, policy, filesystem and time give the same plan,
 * whatever the order of the facts. `filesystem` is null where no limit asks for it.
 */
export function makePlan(
  images: readonly ImageFacts[],
  policy: Policy,
  now: number,
  filesystem: Space | null = null,
  readPast: () => UsePast = () => noUsePast,
): Plan {
  const inRemovalOrder = removalOrder(images);
  const { order } = inRemovalOrder;
  const { reasons: kept, stuck } = reasonsToKeep(order, policy, now);
  const all = new LayerSet();
  for (const { facts } of order) all.add(facts.topLayer);
  const expected = once(() => expectedUses(images, policy.order, readPast));
  const soonestNeeded = once(() => needOrder(inRemovalOrder, expected()));
  const removed = reasonsToRemove({ order, all, kept, stuck, now, soonestNeeded }, policy, filesystem);
  const isChosen = [...removed.values()].some(isForSpace);
  const going = goingOrder(isChosen ? soonestNeeded().toReversed() : order, removed);
  const deferred = new Set(going.slice(policy.maxRemovals ?? going.length));
  const chosenBy = isChosen ? (expected() === null ? "last-use" : "next-use") : null;
  const judgement = { kept, removed, going, deferred, expected: isChosen ? expected() : null };
  const verdicts = assemble(order, all, judgement);
  const held = whereTheBytesAre(verdicts.keeps, verdicts.beforeBytes);
  const tooMuch = shareExceeded(verdicts.removals.length, images.length, policy);
  if (tooMuch !== null) return { ...verdicts, held, chosenBy, unmetLimits: [tooMuch], isHeldBack: true };
  const unmetLimits = deferred.size > 0 ? [] : unmetByPlan(verdicts, policy, filesystem, now);
  return { ...verdicts, held, chosenBy, unmetLimits, isHeldBack: false };
}

/** The plan of the same images by a policy that differs in this. */
export function makePlanWith(
  changes: Partial<Policy>,
  { plan, policy, now, filesystem, readPast }: PlanScene,
): Plan {
  const facts = plan.order.map((ranked) => ranked.facts);
  return makePlan(facts, { ...policy, ...changes }, now, filesystem, readPast);
}

/**
 * Those that go: for their age alone the least recently used first, and where space decides what is needed last. Both have
 * children first, and no limit leaves a child whose parent an earlier one takes, so no parent goes before its children. What goes to make
 * room comes last: whether it is needed is measured after all that goes anyway.
 */
function goingOrder(order: readonly RankedImage[], removed: RemoveReasons): readonly ImageId[] {
  const going = order.flatMap(({ facts }) => (removed.has(facts.image.id) ? [facts.image.id] : []));
  const last: readonly RemoveReason[] = removeReasons.filter(isMeasured);
  const turn = (id: ImageId) => last.indexOf(removed.get(id) ?? "age");
  return going.sort((first, second) => turn(first) - turn(second));
}

const withinLimits: readonly KeepReason[] = ["within-limits"];
const maxRemovals: readonly KeepReason[] = ["max-removals"];

interface Judgement {
  readonly kept: KeepReasons;
  readonly removed: RemoveReasons;
  /** In their order. */
  readonly going: readonly ImageId[];
  readonly deferred: ReadonlySet<ImageId>;
  readonly expected: ExpectedUses | null;
}

function assemble(
  order: readonly RankedImage[],
  all: LayerSet,
  { kept, removed, going, deferred, expected }: Judgement,
): PlannedImages {
  // The copy is for what goes, and most runs remove nothing.
  const remaining = removed.size === 0 ? all : new LayerSet(all);
  const beforeBytes = all.totalBytes;
  const goes = new Map<ImageId, ImageFacts>();
  const keeps: PlannedKeep[] = [];
  const verdicts = new Map<readonly KeepReason[], KeepVerdict>();
  for (const { facts } of order) {
    const { id } = facts.image;
    if (removed.has(id) && !deferred.has(id)) {
      goes.set(id, facts);
      continue;
    }
    const reasons = kept.get(id) ?? (deferred.has(id) ? maxRemovals : withinLimits);
    // One verdict for all images of the same reasons, of which there may be many.
    const verdict = verdicts.get(reasons) ?? { kind: "keep", reasons };
    verdicts.set(reasons, verdict);
    keeps.push({ facts, verdict, freedBytes: 0, expected });
  }
  keeps.reverse();
  const removals = going.flatMap((id): PlannedRemoval[] => {
    const [facts, reason] = [goes.get(id), removed.get(id)];
    if (facts === undefined || reason === undefined) return [];
    const freedBytes = remaining.remove(facts.topLayer);
    return [{ facts, verdict: { kind: "remove", reason }, freedBytes, expected }];
  });
  return {
    order,
    removals,
    keeps,
    beforeBytes,
    freedBytes: beforeBytes - remaining.totalBytes,
    slack: { beforeBytes: all.slackBytes, freedBytes: all.slackBytes - remaining.slackBytes },
  };
}
