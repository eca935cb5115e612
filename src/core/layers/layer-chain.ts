import { hash } from "node:crypto";

/**
 * The chain IDs of an image's layers, lowest first: what the engine stores layers under. Each stands for its layer and
 * all below it, so equal chain IDs are the same bytes. https://github.com/opencontainers/image-spec/blob/main/config.md#layer-chainid
 */
export function chainIdsOf(diffIds: readonly string[]): string[] {
  const chain: string[] = [];
  for (const diffId of diffIds) {
    const below = chain.at(-1);
    chain.push(below === undefined ? lowest(diffId) : digestOf(`${below} ${diffId}`));
  }
  return chain;
}

/** A digest of another kind, which no engine makes, is made one of this kind: the ledger stores no other. */
function lowest(diffId: string): string {
  return /^sha256:[0-9a-f]{64}$/.test(diffId) ? diffId : digestOf(diffId);
}

function digestOf(text: string): string {
  return `sha256:${hash("sha256", text)}`;
}
