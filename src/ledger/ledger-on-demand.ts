import type { Ledger } from "./port.js";

/** A ledger that is opened when it is first needed. */
export class LedgerOnDemand {
  readonly #open: () => Ledger;
  #ledger: Ledger | null = null;

  constructor(open: () => Ledger) {
    this.#open = open;
  }

  /** The same one each time. Throws as opening does; then the next call tries again. */
  readonly get = (): Ledger => (this.#ledger ??= this.#open());

  close(): void {
    this.#ledger?.close();
  }
}
