const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openingBracket, closingBracket, openingBrace, closingBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Goes over JSON byte by byte as it arrives, and knows how deep it is; whether it is JSON at all, a parser finds out. */
export class JsonScan {
  /** The deepest so far. */
  deepest = 0;
  #depth = 0;
  #lists = 0;
  #inText = false;
  #isEscaped = false;

  /** Whether what comes next stands inside a list. */
  get inList(): boolean {
    return this.#lists > 0;
  }

  /** Takes the next bytes; answers with the place of the last comma between two elements of the outermost list, -1 without one. */
  add(bytes: Buffer): number {
    let found = -1;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === comma && !this.#inText && this.#depth === 1 && this.#lists === 1) found = at;
      this.step(byte ?? 0);
    }
    return found;
  }

  /** Takes one byte. */
  step(byte: number): void {
    if (this.#inText) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === backslash) this.#isEscaped = true;
      else if (byte === quote) this.#inText = false;
      return;
    }
    switch (byte) {
      case quote:
        this.#inText = true;
        return;
      case openingBracket:
        this.#lists += 1;
        this.#descend();
        return;
      case openingBrace:
        this.#descend();
        return;
      case closingBracket:
        this.#lists -= 1;
        this.#depth -= 1;
        return;
      case closingBrace:
        this.#depth -= 1;
    }
  }

  #descend(): void {
    this.#depth += 1;
    if (this.#depth > this.deepest) this.deepest = this.#depth;
  }
}
