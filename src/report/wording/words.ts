import type { InterruptionCause } from "../../core/results/interruption.js";
import type { FullListingCause } from "../../core/image/listing.js";
import type { GapCause } from "../../core/uses/observation.js";
import type { UseKind } from "../../core/uses/use.js";

// Each table is complete by its type: a new kind does not compile until somebody has put it into words.

/** What the last use was, to be read behind "3d ago". */
export const useKindWords: Readonly<Record<UseKind, string>> = {
  "first-seen": "first seen",
  "container-create": "container created",
  "container-start": "container started",
  "container-end": "container ended",
  "in-use": "in use",
  released: "no longer held",
  pull: "pulled",
  load: "loaded",
  import: "imported",
  build: "built",
  base: "built upon",
  tag: "tagged",
  push: "pushed",
  refused: "removal refused",
  recorded: "as imported",
};

/** Why events are missing, to be read behind "10m before that are unknown:". */
export const gapCauseWords: Readonly<Record<GapCause, string>> = {
  "first-run": "this is the first run",
  overflow: "more happened than the engine remembers",
  restart: "the engine was restarted and forgot its events",
  clock: "a clock was set, or its host slept",
  host: "this host booted meanwhile",
  unknown: "the last known event is gone from the engine's memory",
};

/** Why all images were listed. */
export const fullListingWords: Readonly<Record<FullListingCause, string>> = {
  "first-run": "this is the first run",
  gap: "not all of what happened since is known",
  unannounced: "this engine does not announce every change",
  asked: "--full-listing asks for it",
  due: "--full-listing-every has passed",
  unclear: "the engine's events leave open what has changed",
  many: "so much has changed that it costs less",
  count: "the engine counts other images than its events report",
};

export const interruptionWords: Readonly<Record<InterruptionCause, string>> = {
  SIGINT: "Interrupted by SIGINT",
  SIGTERM: "Interrupted by SIGTERM",
  "run-timeout": "Ended by its --run-timeout",
};
