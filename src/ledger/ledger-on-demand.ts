import type { EngineIdentity } from "../core/uses/checkpoint.js";
import type { Ledger } from "./port.js";

/** Opens the ledger for one engine; for none in particular where that is not known yet. */
type Open = (engine?: EngineIdentity) => Ledger;

/** A ledger that is opened when it is first needed. */
export class LedgerOnDemand {
  readonly #open: Open;
  #ledger: Ledger | null = null;

  constructor(open: Open) {
    this.#open = open;
  }

  /** The same one each time. Throws as opening does; then the next call tries again. */
  readonly get: Open = (engine) => (this.#ledger ??= this.#open(engine));

  close(): void {
    this.#ledger?.close();
  }
}
