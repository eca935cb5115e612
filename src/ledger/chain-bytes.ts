const prefix = "sha256:";

/** A chain ID as the ledger stores it. */
export function chainBytes(chainId: string): Buffer {
  return Buffer.from(chainId.slice(prefix.length), "hex");
}

export function chainIdOf(bytes: Buffer): string {
  return prefix + bytes.toString("hex");
}
