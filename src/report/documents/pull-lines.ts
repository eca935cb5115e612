import type { RemovalEntry } from "../../core/results/history.js";
import { shortId } from "../../core/image/image.js";
import { imageOf, type Past } from "../../core/results/past.js";
import { repositoryOfName } from "../../core/image/reference.js";
import { sanitize } from "../layout/sanitize.js";
import type { Document } from "./document.js";

export function pullDocument(pasts: readonly Past[]): Document {
  const lines = pullLines(pasts);
  return {
    title: "docker-gc history --pull",
    sections: lines.length === 0 ? [] : [[{ kind: "script", lines }]],
  };
}

/**
 * What brings removed images back, one line of a shell each, newest first: `docker pull shop/web@sha256:… # shop/web:41`. An
 * image without a digest is a comment: it was built or loaded, and no registry is known to have it. Each image once; those
 * that are back already are left out.
 */
export function pullLines(pasts: readonly Past[]): string[] {
  const lines = new Map<string, string | null>();
  for (const { runs } of pasts) {
    for (const removal of runs.flatMap(({ removals }) => removals.toReversed())) {
      if (removal.outcome !== "removed" || lines.has(removal.imageId)) continue;
      lines.set(removal.imageId, removal.returned === null ? pullLine(removal) : null);
    }
  }
  return [...lines.values()].filter((line) => line !== null);
}

function pullLine(removal: RemovalEntry): string {
  const { id, tags, digests: all } = imageOf(removal);
  const repositories = new Set(tags.map(repositoryOfName));
  // What the engine says is data: only what is a reference, and so of harmless characters, becomes part of a command.
  const digests = all.filter((name) => name.includes("@sha256:") && repositoryOfName(name) !== null);
  const digest = digests.find((name) => repositories.has(repositoryOfName(name))) ?? digests[0];
  const name = sanitize(tags[0] ?? shortId(id));
  if (digest === undefined) return `# ${name}: no registry is known to have it`;
  return `docker pull ${digest}${tags.length === 0 ? "" : ` # ${sanitize(tags.join(" "))}`}`;
}
