const prefix = "sha256:";

/** A chain ID as the ledger stores it. */
export function chainBytes(chainId: string): Buffer {
  return Buffer.from(chainId.slice(prefix.length), "hex");
}

/** SQL for a chain ID of a column, which is never NULL, as text: SQLite writes it several times faster than a Buffer can be made and read. */
export function chainIdText(column: string): string {
  return `'${prefix}' || lower(hex(${column}))`;
}
